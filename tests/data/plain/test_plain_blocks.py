"""A file comes in blocks of whole lines, and nothing of it is lost or doubled."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.data.plain import plain_blocks
from lstmcast.data.plain.plain_blocks import NotPlainError, block_of, read_blocks
from tests.drawn import drawn


def read_all(text, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_blocks, "BLOCK", size)
        patch.setattr(plain_blocks, "LEAST_LINES", 1)
        hashed, told = bytearray(), []
        return [block.text for block in read_blocks(io.BytesIO(text), hashed.extend, told.append)], bytes(hashed), told


@drawn(200)
@given(lines=st.lists(st.text("ab,1", max_size=30), min_size=1, max_size=20), size=st.integers(1, 40))
def test_blocks_are_whole_lines_in_their_order(lines, size):
    text = "".join(f"{line}\n" for line in lines).encode()

    blocks, hashed, told = read_all(text, size)

    assert b"".join(blocks) == hashed == text
    assert all(block.endswith(b"\n") for block in blocks)
    assert told[-1] == len(text)


@pytest.mark.parametrize("text", [b"a", b"a\nb", b"a\n" * 50 + b"b"])
def test_a_last_line_without_an_end_needs_care(text):
    with pytest.raises(NotPlainError):
        read_all(text, 20)


def test_a_line_without_end_is_not_read_for_ever(monkeypatch):
    monkeypatch.setattr(plain_blocks, "LONGEST_LINE", 100)

    with pytest.raises(NotPlainError):
        read_all(b"a" * 1000, 20)


@pytest.mark.parametrize("text", [b'a,"b"\n', b"a,'b'\n", b"a\0b\n", b"a\xe9\n"])
def test_bytes_that_need_care_are_refused_anywhere(text):
    block_of("é,b\n".encode()).check({'"', "'"})

    with pytest.raises(NotPlainError):
        block_of(b"c\n" + text).check({'"', "'"})
