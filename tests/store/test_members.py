import os

import pytest

from lstmcast.errors import ArtifactError
from lstmcast.store.damage import DamagedForecastError
from lstmcast.store.members import open_folder, read_small_file


def at_fstat(monkeypatch, action):
    """Do something in the moment when the size of a file is known, but nothing of it is read."""
    real = os.fstat

    def look(descriptor):
        status = real(descriptor)
        action()
        return status

    monkeypatch.setattr(os, "fstat", look)


def test_a_file_that_becomes_shorter_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "scores.csv"
    path.write_bytes(b"1234")
    at_fstat(monkeypatch, lambda: os.truncate(path, 2))

    with pytest.raises(ArtifactError, match=r"scores\.csv: changed while it was read; "):
        read_small_file(path, 10, DamagedForecastError)


def test_a_file_is_refused_as_its_reader_refuses(tmp_path):
    (tmp_path / "link.csv").symlink_to("anywhere")
    (tmp_path / "long.csv").write_bytes(b"12345")

    with pytest.raises(DamagedForecastError, match=r"is a symbolic link, and is not followed; .* `lstmcast predict`"):
        read_small_file(tmp_path / "link.csv", 4, DamagedForecastError)
    with pytest.raises(DamagedForecastError, match=r"has 5 bytes, where at most 4 are expected; .* `lstmcast predict`"):
        read_small_file(tmp_path / "long.csv", 4, DamagedForecastError)


def test_a_member_that_becomes_shorter_while_it_is_read_is_refused(tmp_path, monkeypatch):
    (tmp_path / "model.json").write_bytes(b"1234")
    at_fstat(monkeypatch, lambda: os.truncate(tmp_path / "model.json", 0))

    with open_folder(tmp_path) as folder, pytest.raises(ArtifactError, match=r"model\.json: changed while it was read"):
        folder.read("model.json", 10)
