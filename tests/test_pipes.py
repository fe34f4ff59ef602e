"""Pipes as input: what is written comes whole, and nobody writing is told."""

import os
from contextlib import suppress
from threading import Thread

import pytest

from lstmcast import pipes
from lstmcast.pipes import read_input


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_file_is_read_whole_or_to_the_wanted_length(tmp_path):
    (tmp_path / "file").write_bytes(b"content")

    assert read_input(tmp_path / "file") == b"content"
    assert read_input(tmp_path / "file", 3) == b"con"


@pytest.mark.parametrize(("most", "expected"), [(-1, b"x" * 100_000), (70_000, b"x" * 70_000)])
def test_what_comes_through_a_pipe_comes_whole_or_to_the_wanted_length(pipe, most, expected):
    writer = Thread(target=_write, args=(pipe, b"x" * 100_000))
    writer.start()

    assert read_input(pipe, most) == expected
    writer.join()


def test_a_pipe_that_nobody_writes_into_is_told(pipe, monkeypatch):
    monkeypatch.setattr(pipes, "PATIENCE", 0.0)

    with pytest.raises(OSError, match="nobody writes into"):
        read_input(pipe)


def test_what_came_through_a_pipe_is_there_again_until_somebody_writes_anew(pipe):
    read = [_read_written(pipe, b"one"), read_input(pipe), read_input(pipe, 2)]
    os.utime(pipe, ns=(0, 0))  # some clocks tick too slowly to tell two writes apart
    read += [_read_written(pipe, b"two"), read_input(pipe)]

    assert read == [b"one", b"one", b"on", b"two", b"two"]


def test_a_pipe_in_the_place_of_another_is_none_that_was_read(pipe, monkeypatch):
    _read_written(pipe, b"one")
    monkeypatch.setattr(pipes, "PATIENCE", 0.0)
    pipe.rename(pipe.with_name("other"))
    os.mkfifo(pipe)

    with pytest.raises(OSError, match="nobody writes into"):
        read_input(pipe)


def _read_written(pipe, content):
    writer = Thread(target=_write, args=(pipe, content))
    writer.start()
    found = read_input(pipe)
    writer.join()
    return found


def _write(pipe, content):
    with suppress(BrokenPipeError):  # whoever reads has had enough
        pipe.write_bytes(content)
