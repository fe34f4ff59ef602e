from dataclasses import replace

import numpy as np
import pytest

from lstmcast.config.schema import Config
from lstmcast.errors import ShortError
from lstmcast.evaluation.backtest import hold_out
from lstmcast.jobs.model.problem import make_problem
from lstmcast.jobs.model.rehearsal import hold_out_every_test, hold_out_rounds, on_common_scale
from lstmcast.network.scales import scale_for_members
from tests.examples import a_panel, a_spec, windows_at


def a_problem(panel, season=4):
    config = {"data": {"path": "a.csv", "target": "x"}, "forecast": {"horizon": 3}, "evaluate": {"season": season}}
    return make_problem(Config.from_plain(config), panel)


def test_a_series_that_training_hardly_knew_is_not_judged():
    panel = a_panel({"long": range(60), "young": range(20)})
    problem = a_problem(panel)

    held = hold_out_rounds(panel, np.array([50, 4]), problem, rounds=2, step=3)

    assert held.windows.series.tolist() == [0, 0]
    assert held.windows.origin.tolist() == [54, 57]


def test_a_series_that_training_knew_for_a_season_is_judged():
    panel = a_panel({"long": range(60), "young": range(20)})
    problem = a_problem(panel)

    held = hold_out_rounds(panel, np.array([50, 5]), problem, rounds=2, step=3)

    assert held.windows.series.tolist() == [0, 1, 0, 1]
    assert held.windows.origin.tolist() == [54, 14, 57, 17]


def test_where_no_series_holds_a_season_before_its_origin_all_of_them_are_judged():
    panel = a_panel({"a": range(60)})
    problem = a_problem(panel)

    held = hold_out_rounds(panel.until(np.array([7])), np.array([4]), problem, rounds=1, step=3)

    assert held.windows.origin.tolist() == [4]


def test_a_problem_of_which_no_series_can_be_tested_is_refused():
    problem = a_problem(a_panel({"a": range(60), "b": range(20)}))

    with pytest.raises(ShortError, match=r"no series is long enough to be tested; lower evaluate\.windows"):
        hold_out_every_test(problem, np.array([0, 0]))
    assert set(hold_out_every_test(problem, np.array([0, 10])).windows.series) == {1}


def test_what_stood_still_so_far_does_not_count_unless_all_did():
    spec, still = a_spec(), [0.0] * 12
    panel = a_panel({"sold": [*range(8), 9, 8, 7, 6], "new": [*still[:8], 5, 0, 5, 0], "dead": still})
    past = panel.until(np.full(3, 8))
    held = hold_out(panel, [windows_at((0, 8), (1, 8), (2, 8))], 3, 3, 1)

    found = on_common_scale(held, scale_for_members(panel, past, spec, spec.members), spec)
    some = held.take(np.array([1, 2]))
    alone = on_common_scale(some, scale_for_members(panel, past, spec, spec.members), spec)

    assert np.isnan(found.truth).tolist() == [[False] * 3, [True] * 3, [True] * 3]
    assert alone.truth.tolist() == [[5, 0, 5], [0, 0, 0]]


def test_a_problem_has_its_settings_decided_and_its_spans_planned():
    panel = a_panel({"a": range(1, 61)})

    problem = a_problem(panel)

    assert problem.positive
    assert not a_problem(replace(panel, values=panel.values - 1)).positive
    assert (problem.settings.season, problem.horizon, problem.cell, problem.uses_bank) == (4, 3, "lstm", True)
    assert problem.cycles == ()
    assert problem.spans.test_start.tolist() == [51]
