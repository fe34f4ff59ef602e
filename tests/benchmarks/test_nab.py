"""The score of NAB on an example that can be checked by hand."""

import runpy
from math import exp
from pathlib import Path
from types import SimpleNamespace

import pytest

NAB = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "anomalies" / "nab.py")))
STANDARD, LOW_MISSES = NAB.STANDARD, NAB.LOW_MISSES
WINDOWS = [(30, 39), (60, 69)]  # of ten rows each, in a file of which the first 15 do not count


def s(place):
    return 2 / (1 + exp(5 * place)) - 1


def test_the_worth_of_a_place_falls_from_one_before_a_windows_end_to_minus_one_behind():
    assert [NAB.sigmoid(place) for place in (-1.0, 0.0, 1.0, 3.5)] == pytest.approx(
        [0.98661, 0.0, -0.98661, -1.0], abs=1e-5
    )


@pytest.mark.parametrize(("rows", "expected"), [(100, 15), (4032, 604), (5000, 750), (22_695, 750)])
def test_the_first_part_of_a_file_is_there_to_learn_from(rows, expected):
    assert NAB.probation(rows) == expected


def test_the_example_worked_out_by_hand():
    detections = [3, 20, 35, 37, 45]  # one too early, one before any window, two in the first, one behind it

    found = NAB.score_file(detections, WINDOWS, 15, STANDARD)

    first_hit = s(-0.5) / s(-1.0)  # row 35: five of ten rows are left with it
    behind = 0.11 * s(6 / 9)  # six rows behind a window whose ends are nine apart
    assert found.score == pytest.approx(first_hit - 1.0 - 0.11 + behind)
    assert (found.windows, found.found, found.false_alarms) == (2, 1, 2)
    assert found.score == pytest.approx(-0.3526, abs=1e-4)


def test_a_perfect_detector_gets_a_hundred_and_a_silent_one_nothing():
    perfect = NAB.score_file([30, 60], WINDOWS, 15, STANDARD)
    silent = NAB.score_file([], WINDOWS, 15, STANDARD)

    assert NAB.normalise([perfect], STANDARD) == pytest.approx(100.0)
    assert NAB.normalise([silent], STANDARD) == pytest.approx(0.0)
    assert NAB.normalise([perfect, silent], STANDARD) == pytest.approx(50.0)


def test_a_false_alarm_far_behind_a_window_costs_in_full():
    found = NAB.score_file([30, 60, 69 + 28], WINDOWS, 15, STANDARD)

    assert found.score == pytest.approx(2.0 - 0.11)


def test_a_profile_weighs_misses_more():
    assert NAB.score_file([30], WINDOWS, 15, LOW_MISSES).score == pytest.approx(1.0 - 2.0)
