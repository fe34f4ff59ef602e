"""Whether data are of now: not too old to forecast from, and not from the future."""

from datetime import UTC, datetime, timedelta

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.config.durations import parse_duration
from lstmcast.data.clock.zones import Moments
from lstmcast.data.contract import UNSEEN, Contract, places_of
from lstmcast.data.read import Reading
from lstmcast.errors import ConfigError, StaleError
from lstmcast.plurals import name_some

NAMED = 3  # series in a message
FARTHEST_ZONE = timedelta(hours=14)  # a clock without a zone may be ahead of UTC by so much


def check_not_from_the_future(reading: Reading, now: datetime) -> None:
    """Raise a StaleError if the newest known value lies after `now`."""
    newest = _newest(reading)
    if newest is not None and newest > now + (timedelta(0) if reading.time_format.names_moments else FARTHEST_ZONE):
        raise StaleError(
            f"data: the newest row is of {_shown(newest)}, after now ({_shown(now)}); check the clock and the file"
        )


def check_fresh(reading: Reading, max_age: str | None, now: datetime, contract: Contract | None = None) -> None:
    """Raise a StaleError if the newest known value is older than `max_age`, or lies after `now`.

    With the contract of a model, so must be that of each series, unless it was as late when the model was trained.
    """
    check_not_from_the_future(reading, now)
    newest = _newest(reading)
    if max_age is None:
        return
    if newest is None:
        raise ConfigError("job.max_age: whole-number steps have no age; set it to null")
    longest = parse_duration(max_age)
    if now - newest > longest:
        raise StaleError(
            f"data: the newest row is of {_shown(newest)}, {_days(now - newest)} before now, "
            f"and job.max_age is {max_age}; wait for new data, or raise it"
        )
    stopped = [] if contract is None else _stopped(reading, contract, longest, now)
    if stopped:
        panel, first = reading.panel, stopped[0]
        names = name_some([repr(panel.name_of(series)) for series in stopped[:NAMED]], len(stopped))
        since = _moments(reading, panel.cutoffs[[first]])[0]
        raise StaleError(
            f"data: {len(stopped):,} of the {panel.series_count:,} series stopped: {names}, whose newest row is of "
            f"{_shown(since)}, {_days(now - since)} before now, and job.max_age is {max_age}; wait for new rows, or "
            "train again if none are to come"
        ).of(panel.ids_of(first))


def notes_of(reading: Reading, horizon: int) -> tuple[str, ...]:
    """Return what reading noted, and which series end so early that their forecasts lie in the past."""
    panel = reading.panel
    early = np.flatnonzero(panel.cutoffs.max() - panel.cutoffs >= horizon)
    if not len(early):
        return reading.notes
    first = int(early[np.argmin(panel.cutoffs[early])])
    (last,) = reading.time_format.render(panel.frequency.stamps(panel.cutoffs[[first]]))
    early_ones = f"{len(early):,} of the {panel.series_count:,} series end" if len(early) > 1 else "a series ends"
    theirs = "their forecasts are" if len(early) > 1 else "its forecast is"
    which = f"({panel.name_of(first)!r} at {last})"
    return (*reading.notes, f"{early_ones} {horizon} steps or more before the others {which}: {theirs} of the past")


def age_of_newest(reading: Reading, now: datetime) -> timedelta | None:
    """Return how long ago the newest known value was; None where steps have no time."""
    newest = _newest(reading)
    return None if newest is None else now - newest


def _stopped(reading: Reading, contract: Contract, longest: timedelta, now: datetime) -> list[int]:
    """Return the series that end too early, the earliest first, and did not when the model was trained."""
    panel = reading.panel
    late = np.flatnonzero(panel.cutoffs < panel.cutoffs.max())
    if not len(late) or panel.id_names != contract.id_names:
        return []
    places = places_of(panel, contract)[late]
    behind = np.asarray(contract.behind)[places] if contract.behind else np.zeros(len(late), np.int64)
    newest = panel.cutoffs.max()
    limit, end = np.timedelta64(longest), np.full(len(late), newest)
    was_late = _to_utc(reading, end) - _to_utc(reading, end - behind) > limit
    ages = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "us") - _to_utc(reading, panel.cutoffs[late])
    chosen = late[(ages > limit) & ~was_late & (places != UNSEEN)]
    return [int(series) for series in chosen[np.argsort(panel.cutoffs[chosen], kind="stable")]]


def _newest(reading: Reading) -> datetime | None:
    if reading.time_format.kind not in ("stamp", "epoch", "serial"):
        return None
    return _moments(reading, np.array([reading.panel.cutoffs.max()]))[0]


def _moments(reading: Reading, ticks: IntArray) -> list[datetime]:
    counts = _to_utc(reading, ticks).astype(np.int64).tolist()
    return [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=count) for count in counts]


def _to_utc(reading: Reading, ticks: IntArray) -> Moments:
    stamps = np.asarray(reading.panel.frequency.stamps(ticks), "datetime64[us]")
    return reading.time_format.to_utc(stamps).astype("datetime64[us]")


def _days(age: timedelta) -> str:
    return f"{age.total_seconds() / 86400:.1f} days"


def _shown(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
