import numpy as np
import pytest

from lstmcast.evaluation.metrics import Scored, ratios
from lstmcast.evaluation.tally import join_tallies, symmetric_levels, tally

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


def scored_windows(count, seed=0):
    random = np.random.default_rng(seed)
    values = np.sort(random.normal(5, 1, (count, 3, 5)), axis=2)
    truth = random.normal(5, 1, (count, 3))
    truth[0, 1] = np.nan
    change, swing = random.uniform(0.5, 2, (2, count))
    return Scored(truth, values[..., 2], QUANTILES, values, change, swing, np.ones(count, bool))


def rows_of(scored, rows):
    return Scored(
        truth=scored.truth[rows],
        median=scored.median[rows],
        quantiles=QUANTILES,
        values=scored.values[rows],
        change=scored.change[rows],
        swing=scored.swing[rows],
        in_coverage=scored.in_coverage[rows],
    )


def test_sums_of_single_origins_give_the_scores_of_all():
    scored = scored_windows(6)

    joined = join_tallies([tally(rows_of(scored, slice(0, 2)), (80,)), tally(rows_of(scored, slice(2, 6)), (80,))])

    whole = tally(scored, (80,))
    for name in ratios(scored, (80,)):
        assert joined.windows[name].value == pytest.approx(whole.windows[name].value)
        assert (joined.windows[name].nothing, joined.steps[name].nothing) == (ratios(scored, (80,))[name].nothing,) * 2
        assert joined.steps[name].top == pytest.approx(whole.steps[name].top)
        assert joined.steps[name].bottom == pytest.approx(whole.steps[name].bottom)


def test_the_scores_of_a_step_are_those_of_the_windows_cut_down_to_it():
    scored = scored_windows(4)

    steps = tally(scored, (80,)).steps

    for step in range(3):
        for name, ratio in ratios(scored.at_step(step), (80,)).items():
            assert steps[name].top[step] / steps[name].bottom[step] == pytest.approx(ratio.value)


def test_levels_are_those_of_quantiles_with_both_ends():
    assert symmetric_levels(QUANTILES) == (50, 80)
    assert symmetric_levels((0.025, 0.5, 0.975)) == (95,)
