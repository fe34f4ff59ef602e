import numpy as np

from lstmcast.evaluation.held_out import HeldOut
from lstmcast.evaluation.validation import choose_leaning, choose_stop, prefers_mixture


def held_of(truth, *, unit=None, overlap=1.0, moments=None):
    truth = np.array(truth, float)
    moment = np.arange(len(truth)) if moments is None else np.array(moments)
    return HeldOut(truth, np.ones(len(truth)) if unit is None else np.array(unit, float), moment, overlap)


def constant(held, *values):
    """Return the same forecast for each window: one number for all its steps."""
    return np.repeat(np.array(values, float)[:, None], held.truth.shape[1], axis=1)


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


def test_a_network_that_is_no_worse_is_left_alone():
    held = held_of(np.zeros((40, 2)))
    median = constant(held, *[1, -1] * 20)

    leaning = choose_leaning(held, median, {"theta": median}, "theta")

    assert leaning.kept == (1.0, 1.0)


def test_a_network_leans_on_the_simple_forecast_that_is_clearly_better():
    held = held_of(np.zeros((4, 2)))
    baselines = {"naive": constant(held, 8, 9, 8, 9), "theta": constant(held, 0, 0.1, 0, -0.1)}

    leaning = choose_leaning(held, constant(held, 4, 5, 4, 5), baselines, "theta")

    assert (leaning.baseline, leaning.kept) == ("theta", (0.0, 0.0))


def test_a_network_leans_half_way_if_errors_cancel():
    held = held_of(np.zeros((4, 2)))
    baselines = {"theta": constant(held, -4, -5, -4, -5)}

    leaning = choose_leaning(held, constant(held, 4, 5, 4, 5), baselines, "theta")

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


def test_a_simple_forecast_that_is_better_by_luck_is_not_leant_on():
    held = held_of(np.zeros((40, 2)))
    baselines = {"theta": constant(held, *[0, 2.9] * 20)}

    leaning = choose_leaning(held, constant(held, *[1.5] * 40), baselines, "theta")

    assert leaning.kept == (1.0, 1.0)


def test_a_network_that_one_window_has_tested_leans_a_little_on_the_usual_one():
    held = held_of(np.zeros((1, 2)))
    baselines = {"naive": constant(held, 9), "theta": constant(held, 2)}

    leaning = choose_leaning(held, constant(held, 1), baselines, "theta")

    assert (leaning.baseline, leaning.kept) == ("theta", (0.7708, 0.7708))  # 1 - 0.25 x 11 / 12
