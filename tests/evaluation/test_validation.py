import numpy as np
import pytest

from lstmcast.evaluation.validation import choose_leaning, choose_stop, prefers_mixture
from tests.evaluation.held_windows import constant, held_of


def test_training_goes_on_to_the_end_unless_an_earlier_look_was_clearly_better():
    held = held_of(np.zeros((4, 2)))
    good, hardly_better, worse = constant(held, 1, 2, 1, 2), constant(held, 0, 3, 0, 2.9), constant(held, 3, 3, 3, 3.1)

    assert choose_stop(held, [(10, worse), (20, good)]) == 20
    assert choose_stop(held, [(10, good), (20, worse)]) == 10
    assert choose_stop(held, [(10, hardly_better), (20, good)]) == 20
    assert choose_stop(held, [(10, good), (20, good)]) == 20


def test_a_forecast_that_is_not_finite_is_never_where_training_stops():
    held = held_of(np.zeros((4, 2)))
    good, broken = constant(held, 1, 1, 1, 1), constant(held, *[np.inf] * 4)

    assert choose_stop(held, [(10, broken), (20, good)]) == 20


def test_members_mix_their_scales_only_where_that_is_clearly_better():
    held = held_of(np.zeros((4, 2)))
    high, low = constant(held, 2, 1, 2, 1), constant(held, -2, -1, -2, -1)

    assert prefers_mixture(held, high, low)
    assert not prefers_mixture(held, high, high)
    assert not prefers_mixture(held, high, constant(held, 9, 9, 9, 9))


def test_a_network_leans_on_the_usual_forecast_where_that_is_neither_better_nor_worse():
    held = held_of(np.zeros((24, 2)), moments=[*range(8)] * 3)
    median = constant(held, *[1, -1] * 12)

    leaning = choose_leaning(held, median, {"naive": 2 * median, "theta": median}, "theta")

    assert (leaning.baseline, leaning.kept) == ("theta", (0.6, 0.6))


def test_a_network_that_many_moments_have_tested_stands_alone_unless_a_plain_forecast_is_clearly_better():
    held = held_of(np.zeros((40, 2)))
    as_good, better = constant(held, *[1, -1] * 20), constant(held, *[0] * 40)

    kept = [
        choose_leaning(held, as_good, {"naive": plain, "smoothing": usual}, "smoothing").kept
        for plain, usual in ((as_good, as_good), (as_good, better), (better, as_good))
    ]

    assert kept == [(1.0, 1.0), (1.0, 1.0), (0.0, 0.0)]


@pytest.mark.parametrize(
    ("simple", "kept"),
    [([0, 2.05], 0.6), ([-8, -8], 0.8), ([3, 3], 1.0)],
    ids=["worse by luck", "a little of it is better and more is worse", "clearly worse"],
)
def test_a_network_leans_less_where_leaning_was_clearly_worse(simple, kept):
    held = held_of(np.zeros((24, 2)), moments=[*range(8)] * 3)

    leaning = choose_leaning(held, constant(held, *[1] * 24), {"theta": constant(held, *simple * 12)}, "theta")

    assert leaning.kept == pytest.approx((kept, kept))


def test_a_network_leans_on_the_simple_forecast_that_is_clearly_better():
    held = held_of(np.zeros((6, 2)))
    baselines = {"naive": constant(held, *[8, 9] * 3), "theta": constant(held, *[0.1, -0.1] * 3)}

    leaning = choose_leaning(held, constant(held, *[4, 5] * 3), baselines, "theta")

    assert (leaning.baseline, leaning.kept) == ("theta", (0.0, 0.0))


def test_a_network_leans_half_way_if_errors_cancel():
    held = held_of(np.zeros((6, 2)))
    baselines = {"theta": constant(held, *[-4, -5] * 3)}

    leaning = choose_leaning(held, constant(held, *[4, 5] * 3), baselines, "theta")

    assert (leaning.baseline, leaning.kept) == ("theta", (0.5, 0.5))


def test_a_network_leans_only_at_the_steps_where_the_simple_forecast_is_better():
    held = held_of(np.zeros((6, 8)))
    median, simple = np.tile([1.0, 1, 1, 1, 9, 9, 9, 9], (6, 1)), np.full((6, 8), 3.0)
    noise = np.linspace(0, 0.1, 6)[:, None]

    leaning = choose_leaning(held, median + noise, {"naive": simple}, "naive")

    assert leaning.kept == (1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0)


def test_a_network_that_is_worse_at_some_steps_and_better_on_the_whole_is_left_alone():
    held = held_of(np.zeros((24, 8)))
    median, simple = np.tile([1.0, 1, 1, 1, 1, 1, 4, 4], (24, 1)), np.full((24, 8), 3.0)
    noise = np.linspace(0, 0.1, 24)[:, None]

    leaning = choose_leaning(held, median + noise, {"naive": simple}, "naive")

    assert leaning.kept == (1.0,) * 8


def test_many_series_at_one_moment_have_to_prove_that_leaning_was_worse():
    truth, simple = np.zeros((8, 2)), [0, 4] * 4  # worse by 1.3 standard errors
    often, once = held_of(truth), held_of(truth, moments=[0] * 8)

    alone, leaning = (
        choose_leaning(held, constant(held, *[1] * 8), {"theta": constant(held, *simple)}, "theta").kept
        for held in (often, once)
    )

    assert alone == (1.0, 1.0)
    assert leaning == pytest.approx((0.5058, 0.5058), abs=1e-4)  # 1 - (0.4 + 0.25 x (1 - 7.48 / 12))


def test_a_simple_forecast_that_is_better_by_luck_is_leant_on_no_more_than_usual():
    held = held_of(np.zeros((24, 2)), moments=[*range(8)] * 3)
    median = constant(held, *[1.5] * 24)

    leaning = choose_leaning(held, median, {"naive": constant(held, *[0, 2.9] * 12), "theta": median}, "theta")

    assert (leaning.baseline, leaning.kept) == ("theta", (0.6, 0.6))


def test_a_network_that_knows_more_than_the_simple_forecasts_is_left_alone_unless_they_are_clearly_better():
    untested, tested = held_of(np.zeros((1, 2))), held_of(np.zeros((40, 2)))

    assert choose_leaning(untested, constant(untested, 5), {"theta": constant(untested, 0)}, None).kept == (1, 1)
    for simple, kept in ((5, 1), (0, 0)):
        baselines = {"theta": constant(tested, *[simple] * 40)}
        assert choose_leaning(tested, constant(tested, *[5] * 40), baselines, None).kept == (kept, kept)


def test_what_four_windows_agree_on_proves_nothing():
    held = held_of(np.zeros((4, 2)))
    baselines = {"naive": constant(held, 0, 0, 0, 0), "theta": constant(held, 9, 9, 9, 9)}

    leaning = choose_leaning(held, constant(held, 5, 5, 5, 5), baselines, "theta")

    assert (leaning.baseline, leaning.kept) == ("theta", (0.4333, 0.4333))  # 1 - (0.4 + 0.25 x 8 / 12)


def test_a_network_that_one_window_has_tested_leans_more_on_the_usual_one():
    held = held_of(np.zeros((1, 2)))
    baselines = {"naive": constant(held, 9), "theta": constant(held, 2)}

    leaning = choose_leaning(held, constant(held, 1), baselines, "theta")

    assert (leaning.baseline, leaning.kept) == ("theta", (0.3708, 0.3708))  # 1 - (0.4 + 0.25 x 11 / 12)
