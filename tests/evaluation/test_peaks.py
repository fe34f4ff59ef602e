import numpy as np
import pytest

from lstmcast.evaluation.peaks import APART, LEAST_P, Peaks, find_peaks, p_among


def peaks_of(values, size=2000):
    peaks = Peaks(size)
    for clock, value in enumerate(values, start=1):
        peaks.add(clock, value)
    return peaks


def test_values_near_one_another_are_one_peak():
    peaks = Peaks(2000, count=720)

    for clock, value in enumerate([5.0, 0.0, 9.0, *[1.0] * 40], start=721):
        peaks.add(clock, value)

    assert peaks.rows.tolist() == [[721, 9.0], [746, 1.0]]


def test_a_statistic_that_rises_and_rises_has_a_peak_each_while():
    peaks = peaks_of(range(2000))

    assert np.diff(peaks.rows[-10:, 0]).tolist() == [APART + 1] * 9


def test_while_little_is_remembered_each_value_is_a_peak():
    assert peaks_of([3.0, 1.0, 2.0]).rows.tolist() == [[1, 3.0], [2, 1.0], [3, 2.0]]


def test_the_share_of_alarms_is_that_of_peaks_as_high_the_new_one_counted_in():
    peaks = peaks_of([3.0, 1.0, 2.0])

    assert peaks.p_of(2.0) == pytest.approx(3 / 4)
    assert peaks.p_of(100.0) == pytest.approx(1 / 4)


def test_beyond_the_highest_peak_the_share_falls_exponentially():
    peaks = peaks_of([1.0, 2.0, 3.0, 4.0, 5.0])  # above the lowest of them they are 2.5 higher in the mean

    assert peaks.p_of(8.5) == pytest.approx(5 / 6 * np.exp(-(8.5 - 1.0) / 2.5))


def test_what_never_differed_makes_any_other_value_as_strange_as_can_be():
    peaks = peaks_of([0.0] * 20)

    assert peaks.p_of(1.0) == LEAST_P
    assert peaks.p_of(1.0, least_slope=1.0) == pytest.approx(6 / 21 * np.exp(-1.0))


def test_a_remembered_value_is_compared_with_the_others():
    heights = np.array([3.0, 1.0, 4.0, 2.0])

    found = p_among(np.array([1.0, 3.0, 4.0, np.nan]), heights, count=4)

    assert found == pytest.approx([4 / 4, 2 / 4, 1 / 5, 1.0])


def test_the_highest_of_those_remembered_is_judged_as_a_new_value_by_the_others():
    values = np.random.default_rng(3).normal(size=1000)
    rows = find_peaks(np.arange(1, 1001), values, 2000)
    highest = rows[:, 1].argmax()

    found = p_among(values, rows[:, 1], 1000, least_slope=0.5)

    others = Peaks(2000, 1000, np.delete(rows, highest, axis=0))
    assert found[values.argmax()] == others.p_of(rows[highest, 1], least_slope=0.5)


@pytest.mark.parametrize("size", [40, 300, 2000])
@pytest.mark.parametrize("kind", ["noise", "walk", "whole", "rising", "falling", "constant"])
def test_peaks_found_at_once_are_those_found_value_by_value(kind, size):
    random = np.random.default_rng(7)
    noise = random.normal(size=900)
    rise = np.arange(900.0)
    values = {"noise": noise, "walk": noise.cumsum(), "whole": np.round(noise) + 0.0, "rising": rise, "falling": -rise,
              "constant": 0 * rise}[kind]  # fmt: skip
    clocks = 1 + np.flatnonzero(random.random(900) < 0.9)
    one_by_one = Peaks(size)
    for clock in clocks.tolist():
        one_by_one.add(clock, values[clock - 1])

    assert find_peaks(clocks, values[clocks - 1], size).tolist() == one_by_one.rows.tolist()


def test_nothing_has_no_peaks():
    assert find_peaks(np.empty(0, np.int64), np.empty(0), 40).shape == (0, 2)
    assert p_among(np.array([np.nan]), np.empty(0), 0).tolist() == [1.0]


def test_old_peaks_are_forgotten():
    peaks = peaks_of([100.0, *[1.0] * 50], size=40)

    assert peaks.rows[:, 1].max() == 1.0
    assert peaks.rows[0, 0] > 11


def test_peaks_go_on_from_where_they_were():
    values = np.random.default_rng(1).normal(size=900)
    first = peaks_of(values[:500], size=300)

    second = Peaks(300, first.count, first.rows)
    for clock, value in enumerate(values[500:], start=501):
        second.add(clock, value)

    assert second.rows.tolist() == peaks_of(values, size=300).rows.tolist()
    assert second.p_of(2.5) == peaks_of(values, size=300).p_of(2.5)
