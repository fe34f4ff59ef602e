"""The score of the Numenta Anomaly Benchmark, from its published description (Lavin, Ahmad 2015).

- Labels are windows of rows. Of the detections inside a window only the first counts: A_TP · s(y), where y is how far
  it lies before the window's end, -1 at the first row. A window without a detection costs A_FN.
- Every detection outside costs: A_FP · s(y), where y is how many window lengths it lies behind the window before it;
  A_FP in full, if there is none before it, or if it is more than three lengths away.
- s(y) = 2 / (1 + e^(5y)) - 1. What a detection at a window's first row would get, s(-1), is made to count as 1.
- Nothing counts in the first 15% of a file, at most 750 rows: they are there to learn from.
- All files are added up and set between a detector that says nothing (0) and a perfect one (100).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

PROBATION_SHARE, PROBATION_OF = 0.15, 5000
FAR_BEHIND = 3.0  # window lengths

Span = tuple[int, int]  # the first and the last row of a window, both included


@dataclass(frozen=True)
class Profile:
    """What hits, misses and false alarms are worth."""

    hit: float = 1.0  # A_TP
    miss: float = 1.0  # A_FN
    false_alarm: float = 0.11  # A_FP


STANDARD = Profile()
LOW_FALSE_ALARMS = Profile(false_alarm=0.22)
LOW_MISSES = Profile(miss=2.0)


@dataclass(frozen=True)
class FileScore:
    """What the detections of one file are worth."""

    score: float
    windows: int
    found: int
    false_alarms: int


def probation(rows: int) -> int:
    """Return how many rows of a file are there to learn from."""
    return min(int(PROBATION_SHARE * rows), int(PROBATION_SHARE * PROBATION_OF))


def sigmoid(place: float) -> float:
    """Return the worth of a place relative to a window's end: +1 long before it, 0 there, -1 far behind."""
    return 2.0 / (1.0 + exp(5.0 * place)) - 1.0 if place <= FAR_BEHIND else -1.0


def score_file(detections: Sequence[int], windows: Sequence[Span], first_row: int, profile: Profile) -> FileScore:
    """Return the score of the detections at these rows, of which those before `first_row` do not count."""
    best: dict[Span, float] = {}
    costs = []
    for row in sorted(row for row in detections if row >= first_row):
        inside = next((span for span in windows if span[0] <= row <= span[1]), None)
        if inside is None:
            costs.append(profile.false_alarm * -_worth_outside(row, windows))
        elif inside not in best:
            length = inside[1] - inside[0] + 1
            best[inside] = profile.hit * sigmoid(-(inside[1] - row + 1) / length) / sigmoid(-1.0)
    missed = len(windows) - len(best)
    score = sum(best.values()) - profile.miss * missed - sum(costs)
    return FileScore(score, len(windows), len(best), len(costs))


def normalise(files: Sequence[FileScore], profile: Profile) -> float:
    """Return the score of a corpus between 0, which is saying nothing, and 100, which is perfect."""
    windows = sum(one.windows for one in files)
    nothing, perfect = -profile.miss * windows, profile.hit * windows
    return 100.0 * (sum(one.score for one in files) - nothing) / (perfect - nothing)


def _worth_outside(row: int, windows: Sequence[Span]) -> float:
    behind = [span for span in windows if span[1] < row]
    if not behind:
        return -1.0
    first, last = max(behind, key=lambda span: span[1])
    return sigmoid((row - last) / max(last - first, 1))
