from dataclasses import replace

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.data.windows import rolling_windows
from lstmcast.evaluation.backtest import hold_out, model_scored, score_baselines
from lstmcast.evaluation.bootstrap import clusters_of, skill_against
from lstmcast.evaluation.metrics import Ratio
from lstmcast.evaluation.tally import Tally, join_tallies, tally
from lstmcast.jobs.backtesting import backtest_tables
from lstmcast.jobs.backtesting.backtest_result import describe_absence, metric_with_score
from lstmcast.jobs.backtesting.backtest_tables import (
    overall_rows,
    skill_rows,
    table_by_origin,
    table_by_series,
    table_by_step,
    table_of_errors,
    table_rows,
    with_owa,
)
from tests.examples import a_panel
from tests.jobs.conftest import write_shops

BY_HAND = a_panel({"a": [2, 4, 6, 8, 10, 14, 12], "b": [10, 14, 10, 14, 10, 18, 10], "still": [5] * 7})
FORECASTS = [  # lower bound, median and upper bound of each step: series after series, origin after origin
    [[[7, 8, 9], [6, 8, 10]], [[10, 12, 14], [8, 12, 16]], [[5, 5, 5], [5, 5, 5]]],
    [[[8, 10, 12], [11, 12, 13]], [[10, 14, 16], [9, 10, 11]], [[6, 6, 6], [6, 6, 6]]],
]


@pytest.fixture
def reading(tmp_path):
    return read_panel(load_config(write_shops(tmp_path)).data)


def held_out(reading):
    return hold_out(reading.panel, rolling_windows(reading.panel.known, 3, 2, 3, 10), 3, 3, 7)


def test_each_error_stands_with_its_series_its_origin_and_its_time(reading):
    held = held_out(reading)
    median = np.arange(18.0).reshape(6, 3)

    table = table_of_errors(held, median, reading)

    assert list(table) == ["shop", "cutoff", "step", "time", "truth", "forecast", "usual_change"]
    assert table["shop"].tolist() == 2 * (["north"] * 3 + ["south"] * 3 + ["young"] * 3)
    assert table["cutoff"].tolist() == ["2024-01-08"] * 9 + ["2024-01-11"] * 9
    assert table["time"].tolist()[:3] == ["2024-01-09", "2024-01-10", "2024-01-11"]
    assert table["forecast"].tolist() == list(range(18))
    assert table["truth"].tolist() == held.truth.reshape(-1).tolist()
    assert table["usual_change"].tolist() == np.repeat(held.change, 3).tolist()


def test_of_very_many_errors_those_of_some_series_are_kept_whole(reading, monkeypatch):
    monkeypatch.setattr(backtest_tables, "MOST_ERRORS", 12)

    table = table_of_errors(held_out(reading), np.zeros((6, 3)), reading)

    assert sorted(set(table["shop"])) == ["north", "young"]
    assert len(table["step"]) == 12


def test_truth_that_was_never_known_stays_open(reading):
    held = held_out(reading)
    open_end = replace(held, truth=np.where(np.arange(3) == 2, np.nan, held.truth))

    table = table_of_errors(open_end, np.zeros((6, 3)), reading)

    assert np.isnan(table["truth"]).tolist() == [False, False, True] * 6


@pytest.fixture
def by_hand():
    """Return three series held out at two origins of two steps, and the tallies of a model and of the naive one."""
    held = hold_out(BY_HAND, rolling_windows(BY_HAND.known, 2, 2, 2, 3), 2, 2, season=1)
    tallies = {"lstm": [], "naive": []}
    for place, values in enumerate(FORECASTS):
        here = held.take(np.flatnonzero(held.round_of == place))
        scored = {"lstm": model_scored(here, (0.1, 0.5, 0.9), np.array(values, float))}
        scored |= score_baselines(BY_HAND, here, ["naive"], 1)
        for name, one in scored.items():
            tallies[name].append(tally(one, (80,)))
    return held, {name: join_tallies(one) for name, one in tallies.items()}


def test_with_naive2_among_the_baselines_the_scores_have_the_m4_competitions():
    scored = {"lstm": (9.0, 0.6), "naive2": (12.0, 0.8), "flat": (6.0, None)}
    rows = [{"forecaster": name, "smape": smape, "mase": mase} for name, (smape, mase) in scored.items()]

    assert [row["owa"] for row in with_owa(rows)] == [pytest.approx(0.75), 1, None]
    assert with_owa(rows[:1]) == (rows[0],)


