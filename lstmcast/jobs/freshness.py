"""Whether data are of now: not too old to forecast from, and not from the future."""

from datetime import UTC, datetime, timedelta

import numpy as np

from lstmcast.config.durations import parse_duration
from lstmcast.data.read import Reading
from lstmcast.errors import ConfigError, StaleError

FARTHEST_ZONE = timedelta(hours=14)  # a clock without a zone may be ahead of UTC by so much


def check_not_from_the_future(reading: Reading, now: datetime) -> None:
    """Raise a StaleError if the newest known value lies after `now`."""
    newest = _newest(reading)
    if newest is not None and newest > now + (timedelta(0) if reading.time_format.names_moments else FARTHEST_ZONE):
        raise StaleError(
            f"data: the newest row is of {_shown(newest)}, after now ({_shown(now)}); check the clock and the file"
        )


def check_fresh(reading: Reading, max_age: str | None, now: datetime) -> None:
    """Raise a StaleError if the newest known value is older than `max_age`, or lies after `now`."""
    check_not_from_the_future(reading, now)
    newest = _newest(reading)
    if max_age is None:
        return
    if newest is None:
        raise ConfigError("job.max_age: whole-number steps have no age; set it to null")
    age = now - newest
    if age > parse_duration(max_age):
        raise StaleError(
            f"data: the newest row is of {_shown(newest)}, {age.total_seconds() / 86400:.1f} days before now, "
            f"and job.max_age is {max_age}; wait for new data, or raise it"
        )


def age_of_newest(reading: Reading, now: datetime) -> timedelta | None:
    """Return how long ago the newest known value was; None where steps have no time."""
    newest = _newest(reading)
    return None if newest is None else now - newest


def _newest(reading: Reading) -> datetime | None:
    if reading.time_format.kind not in ("stamp", "epoch", "serial"):
        return None
    newest = np.asarray(reading.panel.frequency.stamps(np.array([reading.panel.cutoffs.max()])), "datetime64[us]")
    stamp = reading.time_format.to_utc(newest)[0]
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        microseconds=int(stamp.astype("datetime64[us]").astype(np.int64))
    )


def _shown(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
