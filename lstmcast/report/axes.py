"""Where the ticks of an axis stand, how they are written, and which labels there is room for; as page.js has it."""

import math
import re
from collections.abc import Sequence

from lstmcast.report.markup import USUAL_DIGITS, short_number

LETTER = 7.0  # width of a digit
BLANK = 18  # between two labels
MOST_LABELS = 8
TICK_SIZES = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_DIGITS = 17  # with which any two numbers differ
NEAR_ENOUGH = 0.01  # of the distance between two ticks
LABEL_STEPS = (1, 2, 3, 4, 5, 6, 7, 10, 12, 14, 24, 28, 48, 52, 72, 96, 168, 336, 365, 500, 1000)
ROUND_LABELS = (  # the beginning of a year, of a month or a day, of a quarter of a day; zero; whole numbers
    (re.compile(r"^\d{4}-01$|-01-01$"), 3),
    (re.compile(r"00:00(:00)?$|-01$|^0?1[./]"), 2),
    (re.compile(r"(06|12|18):00(:00)?$"), 1),
    (re.compile(r"^0$"), 2),
    (re.compile(r"^-?\d+$"), 1),
)


def nice_ticks(low: float, high: float) -> list[float]:
    """Return four to eight round numbers between both ends: 1, 2, 2.5 or 5 times a power of ten."""
    rough = (high - low) / 7
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in TICK_SIZES if size * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{place * step:.12g}") for place in range(first, last + 1)]


def tick_numbers(ticks: Sequence[float]) -> list[str]:
    """Return evenly spaced ticks as people read them, with as many digits as it takes to see how far apart they are."""
    near = NEAR_ENOUGH * (ticks[-1] - ticks[0]) / max(1, len(ticks) - 1)
    numbers: list[str] = []
    for digits in range(USUAL_DIGITS, MOST_DIGITS + 1):
        numbers = [short_number(tick, digits) for tick in ticks]
        is_told = all(abs(float(one.replace(",", "")) - tick) <= near for one, tick in zip(numbers, ticks, strict=True))
        if is_told and len({"e+" in one for one in numbers if one != "0"}) < 2:  # large ones all in full, or none
            break
    return numbers


def choose_labels(inside: Sequence[int], labels: Sequence[str], wide: float) -> Sequence[int]:
    """Return the places that get a label: as many as there is room for, at the beginnings of days, months and years."""
    if not inside:
        return []
    widest = max(len(labels[place]) for place in inside)
    most = max(2, min(MOST_LABELS, int(wide / (widest * LETTER + BLANK))))
    needed = max(1, math.ceil(len(inside) / most))
    steps = [one for one in LABEL_STEPS if needed <= one < 2 * needed] or [needed]
    choices = [inside[start::step] for step in steps for start in range(min(step, len(inside)))]
    means = [sum(_roundness(labels[place]) for place in choice) / len(choice) for choice in choices]
    best = max(means)
    return choices[means.index(best)] if best else choices[(len(inside) - 1) % steps[0] // 2]


def _roundness(label: str) -> int:
    """Return how good a label is to stand at an axis."""
    return next((points for pattern, points in ROUND_LABELS if pattern.search(label)), 0)
