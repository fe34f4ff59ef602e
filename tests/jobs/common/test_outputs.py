from pathlib import Path

import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.errors import OutputError
from lstmcast.jobs.common.outputs import check_outputs


@pytest.fixture
def config(tmp_path):
    """Return a config of two files of data and one of future rows."""
    for name in ("one.csv", "two.csv", "ahead.csv"):
        (tmp_path / name).touch()
    text = "data: {path: [one.csv, 't*.csv'], time: t, target: y, future: [x], future_path: ahead.csv}"
    (tmp_path / "job.yaml").write_text(f"{text}\nforecast: {{horizon: 1}}\n")
    return load_config(tmp_path / "job.yaml")


@pytest.mark.parametrize("name", ["one.csv", "two.csv", "ahead.csv", "../{}/one.csv", "link.csv"])
def test_a_result_never_takes_the_place_of_the_data(config, tmp_path, name):
    (tmp_path / "link.csv").symlink_to("one.csv")
    path = tmp_path / name.format(tmp_path.name)

    with pytest.raises(OutputError, match=r"csv: the data are read from there, and would be lost"):
        check_outputs(config, None, path)


def test_data_behind_a_link_are_kept_as_well(config, tmp_path):
    (tmp_path / "one.csv").rename(tmp_path / "real.csv")
    (tmp_path / "one.csv").symlink_to("real.csv")

    with pytest.raises(OutputError, match=r"real.csv: the data are read from there"):
        check_outputs(config, tmp_path / "real.csv")


def test_two_results_never_take_the_same_place(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(OutputError, match=r"new.csv: two results cannot both be written there"):
        check_outputs(config, Path("new.csv"), tmp_path / "new.csv")


@pytest.mark.parametrize(
    "name",
    [
        "current",
        "lock",
        "models",
        "models/1/weights.safetensors",
        "checkpoint/origin.json",
        "forecasts/2024-01-01.csv",
        "detect/state.json",
        "scores/scores.csv",
        "forecast.manifest.json",
    ],
)
def test_a_result_never_takes_the_place_of_what_the_workspace_keeps(config, tmp_path, name):
    workspace = tmp_path / "jobs"
    (workspace / name).parent.mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(workspace)

    for path in (workspace / name, link / name):
        with pytest.raises(OutputError, match=r"the workspace keeps what it needs there"):
            check_outputs(config.changed({"output": config.output.changed({"dir": str(workspace)})}), path)


def test_a_forecast_goes_where_the_last_one_lies_with_its_manifest_and_others_beside_it(config):
    workspace = Path(config.output.dir)

    check_outputs(config, workspace / "forecast.csv", workspace / "forecast.png", workspace / "forecast.manifest.json")
    check_outputs(config, workspace / "mine.csv", workspace / "backtest" / "mine.png", workspace / "report.html")


def test_any_other_place_will_do(config, tmp_path):
    (tmp_path / "old.csv").touch()

    check_outputs(config, tmp_path / "old.csv", tmp_path / "new.png")


def test_a_place_that_cannot_be_reached_is_left_for_the_writer_to_say(config, tmp_path):
    check_outputs(config, tmp_path / ("x" * 300) / "new.csv")


def test_that_there_are_no_data_is_left_for_the_reader_to_say(config, tmp_path):
    for path in tmp_path.glob("*.csv"):
        path.unlink()

    check_outputs(config, tmp_path / "new.csv")
