"""Versions that are damaged, forged or of another kind: exit 21, and nothing in them is ever run."""

import json
import os
import pickle
import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.faults.runs import NOW, assert_refused, call_here
from tests.store.golden import change_json, rehash

WEIGHTS = "weights.safetensors"


class Bomb:
    """A pickle of it makes a file when it is loaded."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return Path.touch, (Path(self.path),)


def assert_nobody_loads(job, *mentions):
    """Hold that neither a forecast nor a check nor a promotion takes the current version."""
    folder = job.version
    assert_refused(job.root, 21, mentions, "predict", job.config, "--now", NOW)
    assert_refused(job.root, 21, mentions, "predict", job.config, "--now", NOW, "--model", folder)
    assert_refused(job.root, 21, mentions, "models", "verify", job.config)
    assert_refused(job.root, 21, mentions, "models", "promote", job.config, folder.name)


def split_weights(path):
    """Return the header and the numbers of a safetensors file."""
    content = path.read_bytes()
    end = 8 + int.from_bytes(content[:8], "little")
    return json.loads(content[8:end]), content[end:]


def join_weights(path, header, numbers, *, length=None):
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + numbers)


@pytest.mark.parametrize("name", ["lam.keras", "lam.h5", "model.pkl", "model.pt"])
def test_a_model_file_of_another_kind_is_refused_unopened(load, name):
    other = load.root / name
    if name.endswith(".keras"):
        with zipfile.ZipFile(other, "w") as archive:
            archive.writestr("config.json", '{"class_name": "Lambda"}')
    else:
        other.write_bytes(pickle.dumps(Bomb(load.root / "PWN")))

    assert_refused(load.root, 21, [other], "predict", load.config, "--model", other)


@pytest.mark.parametrize(
    "names",
    [["saved_model.pb", "keras_metadata.pb"], ["config.json", "model.weights.h5"], ["_CHECKPOINT_METADATA"], []],
    ids=["SavedModel", "unzipped keras", "Orbax", "empty"],
)
def test_a_model_folder_of_another_kind_is_refused(load, names):
    other = load.root / "other"
    other.mkdir()
    for name in names:
        (other / name).write_bytes(b"x")

    assert_refused(load.root, 21, [other], "predict", load.config, "--model", other)


@pytest.mark.parametrize("name", ["scaler.pkl", "scaler.joblib", ".hidden", "model.py"])
def test_a_file_that_is_not_listed_is_refused_unopened(load, name):
    (load.version / name).write_bytes(pickle.dumps(Bomb(load.root / "PWN")))

    assert_nobody_loads(load, name)


def test_a_listed_pickle_is_refused_too(load):
    (load.version / "scaler.pkl").write_bytes(pickle.dumps(Bomb(load.root / "PWN")))
    change_json(load.version / "manifest.json", lambda m: m["files"].update({"scaler.pkl": {"size": 0, "sha256": ""}}))
    rehash(load.version)

    assert_nobody_loads(load, "scaler.pkl")


def test_a_pickle_in_place_of_the_weights_is_refused(load):
    (load.version / WEIGHTS).write_bytes(pickle.dumps(Bomb(load.root / "PWN")))
    rehash(load.version)

    assert_nobody_loads(load, WEIGHTS)


@pytest.mark.parametrize("place", [0, 8, 100, -1])
def test_one_flipped_bit_is_found(load, place):
    content = bytearray((load.version / WEIGHTS).read_bytes())
    content[place] ^= 1
    (load.version / WEIGHTS).write_bytes(content)

    assert_nobody_loads(load, WEIGHTS, "checksum")


def test_weights_that_are_cut_short_are_refused(load):
    content = (load.version / WEIGHTS).read_bytes()
    (load.version / WEIGHTS).write_bytes(content[:-1])
    rehash(load.version)

    assert_nobody_loads(load, WEIGHTS)


def test_weights_with_trailing_bytes_are_refused(load):
    with (load.version / WEIGHTS).open("ab") as file:
        file.write(b"PK\x03\x04")
    rehash(load.version)

    assert_nobody_loads(load, WEIGHTS)


def test_a_version_without_manifest_is_refused(load):
    (load.version / "manifest.json").unlink()

    assert_nobody_loads(load, "manifest.json")


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_manifest_that_was_half_written_is_refused(load, share):
    content = (load.version / "manifest.json").read_bytes()
    (load.version / "manifest.json").write_bytes(content[: int(len(content) * share)])

    assert_nobody_loads(load, "manifest.json")


@pytest.mark.parametrize("content", [b"[]", b"null", b'{"a": 1, "a": 2}', b"NaN", b"[" * 100_000, b"\xff"])
@pytest.mark.parametrize("name", ["manifest.json", "model.json", "metrics.json"])
def test_a_member_that_is_not_the_json_of_its_kind_is_refused(load, name, content):
    (load.version / name).write_bytes(content)
    if name != "manifest.json":
        rehash(load.version)

    assert_nobody_loads(load, name)


def change_shape(header, numbers):
    name = sorted(header.keys() - {"__metadata__"})[0]
    header[name]["shape"] = [int(np.prod(header[name]["shape"])), 1]
    return header, numbers


def add_a_name(header, numbers):
    header["member9/evil"] = {"dtype": "F32", "shape": [1], "data_offsets": [len(numbers), len(numbers) + 4]}
    return header, numbers + bytes(4)


def take_a_name(header, numbers):
    del header["member0/typical_error"]
    return header, numbers


def use_doubles(header, numbers):
    for name, entry in header.items():
        if name != "__metadata__":
            entry["dtype"], entry["data_offsets"] = "F64", [2 * place for place in entry["data_offsets"]]
    return header, np.frombuffer(numbers, "<f4").astype("<f8").tobytes()


def claim_too_much(header, numbers):
    header["member0/typical_error"]["shape"] = [2**40, 2**40]
    return header, numbers


def overlap(header, numbers):
    kernel, recurrent = header["member0/cell0/recurrent"], header["member0/cell0/kernel"]
    kernel["data_offsets"] = [recurrent["data_offsets"][0], recurrent["data_offsets"][0] + 4 * 4 * 16]
    return header, numbers


def hide_a_nan(header, numbers):
    return header, numbers[:-4] + np.float32(np.nan).tobytes()


@pytest.mark.parametrize(
    "damage", [change_shape, add_a_name, take_a_name, use_doubles, claim_too_much, overlap, hide_a_nan]
)
def test_weights_that_do_not_fit_their_model_are_refused(load, damage):
    path = load.version / WEIGHTS
    join_weights(path, *damage(*split_weights(path)))
    rehash(load.version)

    assert_nobody_loads(load, WEIGHTS)


@pytest.mark.parametrize("length", [2**60, 2**63, 2**64 - 1, 0])
def test_a_header_of_impossible_length_is_refused(load, length):
    path = load.version / WEIGHTS
    join_weights(path, *split_weights(path), length=length)
    rehash(load.version)

    assert_nobody_loads(load, WEIGHTS)


@pytest.mark.parametrize(
    "changes",
    [
        {"cell": "Lambda"},
        {"cell": "os.system"},
        {"class_name": "Lambda"},
        {"units": 10**9},
        {"units": -1},
        {"units": "4"},
        {"units": True},
        {"horizon": 10**9},
        {"quantiles": []},
        {"season": 0},
        {"members": []},
    ],
    ids=str,
)
def test_a_description_of_anything_else_is_refused(load, changes):
    change_json(load.version / "model.json", lambda model: model.update(changes))
    rehash(load.version)

    assert_nobody_loads(load, next(iter(changes)) if "units" not in changes else "model.json")


@pytest.mark.parametrize("name", ["../../canary", "/etc/passwd", "..", "a/b", ""])
def test_a_manifest_that_reaches_outside_is_refused(load, name):
    (load.workspace / "canary").write_text("alive")
    entry = {"size": 5, "sha256": "00" * 32}
    change_json(load.version / "manifest.json", lambda manifest: manifest["files"].update({name: entry}))

    assert_nobody_loads(load, "manifest.json")


@pytest.mark.parametrize("name", [WEIGHTS, "model.json", "manifest.json"])
def test_a_link_in_a_version_is_not_followed(load, name):
    shutil.move(load.version / name, load.root / "outside")
    (load.version / name).symlink_to(load.root / "outside")

    assert_nobody_loads(load, name, "link")


def test_a_link_to_a_version_is_not_followed(load):
    link = load.root / "link"
    link.symlink_to(load.version)

    assert_refused(load.root, 21, [link], "predict", load.config, "--model", link)


def test_a_pipe_in_a_version_is_refused_without_waiting(load):
    (load.version / WEIGHTS).unlink()
    os.mkfifo(load.version / WEIGHTS)

    assert_nobody_loads(load, WEIGHTS)


def test_a_newer_format_says_which_lstmcast_is_needed(load):
    change_json(load.version / "manifest.json", lambda manifest: manifest.update(format_version=999))

    assert_nobody_loads(load, "format 999", "newer", "lstmcast")


@pytest.mark.parametrize("content", [b"", b"../../etc\n", b"\xff\n", b"x" * 100_000])
def test_a_promotion_that_names_no_version_is_refused(load, content):
    (load.workspace / "current").write_bytes(content)

    assert_refused(load.root, 21, [load.workspace / "current"], "predict", load.config, "--now", NOW)


@pytest.mark.parametrize("command", ["train", "run"])
@pytest.mark.parametrize("content", [b"", b"\0", b"../../etc\n"])
def test_where_promotions_cannot_be_read_nothing_is_trained(load, command, content):
    (load.workspace / "current").write_bytes(content)
    advice = "remove it, then promote a version"

    assert_refused(load.root, 21, [load.workspace / "current", advice], command, load.config, "--now", NOW)


def test_a_promotion_behind_a_link_is_not_followed(load):
    (load.workspace / "current").rename(load.root / "elsewhere")
    (load.workspace / "current").symlink_to(load.root / "elsewhere")
    mentions = [load.workspace / "current", "symbolic link", "remove it, then promote a version"]

    assert_refused(load.root, 21, mentions, "predict", load.config, "--now", NOW)


@pytest.mark.parametrize(
    "facts",
    [
        {"lowest": [], "highest": [], "known": [], "made_up": []},
        {"lowest": [1.0, 2.0], "highest": [9.0, 9.0], "known": [60, 60], "made_up": [0.0, 0.0]},
        {"id_names": ["shop"], "ids": [[]], "lowest": [], "highest": [], "known": [], "made_up": []},
    ],
    ids=["no series", "two without a name", "none with a name"],
)
def test_a_contract_of_another_number_of_series_is_refused(load, facts):
    change_json(load.version / "contract.json", lambda contract: contract.update(facts))
    rehash(load.version)

    assert_nobody_loads(load, "contract.json")


def test_a_promotion_of_a_version_that_is_gone_is_told(load):
    shutil.rmtree(load.version)

    assert_refused(load.root, 20, [load.workspace, "is gone"], "predict", load.config, "--now", NOW)


def test_without_any_version_there_is_no_forecast(load):
    shutil.rmtree(load.workspace / "models")
    (load.workspace / "current").unlink()

    assert_refused(load.root, 20, [load.workspace, "lstmcast train"], "predict", load.config, "--now", NOW)


def test_a_version_that_is_moved_elsewhere_forecasts_the_same(load):
    published = load.forecast.read_bytes()
    elsewhere = load.root / "elsewhere"
    shutil.move(load.version, elsewhere)

    ended = call_here("predict", load.config, "--now", NOW, "--model", elsewhere, "--output", "-")

    assert (ended.code, ended.out) == (0, published)
