"""Turns times without an offset, as clocks of a zone showed them, into moments of UTC."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import BoolArray, IntArray
from lstmcast.data.clock.time_format import Clock, TimeFormat
from lstmcast.data.clock.times import DAY, HOUR, StampArray, most_common
from lstmcast.data.clock.zones import Clocks, Moments, clocks_of
from lstmcast.errors import DataError
from lstmcast.plurals import count_things

Refuse = Callable[[int, str], DataError]  # the error that names the time of a row

ORDERED = 0.9  # of the steps of a file that rises or falls
LIKELY_ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Helsinki", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
ONCE = "in the hour that clocks show twice, there once only: taken for the first"


@dataclass(frozen=True)
class LocalTimes:
    """The stamp of each row: UTC, or what the wall clock shows."""

    stamps: Moments
    clock: Clock
    notes: tuple[str, ...] = ()


def localize(walls: Moments, series: IntArray, zone: str, refuse: Refuse, clock: Clock | None) -> LocalTimes:
    """Return the moments of rows in the order of the file; `clock` is what a model knows already."""
    chosen = clock or choose_clock(walls)
    if chosen == "wall":
        return LocalTimes(walls, "wall")
    clocks = clocks_of(zone, walls)
    twice = clocks.comes_twice(walls)
    _refuse_skipped(walls, series, clocks, zone, refuse)
    if not twice.any():
        return LocalTimes(clocks.to_utc(walls), "utc")
    second, alone = _tell_apart(walls.view(np.int64), series, twice, refuse)
    if alone.any():
        begins = _begins_second(walls, series, alone, second, clocks)
        second |= alone & (_fits_only_as_second(walls, twice, clocks) | begins)
    guessed = int((alone & ~second).sum())
    notes = (f"{count_things(guessed, 'time')} {ONCE}",) if guessed else ()
    return LocalTimes(clocks.to_utc(walls, second), "utc", notes)


def localize_alone(walls: Moments, zone: str, clock: Clock | None) -> LocalTimes | None:
    """Return the moments of distinct times, None where clocks leap over one or show it twice: its rows decide then."""
    chosen = clock or choose_clock(walls)
    if chosen == "wall":
        return LocalTimes(walls, "wall")
    clocks = clocks_of(zone, walls)
    if clocks.is_skipped(walls).any() or clocks.comes_twice(walls).any():
        return None
    return LocalTimes(clocks.to_utc(walls), "utc")


def are_leapt_over(walls: Moments, zone: str, clock: Clock | None) -> BoolArray:
    """Return which times clocks leap over, if times are moments."""
    if (clock or choose_clock(walls)) == "wall":
        return np.zeros(len(walls), bool)
    return clocks_of(zone, walls).is_skipped(walls)


def on_its_clock(utc: Moments, time_format: TimeFormat, known: TimeFormat | None) -> tuple[StampArray, TimeFormat]:
    """Return moments as the panel wants them: as its zone's clocks showed them, where steps follow those."""
    if time_format.zone is None:
        return utc, time_format
    walls = clocks_of(time_format.zone, utc).to_wall(utc)
    chosen = known.clock if known else choose_clock(walls)
    return walls if chosen == "wall" else utc, replace(time_format, clock=chosen)


def choose_clock(walls: Moments) -> Clock:
    """Return `wall` where steps of a day or of some hours follow the wall clock through its changes, else `utc`."""
    shown = np.unique(walls).view(np.int64)
    if (shown % DAY == shown[0] % DAY).all():
        return "wall"
    usual = most_common(np.diff(shown))
    return "wall" if usual > HOUR and (shown % usual == shown[0] % usual).all() else "utc"


def find_zone(missing: Moments) -> str | None:
    """Return the first of some zones whose clocks leap over all these times."""
    return next((zone for zone in LIKELY_ZONES if clocks_of(zone, missing).is_skipped(missing).all()), None)


def zone_of_midnights(moments: Moments) -> str | None:
    """Return the first of some zones in which all moments are midnights, where clocks change among them."""
    times = np.unique(np.asarray(moments, "datetime64[us]").view(np.int64) % DAY)
    if len(times) != 2 or times[1] - times[0] not in (HOUR, DAY - HOUR):
        return None
    return next((zone for zone in LIKELY_ZONES if not _times_of_day(zone, moments).any()), None)


def _times_of_day(zone: str, moments: Moments) -> IntArray:
    return np.asarray(clocks_of(zone, moments).to_wall(moments), "datetime64[us]").view(np.int64) % DAY


