import json
import re

import pytest

from lstmcast.report.axes import LABEL_STEPS, ROUND_LABELS, TICK_SIZES, choose_labels, nice_ticks, tick_numbers
from lstmcast.report.page import ASSETS


def test_the_script_of_the_page_has_the_same_rules():
    script = (ASSETS / "page.js").read_text(encoding="utf-8")

    steps, rounds = (re.search(rf"const {name} = (.*);\n", script)[1] for name in ("STEPS", "ROUND"))
    sizes = re.search(r"step = power \* (\[.*?\])", script)[1]
    assert json.loads(steps) == list(LABEL_STEPS)
    assert json.loads(sizes) == list(TICK_SIZES)
    assert rounds == f"[{', '.join(f'[/{pattern.pattern}/, {points}]' for pattern, points in ROUND_LABELS)}]"


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 7, [0, 1, 2, 3, 4, 5, 6, 7]),
        (-33, 78, [-20, 0, 20, 40, 60]),
        (0, 0.012, [0, 0.002, 0.004, 0.006, 0.008, 0.01, 0.012]),
        (99.75, 100.25, [99.8, 99.9, 100, 100.1, 100.2]),
    ],
)
def test_ticks_are_round_numbers(low, high, ticks):
    assert nice_ticks(low, high) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("ticks", "numbers"),
    [
        ([-20, 0, 20], ["-20", "0", "20"]),
        ([1000, 1002.5, 1005], ["1,000", "1,002.5", "1,005"]),
        ([10_000_000.5, 10_000_001], ["10,000,000.5", "10,000,001"]),
        ([1e9, 1.0025e9], ["1,000,000,000", "1,002,500,000"]),
        ([1.2345e-5, 1.2346e-5], ["1.2345e-05", "1.2346e-05"]),
        ([7], ["7"]),
        ([9_999_999_950, 1e10], ["9,999,999,950", "10,000,000,000"]),
        ([0, 1e9, 2e9], ["0", "1e+09", "2e+09"]),
        ([0, 5e8, 1e9], ["0", "500,000,000", "1,000,000,000"]),
        ([0, 5e-5, 1e-4], ["0", "5e-05", "0.0001"]),
        ([5e15, 5e15], ["5e+15", "5e+15"]),
    ],
)
def test_ticks_have_as_many_digits_as_tell_how_far_apart_they_are(ticks, numbers):
    assert tick_numbers(ticks) == numbers


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        ([f"2024-03-08 {hour:02}:00" for hour in range(24)], [f"2024-03-08 {hour:02}:00" for hour in (0, 6, 12, 18)]),
        ([f"{day:02}.{month:02}.2024" for month in range(1, 5) for day in range(1, 29)],
         ["01.01.2024", "01.02.2024", "01.03.2024", "01.04.2024"]),
        ([str(step) for step in range(1, 13)], ["1", "3", "5", "7", "9", "11"]),
        ([f"{place / 4:g}" for place in range(-10, 11)], ["-2", "-1", "0", "1", "2"]),
        ([str(5 * place) for place in range(-10, 11)], ["-40", "-20", "0", "20", "40"]),
        (["only"], ["only"]),
        ([], []),
    ],
)  # fmt: skip
def test_labels_are_as_many_as_there_is_room_for_at_good_places(labels, shown):
    assert [labels[place] for place in choose_labels(range(len(labels)), labels, 600)] == shown
