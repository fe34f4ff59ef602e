import numpy as np
import pytest

from lstmcast.network import smoothing
from lstmcast.network.smoothing import STEPS, WAYS, Way, recurrences, smooth_on, straight_slope, weigh


def columns(*series):
    """Return (T, N) values of series that all end together, with 0 before those of a short one, and their lengths."""
    length = max(map(len, series))
    values = np.array([[0.0] * (length - len(one)) + list(one) for one in series]).T
    return values, np.array([len(one) for one in series])


def walk(values, way, horizon):
    """Return the squared errors of one way of smoothing, and its forecast, as its words have it."""
    mean, steps = np.mean(values), np.arange(len(values))
    slope = way.line * np.polyfit(steps, values, 1)[0]
    starts_at_mean = way.left < 1
    level, own, squares = (mean, 0.0, 0.0) if starts_at_mean else (values[0], 0.0, 0.0)
    for value in values if starts_at_mean else values[1:]:
        expected = mean + way.left * (level - mean) + slope + way.fading * own
        error = value - expected
        level, own = expected + way.rate * error, way.fading * own + way.rate * way.slope_rate * error
        squares += error**2
    forecast = []
    for _ in range(horizon):
        own *= way.fading
        level = mean + way.left * (level - mean) + slope + own
        forecast.append(level)
    return squares, np.array(forecast)


def weighed(values, ways, horizon):
    squares, forecasts = zip(*(walk(values, way, horizon) for way in ways), strict=True)
    weights = weigh(np.array(squares)[:, None], np.array([len(values)]))[:, 0]
    return weights @ np.array(forecasts)


@pytest.mark.parametrize("length", [2, 5, 16, 40])
def test_all_ways_go_on_as_a_walk_through_the_steps_has_them(length):
    values = np.random.default_rng(length).normal(5, 2, length).cumsum()

    found = smooth_on(*columns(values), 6)

    assert found[:, 0] == pytest.approx(weighed(values, WAYS, 6), rel=1e-9)


def test_the_ways_are_weighed_by_their_squared_errors():
    squares = np.array([[1.0, 1.0], [4.0, 4.0]])

    weights = weigh(squares, np.array([5, 41]))

    # powers (5-1)² / (5-1 + 20) / 6 = 1/9 and 40² / 60 / 6 = 40/9
    expected = np.array([4 ** (-1 / 9), 4 ** (-40 / 9)])
    assert weights[1] / weights[0] == pytest.approx(expected)
    assert weights.sum(axis=0) == pytest.approx([1, 1])


def test_a_series_without_errors_is_weighed_evenly():
    assert weigh(np.zeros((4, 1)), np.array([9]))[:, 0].tolist() == [0.25] * 4


def test_a_straight_line_goes_on():
    assert smooth_on(*columns(np.arange(60) * 2.0), 3)[:, 0] == pytest.approx([120, 122, 124], abs=0.1)


def test_noise_around_a_level_is_smoothed_away():
    noise = np.random.default_rng(1).normal(0, 1, 120)

    assert smooth_on(*columns(50 + noise), 4)[:, 0] == pytest.approx([50] * 4, abs=0.35)


def test_a_random_walk_goes_on_near_where_it_is():
    walk = np.random.default_rng(2).normal(0, 1, 120).cumsum()

    assert smooth_on(*columns(walk), 2)[:, 0] == pytest.approx([walk[-1]] * 2, abs=0.8)


def test_what_falls_back_to_its_mean_is_expected_to():
    random, values = np.random.default_rng(3), [0.0]
    for _ in range(150):
        values.append(0.7 * values[-1] + random.normal())
    values[-1] = 6.0

    found = smooth_on(*columns(values), 12)[:, 0]

    assert found[-1] < 0.6 * found[0]


def test_a_series_is_smoothed_alike_alone_and_beside_a_longer_one():
    random = np.random.default_rng(4)
    short, long = random.normal(9, 2, 11), random.normal(9, 2, 50)

    together = smooth_on(*columns(short, long, [7.0]), 4)

    assert together[:, 0] == pytest.approx(smooth_on(*columns(short), 4)[:, 0])
    assert together[:, 1] == pytest.approx(smooth_on(*columns(long), 4)[:, 0])
    assert together[:, 2].tolist() == [7] * 4


def test_only_the_newest_values_are_looked_at():
    values = np.random.default_rng(5).normal(9, 2, STEPS + 50)
    other = values.copy()
    other[:50] = 1000

    assert smooth_on(*columns(values), 3).tolist() == smooth_on(*columns(other), 3).tolist()


def test_single_precision_gives_the_same_but_for_rounding():
    values, known = columns(np.sin(np.arange(90) / 7) + 0.01 * np.arange(90), np.cos(np.arange(50)))

    single = smooth_on(values.astype(np.float32), known, 5)

    assert single.dtype == np.float32
    assert single == pytest.approx(smooth_on(values, known, 5), abs=1e-4)


@pytest.mark.parametrize("huge", [1e15, 1e20, 1e30])
def test_a_step_whose_square_is_no_number_leaves_a_forecast(huge):
    values = np.random.default_rng(6).normal(size=(60, 2)).astype(np.float32)
    alone = smooth_on(values[:, 1:], np.array([60]), 3)[:, 0]
    values[30, 0] = huge

    found = smooth_on(values, np.array([60]), 3)

    assert np.isfinite(found).all()
    assert (np.abs(found[:, 0]) < huge).all()
    assert found[:, 1] == pytest.approx(alone, abs=1e-5)


def test_the_slope_counts_only_what_is_known():
    assert straight_slope(*columns([9, 1, 5], [2, 4], [8])).tolist() == [-2, 2, 0]


def test_no_way_of_smoothing_swings_up():
    assert all(np.abs(np.linalg.eigvals(turn)).max() < 1 for turn in recurrences().turns)


def test_ways_that_read_the_same_stand_side_by_side():
    kinds = [{(way.line, way.left) for way in WAYS[reading]} for reading in recurrences().reads]

    assert [len(kind) for kind in kinds] == [1] * (len(smoothing.LINES) + len(smoothing.LEFT))
    assert kinds == [{(line, 1.0)} for line in smoothing.LINES] + [{(0.0, left)} for left in smoothing.LEFT]
    assert Way(1.0) in WAYS