def _refuse_skipped(walls: Moments, series: IntArray, clocks: Clocks, zone: str, refuse: Refuse) -> None:
    skipped = clocks.is_skipped(walls)
    if not skipped.any():
        return
    row = int(np.argmax(skipped))
    standard = _fixed_zone(int(clocks.standard_at(walls[[row]])[0]))
    twice = clocks.comes_twice(walls)
    each = np.unique(np.stack([series[twice], walls[twice].view(np.int64)]), axis=1)
    problem = f"does not exist in {zone}: clocks leapt over it"
    goes_on = np.isin(walls[skipped] + np.timedelta64(1, "h"), walls).all()  # else times may name the ends of hours
    if twice.any() and each.shape[1] == twice.sum() and goes_on and standard:
        raise refuse(
            row, f"{problem}, but these do not; they seem to be standard time (no DST): set data.timezone: {standard}"
        )
    advice = f"if the times are standard time (no DST), set data.timezone: {standard}" if standard else (
        "if the times are standard time (no DST), write them with their UTC offset"
    )  # fmt: skip
    raise refuse(row, f"{problem}; correct it, or {advice}")


def _fixed_zone(ahead: int) -> str | None:
    """Return the zone that is always so far ahead of UTC; its sign is the other way round."""
    hours, rest = divmod(ahead, HOUR)
    if rest:
        return None
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"


def _tell_apart(walls: IntArray, series: IntArray, twice: BoolArray, refuse: Refuse) -> tuple[BoolArray, BoolArray]:
    """Return which rows are the second of the two moments with one time, and which stand alone.

    The order of the file tells them apart: the one that comes first in a file that rises, last in one that falls.
    """
    order = np.argsort(series, kind="stable")
    rises = np.empty(len(walls), np.int8)
    rises[order] = _directions(walls[order], series[order], twice[order])
    rows = np.flatnonzero(twice)
    _, group, sizes = np.unique(np.stack([series[rows], walls[rows]]), axis=1, return_inverse=True, return_counts=True)
    group = group.reshape(-1)
    by_group = np.argsort(group, kind="stable")
    starts = np.cumsum(sizes) - sizes
    rank = np.empty(len(rows), np.int64)
    rank[by_group] = np.arange(len(rows)) - np.repeat(starts, sizes)
    size, rise = sizes[group], rises[rows]
    lowest, highest = (reduce.reduceat(rise[by_group], starts)[group] for reduce in (np.minimum, np.maximum))
    unclear = (size > 1) & ((lowest != highest) | (rise == 0))
    if unclear.any():
        raise refuse(
            int(rows[np.argmax(unclear)]),
            "comes twice, when clocks are set back, and rows are in no order that tells which is which; "
            "sort the file, or write times with their UTC offset",
        )
    is_late = 2 * rank >= size
    second, alone = np.zeros((2, len(walls)), bool)
    second[rows] = (size > 1) & np.where(rise > 0, is_late, 2 * (size - 1 - rank) >= size)
    alone[rows] = size == 1
    return second, alone


def _fits_only_as_second(walls: Moments, twice: BoolArray, clocks: Clocks) -> BoolArray:
    """Return which times lie on the grid of all others only if they are the second of two."""
    sure = np.unique(clocks.to_utc(walls[~twice])).view(np.int64)
    if len(sure) < 2:
        return np.zeros(len(walls), bool)
    usual = most_common(np.diff(sure))
    first, second = (clocks.to_utc(walls, is_second).view(np.int64) for is_second in (False, True))
    phase = most_common(sure % usual)
    return np.asarray((first % usual != phase) & (second % usual == phase))


def _begins_second(walls: Moments, series: IntArray, alone: BoolArray, second: BoolArray, clocks: Clocks) -> BoolArray:
    """Return which times begin a series that goes on without a gap only if they are the second of two."""
    moments, later = (clocks.to_utc(walls, which).view(np.int64) for which in (second, second | alone))
    sure = np.unique(moments[~alone])
    if len(sure) < 2:
        return np.zeros(len(walls), bool)
    usual, number = most_common(np.diff(sure)), int(series.max()) + 1
    goes_on = np.full(number, np.iinfo(np.int64).max)
    np.minimum.at(goes_on, series[~alone], moments[~alone])
    is_first = alone & (later < goes_on[series])
    newest = np.full(number, np.iinfo(np.int64).min)
    np.maximum.at(newest, series[is_first], later[is_first])
    return np.asarray(is_first & (goes_on - usual == newest)[series])


def _directions(walls: IntArray, series: IntArray, twice: BoolArray) -> npt.NDArray[np.int8]:
    """Return whether time rises (1) or falls (-1) where each row stands, 0 where that cannot be said."""
    steps = np.sign(np.diff(walls))[np.diff(series) == 0]
    steps = steps[steps != 0]
    share = float((steps > 0).mean()) if len(steps) else 1.0
    everywhere = 1 if share >= ORDERED else -1 if share <= 1 - ORDERED else 0
    place = np.arange(len(walls))
    before = np.maximum(np.maximum.accumulate(np.where(twice, -1, place)), 0)
    after = np.minimum(np.minimum.accumulate(np.where(twice, len(walls), place)[::-1])[::-1], len(walls) - 1)
    near = (series[before] == series) & (series[after] == series) & ~twice[before] & ~twice[after]
    near &= (np.abs(walls - walls[before]) <= DAY) & (np.abs(walls - walls[after]) <= DAY)
    return np.where(near, np.sign(walls[after] - walls[before]), everywhere).astype(np.int8)
