import numpy as np
import pytest

from lstmcast.data.windows import rolling_windows, training_origins
from lstmcast.evaluation.backtest import (
    hold_out,
    model_scored,
    point_scored,
    score_baselines,
    score_by_step,
    score_rows,
    skill,
    thin_out,
    thin_out_series,
)
from tests.data.conftest import plain
from tests.examples import a_panel

PANEL = a_panel({"a": [1, 2, 3, 5, 8, 13], "b": [10, 20, 30, 40, 50, 60]}, filled=[False] * 11 + [True])


def held_of(panel, horizon=2, count=2, step=1, minimum_past=2):
    rounds = rolling_windows(panel.known, horizon, count, step, minimum_past)
    return hold_out(panel, rounds, horizon, step, season=1)


def test_the_rounds_hold_their_origins_and_what_happened():
    held = held_of(PANEL)

    assert held.rounds == 2
    assert held.windows.series.tolist() == [0, 1, 0, 1]
    assert held.windows.origin.tolist() == [3, 3, 4, 4]
    assert held.round_of.tolist() == [0, 0, 1, 1]
    assert plain(held.truth.tolist()) == [[5, 8], [40, 50], [8, 13], [50, None]]  # the last value was made up


def test_the_scale_of_a_series_is_taken_from_before_its_first_origin():
    held = held_of(PANEL)

    assert held.change.tolist() == [1, 10, 1, 10]


def test_a_series_that_joins_later_has_its_own_scale():
    held = held_of(a_panel({"a": [1, 2, 3, 5, 8, 13], "b": [10, 20, 40, 40, 50]}), minimum_past=3)

    assert held.windows.series.tolist() == [0, 0, 1]
    assert held.change.tolist() == [1, 1, 15]


def test_what_an_interval_holds_counts_where_the_series_changes_whatever_the_origin():
    held = held_of(a_panel({"still": [7] * 6, "moving": [1, 2, 4, 4, 5]}), minimum_past=3)

    assert held.windows.series.tolist() == [0, 0, 1]
    assert held.in_coverage.tolist() == [False, False, True]
    assert held.take(np.array([0, 2])).in_coverage.tolist() == [False, True]
    assert held.take(np.array([0])).in_coverage.tolist() == [False]  # also at an origin that no other series has
    assert held_of(a_panel({"still": [7] * 6})).in_coverage.tolist() == [True, True]


@pytest.mark.parametrize(
    ("horizon", "step", "count", "overlap"), [(2, 2, 3, 1), (4, 1, 2, 2), (4, 2, 5, 2), (2, 5, 3, 1)]
)
def test_windows_that_share_steps_are_known_to_overlap(horizon, step, count, overlap):
    assert held_of(a_panel({"a": range(40)}), horizon, count, step).overlap == overlap


def test_what_happens_after_the_first_origin_does_not_change_the_scale():
    shocked = a_panel({"a": [1, 2, 3, 1e6, 0, -1e6], "b": [10, 20, 30, 1e6, 0, -1e6]})

    assert held_of(shocked).change.tolist() == held_of(PANEL).change.tolist()


def test_no_window_means_no_round():
    held = held_of(PANEL, minimum_past=100)

    assert (held.rounds, len(held.windows), held.truth.shape) == (0, 0, (0, 2))


@pytest.mark.parametrize("step", [1, 2, 5])
@pytest.mark.parametrize("rounds", [1, 3])
def test_the_last_training_target_lies_before_the_first_held_out_one(rounds, step):
    known, horizon, season = np.array([40, 33, 27]), 5, 3
    test_start = known - horizon - (rounds - 1) * step
    held = rolling_windows(known, horizon, rounds, step, season + 1)

    origins = training_origins(test_start, 12, horizon, season)

    first_held_out = np.min([one.origin for one in held], axis=0)
    assert first_held_out.tolist() == test_start.tolist()
    # targets of a training window end with what was known then: rows from test_start on are NaN and masked
    assert (origins.last < test_start[origins.series]).all()
    assert np.isnan(a_panel({"a": range(40)}).until(test_start[:1]).values[test_start[0] :]).all()


