from math import exp, sqrt

import numpy as np
import pytest

from lstmcast.evaluation.bootstrap import Clusters
from lstmcast.evaluation.compare import compare_with, mean_of, seed_spread
from lstmcast.evaluation.metrics import Ratio

MANY = 20
CLUSTERS = Clusters(np.arange(MANY) % 2, np.arange(MANY) // 2, 2, MANY // 2, 1.0)
ONE_ORIGIN = Clusters(np.zeros(MANY, int), np.arange(MANY), 1, MANY, 1.0)


def runs(*errors, windows=MANY, spread=0.0):
    """Return one run for each error: that error on every window, more or less in turn by `spread`."""
    wave = 1 + spread * np.resize([1.0, -1.0], windows)
    return [Ratio(error * wave, np.ones(windows)) for error in errors]


def difference(network, other, clusters=CLUSTERS):
    return compare_with(network, {"other": other}, clusters, seed=1)["other"]


def test_the_saved_share_compares_the_means_over_the_seeds():
    found = difference(runs(0.8, 1.0), runs(1.1, 0.9))

    assert found.saved == pytest.approx(1 - 0.9 / 1.0)


def test_the_same_difference_for_every_seed_and_window_is_beyond_all_noise():
    found = difference(runs(0.9, 0.9, 0.9), runs(1.0, 1.0, 1.0))

    assert found.finding == "better"
    assert [found.low, found.high, found.seed_low, found.seed_high] == pytest.approx([0.1] * 4)
    assert difference(runs(1.1, 1.1), runs(1.0, 1.0)).finding == "worse"


def test_what_one_origin_shows_is_said_to_hold_there_only():
    ahead, behind = runs(0.9, 0.9), runs(1.1, 1.1)

    assert difference(ahead, runs(1.0, 1.0), ONE_ORIGIN).finding == "better at this origin"
    assert difference(behind, runs(1.0, 1.0), ONE_ORIGIN).finding == "worse at this origin"


def test_what_changes_with_the_seed_is_seed_noise():
    found = difference(runs(0.8, 1.0, 0.9), runs(1.0, 1.0, 1.0))

    logs = np.log([0.8, 1.0, 0.9])
    half = 4.303 * logs.std(ddof=1) / sqrt(3)  # Student's t with two degrees of freedom
    assert found.finding == "seed noise"
    assert not found.is_beyond_seed_noise
    assert found.seed_low == pytest.approx(1 - 0.9 * exp(half))
    assert found.seed_high == pytest.approx(1 - 0.9 * exp(-half))


def test_what_both_do_with_a_seed_does_not_count():
    found = difference(runs(0.5, 0.9, 2.7), runs(1.0, 1.8, 5.4))

    assert found.finding == "better"
    assert found.seed_low == pytest.approx(0.5)


def test_what_holds_for_some_windows_only_is_said_to():
    unlike = [Ratio(np.resize([0.1, 1.7], MANY), np.ones(MANY)) for _ in range(3)]

    found = difference(unlike, runs(1.0, 1.0, 1.0))

    assert found.is_beyond_seed_noise
    assert found.low < 0 < found.high
    assert found.finding == "these windows only"


def test_one_window_can_only_speak_for_itself():
    alone = Clusters(np.zeros(1, int), np.zeros(1, int), 1, 1, 1.0)

    found = difference(runs(0.5, 0.5, windows=1), runs(1.0, 1.0, windows=1), alone)

    assert (found.low, found.high) == (None, None)
    assert found.finding == "these windows only"


def test_one_seed_cannot_tell_seed_noise():
    found = difference(runs(0.5), runs(1.0))

    assert found.saved == pytest.approx(0.5)
    assert (found.low, found.high, found.seed_low, found.seed_high) == (None,) * 4
    assert found.finding == "one seed"


def test_seeds_and_windows_add_up_as_independent_errors():
    by_windows = difference(runs(0.9, 0.9, spread=0.2), runs(1.0, 1.0))
    by_seeds = difference(runs(0.89, 0.91), runs(1.0, 1.0))

    both = difference(runs(0.89, 0.91, spread=0.2), runs(1.0, 1.0))

    width = [np.log((1 - one.low) / 0.9) for one in (by_windows, by_seeds, both)]
    assert width[2] == pytest.approx(np.hypot(width[0], width[1]), rel=1e-6)


def test_scores_that_are_zero_or_not_there_do_not_break_it():
    assert difference(runs(0.0, 0.0), runs(0.0, 0.0)).saved == 0
    assert difference(runs(0.0, 0.0), runs(1.0, 1.0)).saved == 1
    assert difference(runs(np.nan, np.nan), runs(1.0, 1.0)).low is None


def test_the_mean_and_the_spread_over_seeds():
    seeds = runs(0.8, 1.0, 1.2)

    assert mean_of(seeds).value == pytest.approx(1.0)
    assert seed_spread(seeds) == pytest.approx(0.2)
    assert seed_spread(seeds[:1]) is None
