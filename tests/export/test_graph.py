"""The graph says what our own forward pass says: whatever the network, its calibration and the series."""

import numpy as np
import pytest

from lstmcast.export.graph import Forecaster, build_graph
from lstmcast.jobs.export import largest_difference
from lstmcast.network.bank import build_bank
from lstmcast.network.calibration import Calibration
from lstmcast.network.ensemble import MEAN_OF_SIMPLE, SMOOTHING_OF_HISTORY
from lstmcast.network.spec import Cycle
from tests.examples import a_full_spec, a_member, a_scale, a_spec
from tests.export.problems import ROWS, Problem, a_problem

NEAR = 1e-4  # of the width of an interval
BANK = tuple(build_bank(8, 3, (2,)))


def said(problem: Problem):
    forecaster = Forecaster(problem.spec, problem.weights, problem.calibration, ROWS)
    return np.asarray(build_graph(forecaster, windows=None)(problem.feed)["quantiles"])


def leaning_on(baseline, **changes):
    fields = {"weights": (0.9, 0.5, 0.0), "factors": (1.3, 0.8, 1.0, 0.9, 1.6), "baseline": baseline}
    return Calibration.from_plain(fields | changes)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "linear"])
@pytest.mark.parametrize("spec", [a_spec, a_full_spec])
def test_each_cell_says_what_we_say(cell, spec):
    problem = a_problem(spec(cell=cell))

    assert largest_difference(said(problem), problem.own) < NEAR


@pytest.mark.parametrize(
    "changes",
    [
        {"layers": 2},
        {"horizon": 1},
        {"horizon": 9},
        {"season": 1, "periods": ()},
        {"season": 7, "periods": (7,)},
        {"quantiles": (0.1, 0.5, 0.9)},
        {"members": (a_member(), a_member(context=12, segment=3), a_member(seed=3))},
        {"positive": True, "members": (a_member(log=True), a_member(log=False, context=10))},
        {"future": (a_scale("price", offset=2.0, scale=0.5), a_scale("switch"))},
        {"past": (a_scale("wind", offset=-1.0, scale=3.0, centred=True),)},
        {"calendar": (Cycle(name="year", period=365.2425, harmonics=2), Cycle(name="three", period=3.0, harmonics=1))},
    ],
)
def test_each_form_of_a_model_says_what_we_say(changes):
    problem = a_problem(a_spec(**changes))

    assert largest_difference(said(problem), problem.own) < NEAR


@pytest.mark.parametrize("baseline", ["naive", "theta", "slow_theta_2", MEAN_OF_SIMPLE, SMOOTHING_OF_HISTORY])
@pytest.mark.parametrize("logs", [(False, False), (True, False), (False, True)])
def test_each_simple_forecast_that_it_leans_on_is_in_it(baseline, logs):
    members = tuple(a_member(bank=BANK, log=log) for log in logs)
    problem = a_problem(a_spec(members=members, positive=any(logs)), leaning_on(baseline))

    assert largest_difference(said(problem), problem.own) < NEAR


@pytest.mark.parametrize("periods", [(), (4,), (4, 12), (5, 7), (9,), (16,)])
def test_seasons_are_taken_off_the_history(periods):
    problem = a_problem(a_spec(periods=periods, season=periods[0] if periods else 1), leaning_on(SMOOTHING_OF_HISTORY))

    assert largest_difference(said(problem), problem.own) < NEAR


def test_widths_that_the_usual_change_sets_are_in_it():
    widths = tuple(tuple(step * width for width in (2.0, 1.0, 0.0, 1.0, 3.0)) for step in (1, 2, 3))
    problem = a_problem(a_spec(), leaning_on("naive", widths=widths, share=0.4))

    assert largest_difference(said(problem), problem.own) < NEAR


@pytest.mark.parametrize("positive", [False, True])
def test_it_makes_no_difference_how_many_windows_come_at_once(positive):
    cycles = (Cycle(name="four", period=4.0, harmonics=1), Cycle(name="five", period=5.0, harmonics=1))
    members = (a_member(bank=BANK, log=positive), a_member(bank=BANK))
    spec = a_full_spec(positive=positive, members=members, calendar=cycles)
    problem = a_problem(spec, leaning_on(SMOOTHING_OF_HISTORY))
    graph = build_graph(Forecaster(problem.spec, problem.weights, problem.calibration, ROWS), windows=None)
    own = np.concatenate([problem.own] * 4)

    for count in range(1, ROWS + 2):  # among them as many as there are steps, cycles, quantiles, rows
        feed = {name: np.concatenate([given] * 4)[:count] for name, given in problem.feed.items()}
        assert largest_difference(np.asarray(graph(feed)["quantiles"]), own[:count]) < NEAR, count


@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("hole", [slice(-1, None), slice(-2, -1), slice(-4, -2)], ids=["newest", "one", "two"])
def test_a_gap_in_a_series_makes_its_answer_and_no_other_not_a_number(hole, positive):
    problem = a_problem(a_spec(positive=positive, members=(a_member(log=positive),)))
    graph = build_graph(Forecaster(problem.spec, problem.weights, problem.calibration, ROWS), windows=None)
    values = problem.feed["values"].copy()
    values[2, hole] = np.nan

    found = np.asarray(graph(problem.feed | {"values": values})["quantiles"])

    assert np.isnan(found[2]).all()
    rest = np.arange(len(values)) != 2
    assert largest_difference(found[rest], problem.own[rest]) < NEAR


def test_a_series_without_any_value_has_no_answer():
    problem = a_problem(a_spec())
    graph = build_graph(Forecaster(problem.spec, problem.weights, problem.calibration, ROWS), windows=None)

    found = np.asarray(graph({"values": np.full((3, ROWS), np.nan, np.float32)})["quantiles"])

    assert np.isnan(found).all()


@pytest.mark.parametrize("season", [1, 2, 4, 7, 22, 23, 24])
@pytest.mark.parametrize("positive", [False, True])
def test_widths_that_the_unrest_sets_are_in_it(season, positive):
    widths = tuple(tuple(step * width for width in (2.0, 1.0, 0.0, 1.0, 3.0)) for step in (1, 2, 3))
    calibration = leaning_on("naive", widths=widths, share=0.35, measure="unrest")
    spec = a_spec(season=season, positive=positive, members=(a_member(log=positive),))
    problem, usual = a_problem(spec, calibration), a_problem(spec, calibration.changed({"measure": "usual_change"}))

    assert largest_difference(said(problem), problem.own) < NEAR
    assert largest_difference(usual.own, problem.own) > 0.05
