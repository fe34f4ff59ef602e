"""Chooses how far to forecast and how often to test where nobody has said so yet."""

from dataclasses import dataclass

from lstmcast.config.auto import LEAST_PAST
from lstmcast.data.clock.times import DAY, HOUR, UNITS, Frequency

WEEK = UNITS["W"]
WINDOWS = 3
LONGEST_DAY = 96  # steps; finer grids are forecast an hour ahead
LONGEST_SEASON, SHARE, LONGEST = 48, 0.1, 24
HELD_OUT = 0.5  # of the typical series, at most, is kept from the training


@dataclass(frozen=True)
class FirstPlan:
    """A horizon and a number of test windows that the series are long enough for."""

    horizon: int
    reason: str
    is_lowered: bool  # below what would be usual, for lack of rows
    windows: int
    windows_reason: str


def choose_plan(
    frequency: Frequency,
    length: int,
    *,
    season: int | None = None,
    are_years: bool = False,
    ahead: int | None = None,
    horizon: int | None = None,
    windows: int | None = None,
) -> FirstPlan:
    """Return the plan for series of typically this length; what is given already is kept.

    `season` is one that was found where the frequency has none, `are_years` says that whole numbers are years;
    `ahead` are the rows that are known ahead.
    """
    usual, reason = (3, "three years") if are_years else _usual_horizon(frequency, length, season)
    if ahead is not None and ahead < usual:
        usual, reason = ahead, "as many as the file knows ahead"
    most = WINDOWS if windows is None else windows
    chosen = usual if horizon is None else horizon
    tested = next((count for count in range(most, 0, -1) if _is_comfortable(chosen, count, length)), 1)
    if horizon is None and not _is_comfortable(chosen, tested, length):
        chosen = next((steps for steps in range(usual, 1, -1) if _is_comfortable(steps, 1, length)), 1)
        if chosen < usual:
            reason = f"{usual} ({reason}) would be usual, but the typical series has {length} rows only"
    if windows is not None:
        tested = windows
    reasons = "forecast origins held out, each a horizon apart, to score the model on"
    if tested < most:
        reasons += f"; {tested} rather than {most}, since the typical series has {length} rows only"
    return FirstPlan(chosen, reason, horizon is None and chosen < usual, tested, reasons)


def _is_comfortable(horizon: int, windows: int, length: int) -> bool:
    """Return whether tests and validation fit, with enough left to learn from."""
    held_out = (windows + 1) * horizon
    return held_out <= HELD_OUT * length and held_out + horizon + LEAST_PAST <= length


def _usual_horizon(frequency: Frequency, length: int, season: int | None) -> tuple[int, str]:
    size = frequency.size
    if frequency.kind == "business":
        return max(1, 10 // size), "two weeks"
    if frequency.kind == "months":
        return (max(1, 12 // size), "a year") if size < 12 else (3, "three rows" if size > 12 else "three years")
    if frequency.kind == "integer":
        if season is not None and season <= LONGEST_SEASON:
            return season, "one season"
        return min(LONGEST, max(1, int(SHARE * length))), "a tenth of the typical series, at most 24"
    if size % WEEK == 0:
        return max(1, 8 // (size // WEEK)), "eight weeks"
    if size % DAY == 0:
        return max(1, 14 // (size // DAY)), "two weeks"
    if DAY // size <= LONGEST_DAY:
        return max(1, DAY // size), "a day"
    return (HOUR // size, "an hour") if HOUR // size <= LONGEST_DAY else (60, "sixty steps")