def test_a_small_backtest_has_the_scores_that_were_worked_out_by_hand(by_hand):
    held, tallies = by_hand

    model, naive = overall_rows(tallies, (80,))
    steps = table_rows(table_by_step(tallies, (80,)))[:2]
    origins = table_rows(table_by_origin(tallies, (80,), held, ("3", "5")))[:2]
    series = table_rows(table_by_series(tallies, (80,), BY_HAND, clusters_of(held), np.arange(3)))[:3]

    # a errs by 0 2 | 4 0 in units of 2, b by 2 2 | 4 0 in units of 4; the one that stands still has no unit
    assert held.change.tolist() == [2, 4, 0, 2, 4, 0]
    assert model["mase"] == (1 / 2 + 2 / 4 + 2 / 2 + 2 / 4) / 4
    assert naive["mase"] == (3 / 2 + 2 / 4 + 3 / 2 + 4 / 4) / 4
    # 8 and 10 lie in 7 to 9 and 6 to 10, 14 and 10 in 10 to 14 and 8 to 16, then only 12 in 11 to 13 and 10 in 9 to 11;
    # a point of the series that stands still is right twice and wrong twice, and neither counts
    assert model["coverage_80"] == (1 + 1 + 0.5 + 0.5) / 4
    assert model["width_80"] == (3 / 2 + 6 / 4 + 3 / 2 + 4 / 4) / 4
    # each error counts at the deciles .2 to .8 with the median, 3.5 times, and once at the lower and at the upper bound
    first = [3.5 * 0 + 0.1 + 0.1, 3.5 * 2 + 0.4 + 0, 3.5 * 2 + 0.4 + 0, 3.5 * 2 + 0.2 + 0.6]
    second = [3.5 * 4 + 0.6 + 1.8, 3.5 * 0 + 0.1 + 0.1, 3.5 * 4 + 0.8 + 1.8, 3.5 * 0 + 0.1 + 0.1]
    still = [3.5 * 1 + 0.9 + 0.1] * 2
    assert model["wql"] == pytest.approx(2 / 9 * sum(first + second + still) / (44 + 52 + 20))
    assert [row["mase"] for row in steps] == [(0 + 2 / 4 + 4 / 2 + 4 / 4) / 4, (2 / 2 + 2 / 4 + 0 + 0) / 4]
    assert [row["coverage_80"] for row in steps] == [0.5, 1]
    assert [row["width_80"] for row in steps] == [
        (2 / 2 + 4 / 4 + 4 / 2 + 6 / 4) / 4,
        (4 / 2 + 8 / 4 + 2 / 2 + 2 / 4) / 4,
    ]
    assert [row["wql"] for row in steps] == pytest.approx([2 / 9 * 45.1 / 64, 2 / 9 * 20.1 / 52])
    assert [(row["mase"], row["coverage_80"], row["width_80"]) for row in origins] == [(0.5, 1, 1.5), (0.75, 0.5, 1.25)]
    assert [(row["mase"], row["coverage_80"], row["width_80"]) for row in series] == [
        (0.75, 0.75, 1.5),
        (0.5, 0.75, 1.25),
        (None, None, None),
    ]


def test_the_skill_of_a_small_backtest_is_that_of_its_scores(by_hand):
    held, tallies = by_hand
    clusters = clusters_of(held)
    skills = skill_against([tallies["lstm"].windows["mase"]], {"naive": [tallies["naive"].windows["mase"]]}, clusters,
                           seed=1)  # fmt: skip

    (row,) = skill_rows(tallies, "lstm", ["mase"], skills, clusters)

    assert row.skill == pytest.approx(1 - 0.625 / 1.125)
    assert row.series_better == 1  # of the two that have a score


def rows_of_skill(model, baseline, held):
    """Return the row of one score whose windows are given."""
    clusters = clusters_of(held)
    tallies = {
        name: Tally({"mase": Ratio(np.array(top, float), np.ones(6) * counted)}, {})
        for name, (top, counted) in {"lstm": model, "naive": baseline}.items()
    }
    skills = skill_against([tallies["lstm"].windows["mase"]], {"naive": [tallies["naive"].windows["mase"]]}, clusters,
                           seed=1)  # fmt: skip
    (row,) = skill_rows(tallies, "lstm", ["mase"], skills, clusters)
    return row


def test_a_skill_that_cannot_be_told_is_none(by_hand):
    row = rows_of_skill(([0] * 6, 0), ([0] * 6, 0), by_hand[0])

    assert (row.skill, row.low, row.high, row.verdict) == (None, None, None, "cannot be told")
    assert row.series_better is None


def test_why_a_score_is_not_there_is_said_with_those_that_are():
    periodic = [{"mase": None, "smape": 0.0, "wql": 0.01}, {"mase": None, "smape": 15.0, "wql": None}]
    zeros = [{"mase": None, "smape": 0.0, "wql": None}]

    assert describe_absence(periodic, "mase") == [
        "MASE cannot be told: before the first origin no series changes over a season; see sMAPE and WQL"
    ]
    assert describe_absence(zeros, "wql") == ["WQL cannot be told: all that happened is zero; see sMAPE"]
    assert describe_absence(periodic, "wql") == []
    assert [metric_with_score(periodic, name) for name in ("mase", "wql")] == ["smape", "wql"]
    assert metric_with_score(zeros, "wql") == "smape"


def test_no_series_is_better_by_rounding(by_hand):
    row = rows_of_skill(([0] * 6, 1), ([1e-8] * 6, 1), by_hand[0])

    assert (row.skill, row.verdict, row.series_better) == (0, "no clear difference", 0)


def test_what_one_origin_shows_is_said_to_hold_there(by_hand):
    held = by_hand[0]
    alone = replace(held, round_of=np.zeros(6, np.int64), windows=replace(held.windows, series=np.arange(6)))

    assert rows_of_skill(([1] * 6, 1), ([2] * 6, 1), alone).verdict == "better at this origin"
    assert rows_of_skill(([1] * 6, 1), ([2] * 6, 1), held).verdict == "better"
