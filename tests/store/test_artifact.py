import os
import pickle
import shutil
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcast import __version__
from lstmcast.errors import ArtifactError, DivergedError, NoModelError, OutputError
from lstmcast.network.calibration import Calibration
from lstmcast.network.spec import expected_shapes
from lstmcast.store import formats
from lstmcast.store.artifact import load_version, read_manifest, write_version
from lstmcast.store.manifest import new_version_id
from lstmcast.store.weights import encode_weights
from tests.store.golden import (
    a_contract,
    a_provenance,
    a_spec,
    a_version,
    an_artifact,
    change_json,
    rehash,
    weight_values,
)

MEMBERS = (
    "manifest.json",
    "model.json",
    "contract.json",
    "calibration.json",
    "weights.safetensors",
    "config.yaml",
    "metrics.json",
    "history.csv",
    "history.png",
    "forecast.png",
)


class Bomb:
    """A pickle of it writes a file when it is loaded."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return Path.touch, (Path(self.path),)


@pytest.fixture
def version(tmp_path):
    return a_version(tmp_path / "models")


def weights_of(spec):
    return {name: weight_values(name, shape) for name, shape in expected_shapes(spec).items()}


def refused(folder, message):
    return pytest.raises(ArtifactError, match=message)


def test_a_version_is_read_as_it_was_written(version):
    loaded = load_version(version)

    written = an_artifact()
    assert loaded.folder == version
    assert loaded.id == version.name
    assert (loaded.artifact.spec, loaded.artifact.contract) == (written.spec, written.contract)
    assert loaded.artifact.calibration == written.calibration
    assert (loaded.artifact.config_yaml, loaded.artifact.history_csv) == (written.config_yaml, written.history_csv)
    assert loaded.artifact.metrics == written.metrics
    assert loaded.artifact.plots == {}
    assert loaded.artifact.weights.keys() == written.weights.keys()
    for name, array in loaded.artifact.weights.items():
        np.testing.assert_array_equal(array, written.weights[name])


def test_the_manifest_says_where_a_version_comes_from(version):
    manifest = read_manifest(version)

    assert (manifest.format_version, manifest.created, manifest.seed) == (1, "2026-01-02T03:04:05Z", 1)
    assert manifest.libraries == {"numpy": "2.0.0", "lstmcast": __version__}
    assert manifest.files.keys() == set(MEMBERS) - {"manifest.json"}


def test_a_score_that_is_not_a_number_is_saved_as_null(tmp_path):
    folder = a_version(tmp_path, metrics={"mase": float("nan"), "each": (1.5, float("inf"))})

    assert load_version(folder).artifact.metrics == {"mase": None, "each": [1.5, None]}


def test_the_same_version_written_again_is_the_same_folder(version):
    again = a_version(version.parent)

    assert again == version
    assert [path.name for path in version.parent.iterdir()] == [version.name]


def test_a_damaged_version_is_not_taken_for_the_same_one(version):
    (version / "history.csv").write_text("")

    with pytest.raises(OutputError, match="is there already, but damaged; remove it"):
        a_version(version.parent)


def test_versions_of_the_same_second_differ_by_their_content(tmp_path):
    one = write_version(tmp_path, an_artifact(), a_provenance())
    other = write_version(tmp_path, an_artifact(config_yaml="version: 2\n"), a_provenance())

    assert one[:15] == other[:15] == "20260102-030405"
    assert one != other


def test_an_id_is_in_utc():
    created = datetime(2026, 11, 21, 2, 53, tzinfo=timezone(timedelta(hours=1)))

    assert new_version_id(created, "3fa2b1c4ffff") == "20261121-015300-3fa2b1c4"


def test_weights_that_are_not_finite_are_never_saved(tmp_path):
    weights = weights_of(a_spec())
    weights["member0/state/bias"] = np.full(3, np.nan, np.float32)

    with pytest.raises(DivergedError, match="'member0/state/bias' holds NaN or infinity"):
        write_version(tmp_path / "models", an_artifact(weights=weights), a_provenance())

    assert not (tmp_path / "models").exists()


def test_what_could_not_be_loaded_again_is_never_saved(tmp_path):
    weights = {name: array.astype(np.float64) for name, array in weights_of(a_spec()).items()}

    with pytest.raises(ArtifactError, match="its type is 'F64'"):
        write_version(tmp_path / "models", an_artifact(weights=weights), a_provenance())

    assert not (tmp_path / "models").exists()


def test_a_version_moved_elsewhere_is_the_same(version, tmp_path):
    shutil.move(version, tmp_path / "elsewhere")

    assert load_version(tmp_path / "elsewhere").id == version.name


def test_a_member_too_large_to_load_is_never_saved(tmp_path):
    with pytest.raises(OutputError, match=r"the new config\.yaml has 1,048,577 bytes, too many to load"):
        a_version(tmp_path / "models", config_yaml="#" * (2**20 + 1))

    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("kind", ["lam.keras", "lam.h5", "model.pkl"])
def test_a_model_file_of_another_kind_is_refused_unopened(tmp_path, kind):
    with zipfile.ZipFile(tmp_path / kind, "w") as archive:
        archive.writestr("config.json", '{"class_name": "Lambda"}')
    (tmp_path / kind).chmod(0)

    with pytest.raises(ArtifactError, match=f"{kind}: is not a folder that `lstmcast train` saved"):
        load_version(tmp_path / kind)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["saved_model.pb", "keras_metadata.pb"], "it is a TensorFlow SavedModel or incomplete"),
        (["config.json", "metadata.json", "model.weights.h5"], "it is an unzipped Keras model or incomplete"),
        (["_CHECKPOINT_METADATA", "_METADATA"], "it is an Orbax checkpoint or incomplete"),
        ([], "it is not a version of lstmcast or incomplete"),
    ],
)
def test_a_model_folder_of_another_kind_is_refused(tmp_path, names, message):
    for name in names:
        (tmp_path / name).touch()

    with pytest.raises(ArtifactError, match=f"has no manifest.json, so {message}; only what `lstmcast train` saved"):
        load_version(tmp_path)


def test_a_folder_that_is_not_there_is_no_model(tmp_path):
    with pytest.raises(NoModelError, match="missing: there is no such folder"):
        load_version(tmp_path / "missing")


@pytest.mark.parametrize("name", ["scaler.pkl", "scaler.joblib", ".hidden", "new\nline"])
def test_an_unlisted_file_is_refused_unopened(version, tmp_path, name):
    (version / name).write_bytes(pickle.dumps(Bomb(tmp_path / "PWN")))

    with pytest.raises(ArtifactError) as caught:
        load_version(version)

    assert f"holds {name!r}, which is no part of a version and was not opened" in str(caught.value)
    assert not (tmp_path / "PWN").exists()


def test_a_plot_that_the_manifest_does_not_list_is_refused(version):
    (version / "backtest.png").write_bytes(b"")

    with refused(version, "does not list 'backtest.png', which was not opened"):
        load_version(version)


def test_a_folder_of_many_files_is_not_even_listed(version):
    for number in range(1001):
        (version / str(number)).touch()

    with refused(version, "holds more than 1000 files"):
        load_version(version)


def test_a_pickle_in_place_of_the_weights_is_refused(version, tmp_path):
    (version / "weights.safetensors").write_bytes(pickle.dumps(Bomb(tmp_path / "PWN")))
    rehash(version)

    with refused(version, "weights.safetensors: the length of its header is impossible"):
        load_version(version)

    assert not (tmp_path / "PWN").exists()


@pytest.mark.parametrize("member", MEMBERS[1:])
def test_a_flipped_bit_is_found_by_the_checksum(version, member):
    content = bytearray((version / member).read_bytes())
    content[len(content) // 2] ^= 1
    (version / member).write_bytes(content)

    with refused(version, f"{member}: was changed since it was saved: its checksum differs; go back with"):
        load_version(version)


@pytest.mark.parametrize("member", MEMBERS[1:])
def test_a_cut_file_is_found_by_its_size(version, member):
    content = (version / member).read_bytes()
    (version / member).write_bytes(content[:-1])

    with refused(version, f"{member}: has {len(content) - 1:,} bytes, and was saved with {len(content):,}"):
        load_version(version)


def test_cut_weights_are_refused_even_with_a_new_checksum(version):
    content = (version / "weights.safetensors").read_bytes()
    (version / "weights.safetensors").write_bytes(content[:-1])
    rehash(version)

    with refused(version, "weights.safetensors: holds .* bytes of numbers, where its model has"):
        load_version(version)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"{}", b'{"format_version": 1}', b"\xff\xfe"])
def test_a_broken_manifest_is_refused(version, content):
    if content is None:
        (version / "manifest.json").unlink()
    else:
        (version / "manifest.json").write_bytes(content)

    with refused(version, "manifest.json"):
        load_version(version)


def test_half_a_manifest_is_refused(version):
    content = (version / "manifest.json").read_bytes()
    (version / "manifest.json").write_bytes(content[: len(content) // 2])

    with refused(version, "manifest.json: is not valid JSON"):
        load_version(version)


@pytest.mark.parametrize(
    ("field", "value"),
    [("seed", 2), ("created", "2025-01-02T03:04:05Z"), ("data_fingerprint", "cd"), ("libraries", {"lstmcast": "9"})],
)
def test_a_manifest_with_another_origin_is_refused(version, field, value):
    change_json(version / "manifest.json", lambda manifest: manifest.update({field: value}))

    with refused(version, "manifest.json: was changed since it was saved: its own checksum differs"):
        load_version(version)


@pytest.mark.parametrize("created", ["2026-13-45T25:61:61Z", "0000-01-01T00:00:00Z"])
def test_a_manifest_of_no_moment_is_refused(version, created):
    change_json(version / "manifest.json", lambda manifest: manifest.update({"created": created}))

    with refused(version, "manifest.json: 'created': .* (must be in|is out of range)"):
        load_version(version)


@pytest.mark.parametrize("member", MEMBERS[1:])
def test_a_missing_member_is_named(version, member):
    (version / member).unlink()

    with refused(version, f"lacks '{member}'"):
        load_version(version)


@pytest.mark.parametrize("member", MEMBERS[1:-2])
def test_a_member_that_the_manifest_does_not_list_is_refused(version, member):
    change_json(version / "manifest.json", lambda manifest: manifest["files"].pop(member))

    with refused(version, f"does not list '{member}'"):
        load_version(version)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_that_is_no_regular_file_is_refused_and_does_not_hang(version, tmp_path, member, kind):
    (version / member).rename(tmp_path / "outside")
    if kind == "link":
        (version / member).symlink_to(tmp_path / "outside")
    elif kind == "pipe":
        os.mkfifo(version / member)
    else:
        (version / member).mkdir()

    with refused(version, f"{member}: is {'a symbolic link' if kind == 'link' else 'not a regular file'}"):
        load_version(version)


def test_a_version_behind_a_link_is_refused(version, tmp_path):
    (tmp_path / "link").symlink_to(version)

    with refused(version, "link: is a symbolic link; name the folder itself"):
        load_version(tmp_path / "link")


@pytest.mark.parametrize("member", [name for name in MEMBERS if name != "weights.safetensors"])
def test_a_huge_member_is_refused_before_it_is_read(version, member):
    os.truncate(version / member, 2**40)

    with refused(version, f"{member}: has 1,099,511,627,776 bytes, where at most .* are expected"):
        load_version(version)


def test_huge_weights_are_refused_before_they_are_read(version):
    os.truncate(version / "weights.safetensors", 100 * 2**20)

    with refused(version, "weights.safetensors: has 104,857,600 bytes, where at most 1,0.* are expected"):
        load_version(version)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"member0/state/bias": None}, "lacks 'member0/state/bias'"),
        ({"member0/more": np.zeros(1, np.float32)}, "holds 'member0/more', which its model does not have"),
        ({"member0/state/bias": np.zeros(4, np.float32)}, r"'member0/state/bias': its shape is \[4\]"),
        ({"member0/state/bias": np.zeros(3, np.float64)}, "'member0/state/bias': its type is 'F64'"),
        ({"member0/state/bias": np.full(3, np.nan, np.float32)}, "'member0/state/bias' holds NaN"),
    ],
)
def test_weights_that_are_not_the_models_are_refused(version, change, message):
    weights = {name: array for name, array in (weights_of(a_spec()) | change).items() if array is not None}
    (version / "weights.safetensors").write_bytes(encode_weights(weights))
    rehash(version)

    with refused(version, f"weights.safetensors: .*{message}"):
        load_version(version)


@pytest.mark.parametrize(
    ("member", "change", "message"),
    [
        ("model.json", {"layer": "Lambda"}, "unknown key 'layer'"),
        ("model.json", {"os.system": "touch PWN"}, "unknown key 'os.system'"),
        ("model.json", {"cell": "os.system"}, "'cell': input should be 'lstm', 'gru', 'rnn' or 'linear'"),
        ("model.json", {"units": 10**12}, "'units': input should be less than"),
        ("model.json", {"units": 4096, "layers": 3, "state": 4096}, "asks for .* bytes of weights"),
        ("model.json", {"units": 4}, r"its shape is \[.*\], and has to be"),
        ("model.json", {"quantiles": [0.1, 0.5, 0.8]}, "quantiles have to"),
        ("model.json", {"horizon": 3}, r"its shape is \[.*\], and has to be"),
        ("contract.json", {"code": 1}, "unknown key 'code'"),
        ("contract.json", {"ids": [["north"]]}, "names not as many series as it has ranges"),
        ("contract.json", {"future": ["other"]}, "do not describe the same data"),
        ("model.json", {"calendar": [{"name": "a", "period": 9.0, "harmonics": 64}] * 17}, "'calendar': tuple should"),
        ("metrics.json", {"scores": 5}, "'scores': input should be a valid array"),
        ("metrics.json", {"scores": [1]}, r"'scores\.0': input should be an object"),
        ("metrics.json", {"scores": [{"mase": [1]}]}, r"'scores\.0\.mase': input should be a valid string"),
        ("metrics.json", {"scores": [{"mase": 10**400}]}, r"'scores\.0\.mase': input should be"),
        (
            "metrics.json",
            {"test_mase_by_step": {"lstm": 1}},
            r"step\.lstm': input should be a valid array",
        ),
        ("metrics.json", {"test_mase_by_step": {"lstm": []}}, "'test_mase_by_step' has not one score for each step"),
        ("metrics.json", {"trained_until": 10**30}, "'trained_until': input should be less than or equal to"),
        ("calibration.json", {"factors": [1.0]}, "does not fit the horizon and the quantiles"),
        ("calibration.json", {"factors": [1.0, 1e999, 1.0]}, "is not valid JSON"),
    ],
)
def test_a_description_that_is_not_sound_is_refused(version, member, change, message):
    change_json(version / member, lambda description: description.update(change))
    rehash(version)

    with refused(version, message):
        load_version(version)


@pytest.mark.parametrize("member", ["config.yaml", "history.csv"])
def test_text_that_is_not_utf8_is_refused(version, member):
    (version / member).write_bytes(b"\xff\xfe")
    rehash(version)

    with refused(version, f"{member}: is not UTF-8 text"):
        load_version(version)


@pytest.mark.parametrize("name", ["../../canary", "/etc/passwd", "..", "manifest.json", "", "a\0b"])
def test_a_manifest_that_lists_anything_else_is_refused_and_nothing_is_opened(version, tmp_path, name):
    os.mkfifo(tmp_path / "canary")  # opening it would hang
    entry = {"size": 1, "sha256": "0" * 64}
    change_json(version / "manifest.json", lambda manifest: manifest["files"].update({name: entry}))

    with pytest.raises(ArtifactError) as caught:
        load_version(version)

    assert f"lists {name!r}, which is no part of a version and was not opened" in str(caught.value)


@pytest.mark.parametrize(
    ("writer", "needed"),
    [("7.1.0", "7.1.0 or newer"), (__version__, "a newer release"), ("\x1b[2J", "a newer release"), (None, "a newer")],
)
def test_a_newer_format_names_the_lstmcast_that_it_needs(version, writer, needed):
    def renew(manifest):
        manifest |= {"format_version": 999, "libraries": {"lstmcast": writer}, "novelty": True}

    change_json(version / "manifest.json", renew)

    with refused(version, f"format 999 needs a newer lstmcast than this one .*; install {needed}"):
        load_version(version)


@pytest.mark.parametrize("format_version", [0, -1, "1", 1.0, True, None])
def test_a_format_that_is_no_number_is_refused(version, format_version):
    change_json(version / "manifest.json", lambda manifest: manifest.update(format_version=format_version))

    with refused(version, "has no valid format_version"):
        load_version(version)


def test_a_version_of_the_format_before_is_migrated(version, monkeypatch):
    def migrate(members):
        return members | {"metrics.json": b'{"migrated": true}'}

    monkeypatch.setattr(formats, "FORMAT_VERSION", 2)
    monkeypatch.setattr(formats, "MIGRATIONS", {1: migrate})

    assert load_version(version).artifact.metrics == {"migrated": True}


def test_a_format_that_is_no_longer_read_is_named(version, monkeypatch):
    monkeypatch.setattr(formats, "FORMAT_VERSION", 3)

    with refused(version, "format 1 is too old for lstmcast .*; train again"):
        load_version(version)


@pytest.mark.parametrize("baseline", ["naive", "mean_of_simple", "smoothing_of_history"])
def test_a_version_may_lean_on_any_forecast_that_needs_no_training(baseline):
    leaning = an_artifact().calibration.changed({"baseline": baseline})

    assert an_artifact(calibration=leaning).calibration.baseline == baseline


def test_a_version_keeps_the_widths_of_its_bands(tmp_path):
    calibration = an_artifact().calibration
    rows = ((0.5,) * len(calibration.factors),) * len(calibration.weights)
    artifact = an_artifact(calibration=calibration.changed({"widths": rows, "share": 0.75}))

    loaded = load_version(tmp_path / write_version(tmp_path, artifact, a_provenance()))

    assert loaded.artifact.calibration == artifact.calibration


def test_descriptions_that_contradict_each_other_cannot_become_an_artifact():
    with pytest.raises(ValueError, match="does not fit the horizon"):
        an_artifact(calibration=Calibration(baseline="naive", weights=(1.0,), factors=(1.0, 1.0, 1.0)))
    with pytest.raises(ValueError, match="do not describe the same data"):
        an_artifact(contract=a_contract(positive=False))


@pytest.fixture(scope="module")
def shared_version(tmp_path_factory):
    return a_version(tmp_path_factory.mktemp("models"))


@given(st.data())
def test_no_flipped_bit_anywhere_goes_unseen(shared_version, data):
    member = data.draw(st.sampled_from(MEMBERS))
    content = (shared_version / member).read_bytes()
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    flipped = bytearray(content)
    flipped[bit // 8] ^= 1 << bit % 8
    before = read_manifest(shared_version)

    try:
        (shared_version / member).write_bytes(flipped)
        with suppress(ArtifactError):
            assert load_version(shared_version).manifest == before  # a space between keys became a tab
            assert member == "manifest.json"
    finally:
        (shared_version / member).write_bytes(content)


@given(st.data())
def test_arbitrary_bytes_with_new_checksums_raise_nothing_but_an_artifact_error(shared_version, data):
    member = data.draw(st.sampled_from(MEMBERS[1:]))
    content = (shared_version / member).read_bytes()
    start = data.draw(st.integers(0, len(content)))
    planted = data.draw(st.binary(max_size=20))
    manifest = (shared_version / "manifest.json").read_bytes()

    try:
        (shared_version / member).write_bytes(content[:start] + planted + content[start + len(planted) :])
        rehash(shared_version)
        with suppress(ArtifactError):
            artifact = load_version(shared_version).artifact
            assert all(np.isfinite(array).all() for array in artifact.weights.values())
    finally:
        (shared_version / member).write_bytes(content)
        (shared_version / "manifest.json").write_bytes(manifest)


def test_created_needs_no_certain_zone(tmp_path):
    created = datetime(2026, 1, 2, 4, 4, 5, tzinfo=timezone(timedelta(hours=1)))

    assert write_version(tmp_path, an_artifact(), a_provenance(created)) == write_version(
        tmp_path, an_artifact(), a_provenance(created.astimezone(UTC))
    )
