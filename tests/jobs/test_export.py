import errno
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from lstmcast.cli.main import lstmcast
from lstmcast.config.yaml_file import load_config
from lstmcast.errors import ConfigError, ImplausibleError, NoModelError, OutputError
from lstmcast.export import formats
from lstmcast.jobs.export import export, largest_difference
from lstmcast.jobs.predict import predict
from tests.jobs.conftest import PLAIN, write_load

WISHES = {"name": "keras", "model": None, "rows": None, "output": None}


def exported(job, **wishes):
    return export(load_config(job), **{**WISHES, **wishes}, **PLAIN)


def test_the_example_in_the_description_is_what_predict_publishes(load_job):
    result = exported(load_job)
    described = json.loads(result.description.read_text())
    published = predict(load_config(load_job), model=None, data=None, output=None, plot=None, **PLAIN)

    table = np.genfromtxt(published.csv_path, delimiter=",", skip_header=1, usecols=3)
    levels = described["output"]["quantiles"]["levels"]
    quantiles = np.array(described["example"]["quantiles"])
    assert result.file == load_job.parent / "runs/export/model.keras"
    assert result.size == result.file.stat().st_size
    assert quantiles.shape == (1, 3, len(levels))
    assert quantiles[0, :, levels.index(0.5)] == pytest.approx(table, rel=1e-5)
    assert described["inputs"]["values"]["shape"] == [None, result.rows]
    assert described["inputs"]["calendar"]["at"] == {"time": "2024-01", "places": [0.0]}


def test_what_the_description_tells_is_enough_to_run_the_file(shops_job):
    result = exported(shops_job, name="litert", rows=30)
    described = json.loads(result.description.read_text())

    assert described["inputs"]["future"]["columns"] == ["price"]
    assert described["inputs"]["past"]["columns"] == ["visitors"]
    assert described["inputs"]["future"]["shape"] == [1, 33, 1]
    example = {name: np.array(values, np.float32) for name, values in described["example"].items()}
    quantiles = example.pop("quantiles")
    assert {name: list(values.shape) for name, values in example.items()} == {
        name: about["shape"] for name, about in described["inputs"].items()
    }
    assert formats.run_graph(result.file, "litert", example) == pytest.approx(quantiles, rel=1e-6)


def test_series_from_all_over_the_data_are_held_against_our_own_forecast(shops_job):
    result = exported(shops_job)

    assert (result.windows, result.rows) == (3, 60)
    assert 0 < result.difference < 1e-4


def test_a_file_that_says_something_else_is_not_written(load_job, monkeypatch):
    right = exported(load_job)
    before = right.file.read_bytes(), right.description.read_bytes()
    run = formats.run_graph
    monkeypatch.setattr(formats, "run_graph", lambda *given: run(*given) * np.float32(1.05))

    with pytest.raises(ImplausibleError, match="more than 1% is too much"):
        exported(load_job)

    assert (right.file.read_bytes(), right.description.read_bytes()) == before
    assert {path.name for path in right.file.parent.iterdir()} == {"model.keras", "model.keras.json"}


def test_a_difference_is_measured_in_intervals_however_large_the_values_are():
    own = np.array([[[1e6 - 1, 1e6, 1e6 + 1], [1e6 - 2, 1e6, 1e6 + 2]]])

    assert largest_difference(own + 0.5, own) == 0.25


def test_a_difference_where_there_is_no_interval_is_measured_in_the_widest_one_or_in_the_value():
    ends_at_zero = np.array([[[0.0, 0.0, 0.0], [0.0, 5.0, 10.0]]])
    stands_still = np.full((1, 2, 3), 7.0)

    assert largest_difference(ends_at_zero + np.array([[[1e-4], [0.0]]]), ends_at_zero) == pytest.approx(1e-3)
    assert largest_difference(stands_still + 7e-6, stands_still) == pytest.approx(1e-3)
    assert largest_difference(stands_still * np.nan, stands_still) == float("inf")


def test_a_disk_that_is_full_is_told_in_a_line(load_job, monkeypatch):
    def fail(*given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(formats, "write_graph", fail)

    with pytest.raises(OutputError, match=r"model\.keras: cannot be written: no space left on device"):
        exported(load_job)

    assert not list((load_job.parent / "runs/export").iterdir())


def test_a_forecast_that_is_not_finite_is_told_as_such(load_job, monkeypatch):
    run = formats.run_graph
    monkeypatch.setattr(formats, "run_graph", lambda *given: run(*given) * np.float32("inf"))

    with pytest.raises(ImplausibleError, match="is not finite"):
        exported(load_job)


def test_a_file_can_be_written_elsewhere_but_not_over_the_data(load_job, tmp_path):
    assert exported(load_job, output=tmp_path / "load.keras").file.exists()
    assert (tmp_path / "load.keras.json").exists()
    with pytest.raises(OutputError, match="there is no folder"):
        exported(load_job, output=tmp_path / "nowhere/load.keras")
    with pytest.raises(OutputError, match="the data are read from there"):
        exported(load_job, output=load_job.parent / "load.csv")


@pytest.mark.parametrize("output", ["", "/", "runs"])
def test_a_folder_is_no_place_for_a_file(load_job, monkeypatch, output):
    monkeypatch.chdir(load_job.parent)

    with pytest.raises(OutputError, match="is a directory"):
        exported(load_job, output=Path(output))


def test_fewer_rows_than_the_model_looks_back_are_refused(load_job):
    with pytest.raises(ConfigError, match="looks back"):
        exported(load_job, rows=5)


def test_without_a_model_there_is_nothing_to_export(tmp_path):
    with pytest.raises(NoModelError):
        exported(write_load(tmp_path))


def test_the_command_tells_where_the_file_is_and_how_near_it_comes(load_job):
    answered = CliRunner().invoke(lstmcast, ["export", str(load_job), "--format", "keras"])
    document = CliRunner().invoke(lstmcast, ["export", str(load_job), "--format", "keras", "--json"])

    assert answered.exit_code == 0
    assert "model.keras.json tells what goes in" in " ".join(answered.output.split())
    assert json.loads(document.stdout)["windows_checked"] == 1


def test_two_files_do_not_go_to_standard_output(load_job):
    answered = CliRunner().invoke(lstmcast, ["export", str(load_job), "--format", "keras", "--output", "-"])

    assert answered.exit_code == 2
    assert "name a file" in answered.output


def test_what_is_wrong_is_said_before_tensorflow_is_imported(load_job):
    script = (
        "import sys; from lstmcast.cli.border import run; from lstmcast.cli.main import lstmcast;"
        f"code = run(lstmcast, ['export', {str(load_job)!r}, '--format', 'onnx', '--rows', '5']);"
        "assert 'tensorflow' not in sys.modules; sys.exit(code)"
    )

    answered = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (answered.returncode, answered.stderr.count("\n")) == (10, 1)
