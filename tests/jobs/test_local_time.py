"""A job whose clocks change: trained once before the change, asked for forecasts across it."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.data.clock.zones import clocks_of
from lstmcast.data.read import read_panel
from lstmcast.errors import ContractError, DataError
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.predict import predict

NOW = datetime(2024, 10, 27, 12, tzinfo=UTC)
ZONE = "Europe/Berlin"
CONFIG = f"""
data: {{path: load.csv, time: [date, hour], target: load, timezone: {ZONE}}}
forecast: {{horizon: 8, levels: [80]}}
model: {{units: 4, members: 1, context: 48}}
train: {{steps: 10, batch: 32}}
evaluate: {{windows: 1, gate: {{min_skill: -100}}}}
output: {{dir: runs, plots: false}}
"""
AUTUMN = np.arange("2024-10-10", "2024-10-26T20", dtype="datetime64[h]").astype("datetime64[us]")


def write_hours(folder: Path, utc) -> None:
    walls = clocks_of(ZONE, utc).to_wall(utc).tolist()
    rows = [f"{wall:%d.%m.%Y},{wall.hour},{100 + 20 * (place % 24 > 12)}" for place, wall in enumerate(walls)]
    (folder / "load.csv").write_text("\n".join(["date,hour,load", *rows, ""]))


def forecast_of(folder: Path) -> list[list[str]]:
    """Return the date and the hour of each step of a forecast."""
    predict(
        load_config(folder / "job.yaml"),
        now=NOW,
        model=None,
        data=None,
        output=str(folder / "out.csv"),
        plot=None,
        talk=SilentTalk(),
    )
    return [row[:2] for row in csv.reader((folder / "out.csv").read_text().splitlines()[1:])]


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    from lstmcast.jobs.train import train  # imports TensorFlow

    folder = tmp_path_factory.mktemp("berlin")
    (folder / "job.yaml").write_text(CONFIG)
    write_hours(folder, AUTUMN)
    train(load_config(folder / "job.yaml"), now=NOW, talk=SilentTalk())
    return folder


def test_a_forecast_across_the_change_has_each_step_once_and_names_the_hour_twice(job):
    write_hours(job, AUTUMN)

    rows = forecast_of(job)

    assert [hour for _, hour in rows] == ["22", "23", "0", "1", "2", "2", "3", "4"]
    assert [date for date, _ in rows] == ["26.10.2024"] * 2 + ["27.10.2024"] * 6
    known = np.append(AUTUMN, AUTUMN[-1] + np.arange(1, 9) * np.timedelta64(1, "h"))
    write_hours(job, known)
    again = read_panel(load_config(job / "job.yaml").data).panel
    assert again.frequency.stamps(again.first + np.arange(again.known[0])).tolist() == known.tolist()


def test_data_that_end_between_both_hours_go_on_with_the_second(job):
    write_hours(job, np.append(AUTUMN, AUTUMN[-1] + np.arange(1, 6) * np.timedelta64(1, "h")))

    rows = forecast_of(job)

    assert rows[0] == ["27.10.2024", "2"]


def test_a_version_knows_its_zone_and_refuses_another(job):
    write_hours(job, AUTUMN)
    config = CONFIG.replace(f", timezone: {ZONE}", "")
    (job / "job.yaml").write_text(config)

    rows = forecast_of(job)

    assert [hour for _, hour in rows] == ["22", "23", "0", "1", "2", "2", "3", "4"]
    (job / "job.yaml").write_text(CONFIG.replace(ZONE, "UTC"))
    with pytest.raises(ContractError, match=r"data\.timezone: is 'UTC', the model was trained with 'Europe/Berlin'"):
        forecast_of(job)
    (job / "job.yaml").write_text(CONFIG)


def test_without_a_zone_the_doubled_hour_is_refused_with_what_to_set(job):
    write_hours(job, np.append(AUTUMN, AUTUMN[-1] + np.arange(1, 12) * np.timedelta64(1, "h")))
    config = load_config(job / "job.yaml").data.changed({"timezone": None})

    with pytest.raises(DataError, match=r"27\.10\.2024 2 is there twice.*DST.*set data\.timezone"):
        read_panel(config)
