"""The forecasts that a workspace has published: the newest one for its readers, and each one kept by its origin.

A manifest names the SHA-256 of its forecast, so that a pair which a killed run left mixed is seen, never believed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.data.clock.times import Frequency
from lstmcast.errors import ArtifactError
from lstmcast.files import Content, hash_bytes, reporting_failure
from lstmcast.kinds import Limits
from lstmcast.records import Record
from lstmcast.store.damage import DamagedForecastError
from lstmcast.store.manifest import Checksum
from lstmcast.store.members import list_names, read_small_file
from lstmcast.store.moments import Moment, Tick
from lstmcast.store.strict_json import parse_record

FORECASTS = "forecasts"
FORECAST = "forecast.csv"
PLOT = "forecast.png"
MOST_SERIES = 100_000_000

_MANIFEST = ".manifest.json"
_ORIGIN = re.compile(r"-?[0-9]{1,19}|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{6}(\.[0-9]{6})?)?")
_LARGEST_MANIFEST = 32 * 2**20
_LARGEST_FORECAST = 4 * 2**30


class ForecastManifest(Record):
    """Where a forecast comes from."""

    model: str  # the id of a version, or the name of a baseline
    lstmcast: str
    created: Moment
    cutoff: str  # the newest known time, in the user's own format
    origin: str  # the same as a plain name
    target: str
    id_names: tuple[str, ...]
    frequency: dict[str, str | int]
    cutoff_ticks: Tick | tuple[Tick, ...]  # of each series in the order of the rows; one number if all are the same
    series: Annotated[int, Limits(ge=1, le=MOST_SERIES)]
    horizon: Annotated[int, Limits(ge=1, le=100_000)]
    levels: tuple[int | float, ...]
    seed: int | None  # that of the version
    data_fingerprint: str
    config_fingerprint: str
    rows_read: int
    values_filled: int
    covariates_filled: int
    duplicates_dropped: int
    left_out: tuple[str, ...]  # series that could not be forecast
    notes: tuple[str, ...]
    sha256: Checksum  # of the forecast
    stretch: Annotated[float, Limits(gt=0)] = 1.0  # how many times as wide as after training the bands are

    @property
    def when(self) -> datetime:
        """Return when it was published."""
        return datetime.fromisoformat(self.created)

    @property
    def ticks(self) -> IntArray:
        """Return the tick of the last known value of each series, in the order of the rows."""
        return np.broadcast_to(np.asarray(self.cutoff_ticks, np.int64), self.series)

    @property
    def newest_tick(self) -> int:
        """Return the tick of the newest known value."""
        return int(self.ticks.max())

    @property
    def end(self) -> datetime | None:
        """Return when the last step of the horizon is; None if steps have no time."""
        frequency = Frequency.from_json(self.frequency)
        if frequency.kind == "integer":
            return None
        stamp = frequency.stamps(np.array([self.newest_tick + self.horizon]))[0]
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(stamp.astype("datetime64[us]").view("i8")))


@dataclass(frozen=True)
class PublishedForecast:
    """A forecast whose manifest belongs to it."""

    manifest: ForecastManifest
    csv: bytes


def name_origin(frequency: Frequency, tick: int) -> str:
    """Return the plain name of a time, which sorts as time does for stamps: `2024-01-14T060000`."""
    stamp = frequency.stamps(np.array([tick]))[0]
    if frequency.kind == "integer":
        return str(int(stamp))
    day, _, clock = str(stamp.astype("datetime64[us]")).partition("T")
    clock = clock.replace(":", "").removesuffix(".000000")
    return day if clock == "000000" else f"{day}T{clock}"


def parse_origin(name: str) -> np.datetime64 | np.int64:
    """Return the time, or the whole-number step, of such a plain name; anything else is a ValueError."""
    if not _ORIGIN.fullmatch(name):
        raise ValueError(f"{name[:50]!r} is no origin")
    if "-" not in name[1:]:
        if abs(int(name)) > np.iinfo(np.int64).max:
            raise ValueError(f"{name} is too large")
        return np.int64(name)
    day, _, clock = name.partition("T")
    return np.datetime64(f"{day}T{clock[:2]}:{clock[2:4]}:{clock[4:]}" if clock else day, "us")


def manifest_path(forecast: Path) -> Path:
    """Return where the manifest of a forecast file lies."""
    return forecast.parent / f"{forecast.stem}{_MANIFEST}"  # of "/", too, which has no name


def kept_path(workspace: Path, origin: str) -> Path:
    """Return where the forecast of an origin is kept."""
    return workspace / FORECASTS / f"{origin}.csv"


def list_origins(workspace: Path) -> tuple[str, ...]:
    """Return the names of all origins with a kept forecast, the oldest first."""
    names = list_names(workspace / FORECASTS)
    origins = (name.removesuffix(_MANIFEST) for name in names if name.endswith(_MANIFEST))
    return tuple(sorted(filter(_ORIGIN.fullmatch, origins), key=_in_time))


def read_manifest(forecast: Path) -> ForecastManifest | None:
    """Return the manifest beside a forecast file, or None if there is none."""
    path = manifest_path(forecast)
    content = read_small_file(path, _LARGEST_MANIFEST, DamagedForecastError)
    if content is None:
        return None
    manifest = parse_record(ForecastManifest, content, path, DamagedForecastError)
    if isinstance(manifest.cutoff_ticks, tuple) and len(manifest.cutoff_ticks) != manifest.series:
        raise DamagedForecastError(f"{path}: has not one cutoff for each series")
    try:
        _ = manifest.end
    except (ValueError, OverflowError) as error:
        raise DamagedForecastError(f"{path}: {error}") from error
    return manifest


def read_forecast(forecast: Path) -> PublishedForecast | None:
    """Return a forecast file with its manifest; None if one of them is not there, or they do not belong together."""
    manifest = read_manifest(forecast)
    if manifest is None:
        return None
    content = read_small_file(forecast, _LARGEST_FORECAST, DamagedForecastError)
    if content is None or hash_bytes(content) != manifest.sha256:
        return None
    return PublishedForecast(manifest, content)


def render_manifest(manifest: ForecastManifest) -> bytes:
    """Return the manifest as JSON for people and programs."""
    return f"{manifest.as_json(indent=2)}\n".encode()


def forecast_contents(workspace: Path, origin: str, csv: Content, manifest: bytes) -> Mapping[Path, Content]:
    """Return the files of a published forecast in the order in which they are to appear: for its readers last."""
    contents: dict[Path, Content] = {}
    for path in (kept_path(workspace, origin), workspace / FORECAST):
        contents |= {manifest_path(path): manifest, path: csv}
    return contents


def remove_old(workspace: Path, age: timedelta, now: datetime) -> tuple[str, ...]:
    """Remove kept forecasts whose horizon ended so long ago, and return their origins; the newest one stays.

    That has to be so by the clock, and beside the end of the newest one: by a clock that is wrong for an hour, all of
    them are old. Where steps have no time, there is nothing but the clock, and age counts from the day of publishing.
    """
    spans = {origin: span for origin in list_origins(workspace) if (span := _span_of(workspace, origin)) is not None}
    newest = max((end for _, end in spans.values() if end is not None), default=None)
    removed = []
    for origin, (published, end) in tuple(spans.items())[:-1]:
        ages = [now - published] if end is None or newest is None else [now - max(published, end), newest - end]
        if min(ages) > age:
            path = kept_path(workspace, origin)
            for each in (path, manifest_path(path)):  # the manifest last: it is what says that there is one
                with reporting_failure(each, "be removed"):
                    each.unlink(missing_ok=True)
            removed.append(origin)
    return tuple(removed)


def plain_ticks(ticks: IntArray) -> int | tuple[int, ...]:
    """Return ticks as a manifest holds them."""
    return int(ticks[0]) if (ticks == ticks[0]).all() else tuple(ticks.tolist())


def _span_of(workspace: Path, origin: str) -> tuple[datetime, datetime | None] | None:
    """Return when a kept forecast was published and when it ends; None of a damaged one: people may look at it."""
    try:
        manifest = read_manifest(kept_path(workspace, origin))
    except ArtifactError:
        return None
    return None if manifest is None else (manifest.when, manifest.end)


def _in_time(origin: str) -> tuple[int, str]:
    return (0, origin) if "-" in origin[1:] else (int(origin), "")
