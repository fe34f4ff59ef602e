import json

import numpy as np
import pytest

from lstmcast.files import hash_bytes
from lstmcast.store.checkpoint import (
    BrokenCheckpointError,
    Origin,
    begin_checkpoint,
    checkpoint_folder,
    read_origin,
    read_part,
    remove_checkpoint,
    write_part,
)

ORIGIN = Origin(config="c", data="d", release="r", members=4, steps=100)


@pytest.fixture
def folder(tmp_path):
    """Return a checkpoint with nothing in it yet."""
    begin_checkpoint(checkpoint_folder(tmp_path), ORIGIN)
    return checkpoint_folder(tmp_path)


def test_numbers_of_every_kind_come_back_as_they_were(folder):
    arrays = {
        "weights": np.array([[0.1, -2.5]], np.float32),
        "seed": np.array([1, 2**32 - 1], np.uint32),
        "looks": np.empty((0, 3)),
        "step": np.array(7),
    }

    write_part(folder, "training-0", arrays)

    found = read_part(folder, "training-0")
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert found[name].tobytes() == array.tobytes()


def test_what_is_not_there_is_none(tmp_path, folder):
    assert read_part(folder, "training-0") is None
    assert read_origin(tmp_path / "elsewhere") is None
    assert read_origin(folder) == ORIGIN


def test_a_checkpoint_that_begins_takes_the_place_of_the_one_before(folder):
    write_part(folder, "training-0", {"step": np.array(7)})

    begin_checkpoint(folder, ORIGIN.changed({"data": "e"}))

    assert read_part(folder, "training-0") is None
    assert read_origin(folder).data == "e"


@pytest.mark.parametrize("place", [0, 70, -1])
def test_one_wrong_bit_anywhere_is_found(folder, place):
    write_part(folder, "training-0", {"step": np.arange(10)})
    content = bytearray((folder / "training-0").read_bytes())
    content[place] ^= 1
    (folder / "training-0").write_bytes(content)

    with pytest.raises(BrokenCheckpointError, match=r"training-0: is damaged: its checksum differs"):
        read_part(folder, "training-0")


@pytest.mark.parametrize("dtype", ["BF16", "ZZ"])
def test_numbers_of_an_unknown_kind_are_refused_although_their_checksum_is_right(folder, dtype):
    header = json.dumps({"step": {"dtype": dtype, "shape": [1], "data_offsets": [0, 2]}}).encode()
    content = len(header).to_bytes(8, "little") + header + bytes(2)
    (folder / "training-0").write_bytes(hash_bytes(content).encode() + content)

    with pytest.raises(BrokenCheckpointError, match=r"training-0: is damaged: "):
        read_part(folder, "training-0")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"format_version": 2}',
        '{"unknown": 1}',
        ORIGIN.changed({"members": 10**9}).as_json(),
        ORIGIN.changed({"steps": -1}).as_json(),
    ],
)
def test_an_origin_that_is_none_is_refused(folder, content):
    (folder / "origin.json").write_text(content)

    with pytest.raises(BrokenCheckpointError, match=r"origin.json: "):
        read_origin(folder)


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path, folder):
    (tmp_path / "canary").write_text("x")
    (folder / "training-0").symlink_to(tmp_path / "canary")

    with pytest.raises(BrokenCheckpointError, match=r"is a symbolic link, and is not followed$"):
        read_part(folder, "training-0")
    write_part(folder, "training-0", {"step": np.array(7)})

    assert (tmp_path / "canary").read_text() == "x"
    assert read_part(folder, "training-0")["step"] == 7


def test_removing_what_is_not_there_is_no_fault(folder):
    remove_checkpoint(folder)
    remove_checkpoint(folder)

    assert not folder.exists()
