"""Scores of published forecasts, on numbers small enough to check by hand."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from lstmcast.data.read import read_panel
from lstmcast.data.written.score_log import render_log
from lstmcast.errors import ArtifactError
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.forecasting.publishing import Forecast, publish
from lstmcast.jobs.scoring import scoring
from lstmcast.jobs.scoring.scoring import find_drift, read_table, score_forecasts
from tests.jobs.watch.test_observing import Warned

QUANTILES = (0.1, 0.5, 0.9)
SEASON = 2
# by step: season 2, changes over two steps are 1 until step 6
HISTORY = [10, 20, 11, 21, 12, 22]
FUTURE = [14, 22, 13, 27]


def reading_of(config, values):
    with Path(config.data.path).open("w") as file:
        file.write("".join(f"{value}\n" for value in ("x", *values)))
    return read_panel(config.data)


def publish_on(config, known, medians, now, model="m", half=1.0):
    values = np.array(medians, float)[None, :, None] + np.array([-half, 0.0, half])
    reading = reading_of(config, (HISTORY + FUTURE)[:known])
    publish(config, Forecast(reading, model, 1, SEASON, QUANTILES, values), None, now=now)


def score(config, known, talk=None):
    panel = reading_of(config, (HISTORY + FUTURE)[:known]).panel

    return score_forecasts(Path(config.output.dir), panel, SEASON, talk or SilentTalk())


def at(day):
    return datetime(2024, 1, day, 3, tzinfo=UTC)


def test_a_forecast_is_scored_when_its_truth_has_come(config):
    publish_on(config, 6, [13.5, 20], at(1))  # the truth will be 14 and 22: errors of 0.5 and 2

    (row,) = score(config, 8)

    assert {name: row[name] for name in ("origin", "published", "model", "complete", "series", "values")} == {
        "origin": "6",
        "published": "2024-01-01T03:00:00Z",
        "model": "m",
        "complete": "yes",
        "series": 1.0,
        "values": 2.0,
    }
    assert row["mase"] == pytest.approx(1.25)  # the unit is the usual change over a season, 1
    assert row["mase_seasonal_naive"] == pytest.approx(1.0)  # 12 and 22 against 14 and 22
    assert row["skill"] == pytest.approx(-0.25)
    assert row["bias"] == pytest.approx(-1.25)
    assert row["coverage_80"] == 0.5  # 13.5 ± 1 holds 14, 20 ± 1 does not hold 22


def test_before_any_truth_has_come_there_is_no_row(config):
    publish_on(config, 6, [13.5, 20], at(1))

    assert score(config, 6) == ()


def test_a_part_of_the_truth_is_scored_for_the_time_being(config):
    publish_on(config, 6, [13.5, 20], at(1))

    (row,) = score(config, 7)

    assert (row["complete"], row["values"], row["mase"]) == ("", 1.0, pytest.approx(0.5))


def test_what_is_fresh_ends_where_the_next_forecast_begins(config):
    publish_on(config, 6, [13.5, 20], at(1))
    publish_on(config, 7, [22, 13], at(2))

    first, second = score(config, 8)

    assert (first["values"], first["fresh_values"], first["fresh_mase"]) == (2.0, 1.0, pytest.approx(0.5))
    assert (second["values"], second["fresh_values"], second["fresh_mase"]) == (1.0, 1.0, 0.0)
    assert (first["fresh_steps"], second["fresh_steps"]) == (1.0, 1.0)


def test_what_is_fresh_ends_for_each_series_where_its_own_next_forecast_begins(config):
    """Of `b` one value comes for each forecast as of `a`, two steps later."""
    late = 2

    def read(known):
        every = HISTORY + FUTURE
        rows = [f"a,{step},{every[step]}" for step in range(known)]
        rows += [f"b,{step},{every[step]}" for step in range(known - late)]
        Path(config.data.path).write_text("\n".join(["id,t,x", *rows, ""]))
        return read_panel(config.data.changed({"id": "id", "time": "t"}))

    for day, known in enumerate((7, 8), start=1):
        values = np.full((2, 2, 3), 20.0) + np.array([-1.0, 0.0, 1.0])
        publish(config, Forecast(read(known), "m", 1, SEASON, QUANTILES, values), None, now=at(day))

    first, second = score_forecasts(Path(config.output.dir), read(9).panel, SEASON, SilentTalk())

    assert (first["values"], first["fresh_values"], first["fresh_steps"]) == (4.0, 2.0, 1.0)
    assert (second["values"], second["fresh_values"], second["fresh_steps"]) == (2.0, 2.0, 1.0)


def test_the_unit_is_that_of_what_was_known_then(config):
    publish_on(config, 8, [14, 23], at(1))  # truth 13 and 27; changes over a season before it: 1 1 1 1 2 0

    (row,) = score(config, 10)

    assert row["mase"] == pytest.approx((1 + 4) / 2)


@pytest.mark.parametrize(("settling", "mase"), [(1, 7.0), (2, 1.25)])
def test_a_complete_row_is_scored_anew_until_it_has_settled(config, monkeypatch, settling, mase):
    monkeypatch.setattr(scoring, "SETTLING", settling)
    publish_on(config, 6, [13.5, 20], at(1))
    publish_on(config, 8, [13, 27], at(2))
    first, second = score(config, 10)
    folder = Path(config.output.dir) / "scores"
    folder.mkdir()
    (folder / "scores.csv").write_bytes(
        render_log([first | {"mase": 7.0}, second | {"mase": 7.0}])
    )  # data mended since

    assert [row["mase"] for row in score(config, 10)] == [mase, 0.0]


def test_a_forecast_that_does_not_belong_to_its_manifest_is_passed_over_with_a_warning(config, tmp_path):
    publish_on(config, 6, [13.5, 20], at(1))
    kept = tmp_path / "runs" / "forecasts" / "6.csv"
    kept.write_bytes(kept.read_bytes().replace(b"13.5", b"14.5"))
    talk = Warned()

    assert score(config, 8, talk) == ()
    assert talk.warnings == [f"{kept}: does not belong to its manifest; it was not scored"]


def test_a_damaged_manifest_is_passed_over_with_a_warning(config, tmp_path):
    publish_on(config, 6, [13.5, 20], at(1))
    (tmp_path / "runs" / "forecasts" / "6.manifest.json").write_text("{")
    talk = Warned()

    assert score(config, 8, talk) == ()
    assert len(talk.warnings) == 1
    assert "6.manifest.json: is not valid JSON" in talk.warnings[0]


def test_forecasts_of_other_data_are_passed_over(config):
    publish_on(config, 6, [13.5, 20], at(1))
    panel = replace(reading_of(config, (HISTORY + FUTURE)[:8]).panel, target="y")

    assert score_forecasts(Path(config.output.dir), panel, SEASON, SilentTalk()) == ()


def test_a_table_that_is_none_is_refused(config, tmp_path):
    (tmp_path / "runs" / "scores").mkdir(parents=True)
    (tmp_path / "runs" / "scores" / "scores.csv").write_text("a,b\n1,2\n")

    with pytest.raises(
        ArtifactError, match=r"scores\.csv: is not the table of scores: has no column 'bias'; move it away"
    ):
        read_table(tmp_path / "runs")


def a_row(day, share, inside, model="v1"):
    return {
        "published": f"2024-01-{day:02}T03:00:00Z",
        "model": model,
        "fresh_values": 24.0,
        "fresh_mase": share,
        "fresh_mase_seasonal_naive": 1 - share,
        "fresh_coverage_80": inside,
    }


def a_version(**promise):
    artifact = SimpleNamespace(metrics=json.loads(json.dumps({"promise": promise} if promise else {})))
    return SimpleNamespace(id="v1", artifact=artifact)


def test_a_version_that_keeps_its_promise_has_not_drifted():
    rows = [a_row(day, 0.3, 0.8) for day in range(1, 31)]

    found = find_drift(rows, a_version(error_share=[0.3] * 5, coverage_80=[0.8] * 5), at(1))

    assert (found.origins, found.drifted) == (30, False)
    assert {one.name: one.mean for one in found.evidence} == {
        "error_share": pytest.approx(0.3),
        "coverage_80": pytest.approx(0.8),
    }


def test_a_version_that_does_worse_than_its_backtest_has_drifted():
    rows = [a_row(day, 0.6, 0.8) for day in range(1, 31)]

    found = find_drift(rows, a_version(error_share=[0.3] * 5, coverage_80=[0.8] * 5), at(1))

    assert found.drifted
    assert found.strongest.name == "error_share"


def test_what_was_fresh_for_one_step_is_held_to_what_was_promised_of_one_step():
    stretches = {"steps": [1, 2], "error_share": [[0.2, 0.05], [0.6, 0.05]], "coverage_80": [[0.8, 0.05]] * 2}
    version = a_version(error_share=[0.6] * 5, coverage_80=[0.8] * 5, stretches=stretches)
    rows = [a_row(day, 0.45, 0.8) for day in range(1, 31)]

    assert find_drift([row | {"fresh_steps": 1.0} for row in rows], version, at(1)).drifted
    assert not find_drift([row | {"fresh_steps": 2.0} for row in rows], version, at(1)).drifted
    assert not find_drift(rows, version, at(1)).drifted  # of before: nobody knows how many steps


def test_only_forecasts_of_this_version_since_the_last_training_count():
    rows = [a_row(day, 0.9, 0.1) for day in range(1, 20)] + [a_row(20, 0.3, 0.8, "v0"), a_row(21, 0.3, 0.8)]

    assert find_drift(rows, a_version(), at(20)).origins == 1


def test_an_interval_that_was_never_promised_has_no_share_of_the_stake():
    rows = [a_row(day, 0.6, 0.8) for day in range(1, 31)]
    odd = [rows[0] | {"fresh_coverage_50": 0.5, "fresh_coverage_99": 1.0}, *rows[1:]]
    version = a_version(error_share=[0.3] * 5, coverage_80=[0.8] * 5)

    assert find_drift(odd, version, at(1)) == find_drift(rows, version, at(1))


def test_a_version_that_noted_no_promise_is_held_to_a_mild_one():
    rows = [a_row(day, 0.5, 0.75) for day in range(1, 31)]

    found = find_drift(rows, a_version(), at(1))

    assert not found.drifted
    assert {one.name for one in found.evidence} == {"error_share", "coverage_80"}


def test_a_damaged_manifest_of_the_next_forecast_keeps_none_from_being_scored(config, tmp_path):
    publish_on(config, 6, [13.5, 20], at(1))
    publish_on(config, 7, [22, 13], at(2))
    publish_on(config, 8, [14, 23], at(3))
    (tmp_path / "runs" / "forecasts" / "7.manifest.json").write_text("{")
    talk = Warned()

    rows = score(config, 9, talk)

    assert [(row["origin"], row["fresh_values"]) for row in rows] == [("6", 2.0), ("8", 1.0)]
    assert len(talk.warnings) == 1
    assert "7.manifest.json: is not valid JSON" in talk.warnings[0]