def test_thinning_out_takes_windows_evenly_and_leaves_few_as_they_are():
    held = held_of(PANEL)

    thin = thin_out(held, 2)

    assert thin.windows.series.tolist() == [0, 1]
    assert thin.windows.origin.tolist() == [3, 4]
    assert plain(thin.truth.tolist()) == [[5, 8], [50, None]]
    assert thin.change.tolist() == [1, 10]
    assert thin_out(held, 4) is held


def test_thinning_out_series_keeps_all_windows_of_those_that_stay():
    panel = a_panel({name: np.arange(20.0).tolist() for name in "abcdefghij"})
    held = hold_out(panel, rolling_windows(panel.known, 2, 3, 2, 3), 2, 2, 1)

    some = thin_out_series(held, 9)

    assert some.windows.series.tolist() == [0, 4, 9] * 3
    assert some.round_of.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert thin_out_series(held, 30) is held


def test_baselines_are_scored_on_exactly_these_windows():
    scored = score_baselines(PANEL, held_of(PANEL), ["naive", "drift"], season=1)

    assert scored["naive"].median.tolist() == [[3, 3], [30, 30], [5, 5], [40, 40]]
    assert scored["drift"].median[1].tolist() == [40, 50]
    assert score_rows(scored, ())[0]["mase"] == pytest.approx(np.mean([3.5, 1.5, 5.5, 1]))


def test_a_row_of_scores_has_coverage_and_width_for_each_level():
    held = held_of(a_panel({"a": [1, 2, 3, 4, 5]}), count=1)
    values = np.array([[[3.0, 4.0, 5.0], [6.0, 6.5, 7.0]]])

    (row,) = score_rows({"lstm": model_scored(held, (0.1, 0.5, 0.9), values)}, (80, 95))

    assert list(row) == [
        "forecaster", "mase", "smape", "rmsse", "wql", "bias", "coverage_80", "coverage_95", "width_80", "width_95",
    ]  # fmt: skip
    assert row["forecaster"] == "lstm"
    assert row["mase"] == 0.75
    assert row["bias"] == 0.75
    assert (row["coverage_80"], row["coverage_95"]) == (0.5, None)
    assert (row["width_80"], row["width_95"]) == (1.5, None)


def test_scores_by_step_tell_how_the_error_grows():
    held = held_of(a_panel({"a": [1, 2, 3, 4, 5]}), count=1)

    assert score_by_step({"naive": point_scored(held, np.array([[3.0, 3.0]]))}) == {"naive": [1, 2]}


def test_a_step_that_cannot_be_scored_is_none():
    held = held_of(a_panel({"a": [1, 2, 3, 4, 5]}, filled=[False] * 4 + [True]), count=1)

    assert score_by_step({"naive": point_scored(held, np.array([[3.0, 3.0]]))}) == {"naive": [1, None]}


NAN = float("nan")


@pytest.mark.parametrize(
    ("model", "baseline", "expected"),
    [
        (0.5, 1.0, 0.5),
        (1.0, 1.0, 0.0),
        (2.0, 1.0, -1.0),
        (1.0, 4.0, 0.75),
        (0.0, 0.0, 0.0),
        (1.0, 0.0, -1.0),
        (5e-7, 0.0, 0.0),
        (2e-6, 0.0, -1.0),
        (0.01, 1e-15, -1.0),
    ],
)
def test_skill_is_the_share_of_the_baselines_error_that_the_model_saves(model, baseline, expected):
    assert skill(model, baseline) == expected


def test_where_the_data_allow_no_score_there_is_no_skill():
    assert np.isnan(skill(NAN, NAN))


def test_a_model_without_a_score_has_no_skill_where_the_baseline_has_one():
    assert skill(NAN, 1.0) == -np.inf
    assert skill(np.inf, 1.0) == -np.inf
