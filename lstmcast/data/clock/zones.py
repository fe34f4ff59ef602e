"""The clocks of a place: times on its walls to UTC and back, by the changes of its IANA zone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import BoolArray, IntArray

Moments = npt.NDArray[np.datetime64]  # [us] without a zone

# Each names its unit: NumPy gives up steps of no unit, which a plain `+ 1` and a plain NaT are.
ONE_DAY = np.timedelta64(1, "D")
NO_MOMENT = np.datetime64("NaT", "us")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEK = timedelta(weeks=1)
LONG_AGO = np.iinfo(np.int64).min // 2
SUNDAY, LAST_SMALL_HOUR = 6, 3
MONTHS_OF_LEAPS = (3, 4, 9, 10)  # forward, in spring, north and south
MONTHS_OF_CHANGES = (*MONTHS_OF_LEAPS, 11)


@dataclass(frozen=True)
class Clocks:
    """How far the clocks of a place are ahead of UTC: `ahead[k]` from the moment `starts[k]` on, in microseconds."""

    starts: IntArray  # UTC
    ahead: IntArray

    def to_wall(self, utc: Moments) -> Moments:
        """Return what clocks show at moments of UTC."""
        moments = _microseconds(utc)
        return _moments(moments + self.ahead_at(utc))

    def ahead_at(self, utc: Moments) -> IntArray:
        """Return how many microseconds clocks are ahead of UTC at moments of UTC."""
        place = np.searchsorted(self.starts, _microseconds(utc), side="right") - 1
        return self.ahead[place]

    def to_utc(self, wall: Moments, second: BoolArray | bool = False) -> Moments:
        """Return when clocks show these times: of two moments the first, unless `second`.

        A time that clocks leap over is taken as if they had not leapt yet.
        """
        shown = _microseconds(wall)
        place = np.where(second, self._place(shown, np.minimum), self._place(shown, np.maximum))
        return _moments(shown - self.ahead[place])

    def comes_twice(self, wall: Moments) -> BoolArray:
        """Return which times clocks show twice, since they are set back."""
        first, second = self._places(wall)
        return np.asarray((first != second) & (self.ahead[first] > self.ahead[second]))

    def is_skipped(self, wall: Moments) -> BoolArray:
        """Return which times clocks never show, since they leap over them."""
        first, second = self._places(wall)
        return np.asarray((first != second) & (self.ahead[first] < self.ahead[second]))

    def standard_at(self, wall: Moments) -> IntArray:
        """Return how far clocks are ahead of UTC without summer time, at times next to a change."""
        first, second = self._places(wall)
        return np.minimum(self.ahead[first], self.ahead[second])

    def _places(self, wall: Moments) -> tuple[IntArray, IntArray]:
        shown = _microseconds(wall)
        return self._place(shown, np.maximum), self._place(shown, np.minimum)

    def _place(self, shown: IntArray, side: np.ufunc) -> IntArray:
        """Return the rule that clocks follow; between both sides of a change, the one before it or the one after."""
        begins = self.starts[1:] + side(self.ahead[:-1], self.ahead[1:])
        return np.searchsorted(begins, shown, side="right")


def are_in_nights_of_change(stamps: Moments, months: Sequence[int] = MONTHS_OF_CHANGES) -> BoolArray:
    """Return which stamps lie in the small hours of a Sunday in these months, when clocks of many zones change."""
    hours = stamps.astype("datetime64[h]").astype(np.int64) % 24
    weekdays = (stamps.astype("datetime64[D]").astype(np.int64) + 3) % 7  # 1970 began on a Thursday; 0 is Monday
    of_year = stamps.astype("datetime64[M]").astype(np.int64) % 12 + 1
    return np.asarray((weekdays == SUNDAY) & (hours <= LAST_SMALL_HOUR) & np.isin(of_year, months))


def clocks_of(zone: str, stamps: Moments) -> Clocks:
    """Return the clocks of a zone for the years of the stamps."""
    years = np.array([stamps.min(), stamps.max()]).astype("datetime64[Y]").astype(np.int64) + 1970
    return _clocks(zone, int(years[0]) - 1, int(years[1]) + 1)


@lru_cache(maxsize=64)
def _clocks(zone: str, first_year: int, last_year: int) -> Clocks:
    info = ZoneInfo(zone)
    first = datetime(first_year, 1, 1, tzinfo=UTC)
    changes = list(_changes(info, first, datetime(last_year + 1, 1, 1, tzinfo=UTC)))
    return Clocks(
        starts=np.array(
            [LONG_AGO, *((moment - EPOCH) // timedelta(microseconds=1) for moment, _ in changes)], np.int64
        ),
        ahead=np.array([_ahead(info, first), *(ahead for _, ahead in changes)], np.int64),
    )


def _changes(info: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[datetime, int]]:
    """Yield each moment from which clocks are ahead by another number of microseconds; none has two in a week."""
    before, ahead = first, _ahead(info, first)
    while before < last:
        after = before + WEEK
        if (new := _ahead(info, after)) != ahead:
            yield _change_between(info, before, after), new
            ahead = new
        before = after


def _change_between(info: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the first whole second with the later offset."""
    old = _ahead(info, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=1) // 2)
        before, after = (middle, after) if _ahead(info, middle) == old else (before, middle)
    return after


def _ahead(info: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(info).utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)


def _microseconds(stamps: Moments) -> IntArray:
    return np.asarray(stamps, "datetime64[us]").view(np.int64)


def _moments(microseconds: IntArray) -> Moments:
    return np.asarray(microseconds, np.int64).view("datetime64[us]")
