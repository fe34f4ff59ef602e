import pytest

from lstmcast.errors import OutputError
from lstmcast.files import hash_bytes, write_all_whole
from lstmcast.spool import Spooled, sha256_of, spooled


def test_several_pieces_are_kept_on_disk_and_can_be_written_again_and_again(tmp_path):
    with spooled(tmp_path, iter([b"a\n", b"b\n", b"c\n"])) as content:
        assert list(tmp_path.iterdir()) == []  # nothing that a killed run could leave behind

        write_all_whole({tmp_path / "1": content, tmp_path / "2": content})

        assert sha256_of(content) == hash_bytes(b"a\nb\nc\n")
    assert [(tmp_path / name).read_bytes() for name in "12"] == [b"a\nb\nc\n"] * 2


@pytest.mark.parametrize(("pieces", "whole"), [([b"abc"], b"abc"), ([], b"")])
def test_what_is_short_stays_in_memory(tmp_path, pieces, whole):
    with spooled(tmp_path, pieces) as content:
        assert not isinstance(content, Spooled)
        assert content == whole
        assert sha256_of(content) == hash_bytes(whole)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    missing = pytest.raises(OutputError, match="nowhere: cannot be written to: no such file")

    with missing, spooled(tmp_path / "nowhere", [b"a", b"b"]):
        pass
