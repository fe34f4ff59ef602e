"""Which windows are explained: the one that is asked for, the newest of a typical series, or many over all series."""

from contextlib import suppress

import numpy as np

from lstmcast.arrays import BoolArray, IntArray
from lstmcast.data.grid.span import first_named
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.data.scaling import usual_change
from lstmcast.data.windows import Windows
from lstmcast.errors import ConfigError, ShortError
from lstmcast.network.spec import ModelSpec
from lstmcast.spelling import did_you_mean

FEWEST = 3  # values that anything can be said about
MOST_NAMES = 1000  # among which the nearest is looked for


def choose_window(reading: Reading, spec: ModelSpec, series: str | None, origin: str | None) -> Windows:
    """Return the window of `series` (or of the most typical one) whose last known time is `origin` (or the newest)."""
    panel = reading.panel
    place = typical_series(panel, spec) if series is None else _find_series(panel, series)
    newest = int(_newest_origins(panel, spec)[place])
    known = newest if origin is None else _find_origin(reading, place, origin)
    least = _least_past(panel, spec)
    name = panel.name_of(place)
    if known < least:
        ways = ["a later --origin"] * (known < newest) + ["another --series"] * (panel.series_count > 1)
        raise ShortError(
            f"series {name!r}: {known} values are known then, at least {least} are needed; "
            + (f"name {', or '.join(ways)}" if ways else "give it more of the past")
        )
    if known > newest:
        raise ShortError(
            f"series {name!r}: {', '.join(panel.future_names)} must be known {spec.horizon} steps after the origin, "
            "and the data end before; name an earlier --origin, or add the rows"
        )
    return Windows(np.array([place]), np.array([known]))


def choose_windows(panel: Panel, spec: ModelSpec, count: int) -> Windows:
    """Return up to `count` windows spread over series and time, a horizon apart, all with an equally long context."""
    newest = _newest_origins(panel, spec)
    length = min(max(spec.context, spec.least_past), int(newest.max()))
    if length < FEWEST:
        raise ShortError(f"data: the longest series has {length} known values, at least {FEWEST} are needed")
    series, origins, back = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
    while sum(map(len, series)) < count:
        origin = newest - back * spec.horizon
        usable = np.flatnonzero(origin >= length)
        if not len(usable):
            break
        series.append(usable)
        origins.append(origin[usable])
        back += 1
    every, known = np.concatenate(series), np.concatenate(origins)
    places = np.unique(np.linspace(0, len(every) - 1, min(count, len(every))).astype(np.int64))
    return Windows(every[places], known[places])


def typical_series(panel: Panel, spec: ModelSpec) -> int:
    """Return the series whose usual change against its size is the median one, among those with the most past."""
    if panel.series_count == 1:
        return 0
    newest = _newest_origins(panel, spec)
    enough = newest >= min(spec.context, int(newest.max()))
    change = usual_change(panel, spec.season) / _mean_size(panel)
    candidates = np.flatnonzero(enough)
    order = candidates[np.argsort(change[candidates], kind="stable")]
    return int(order[(len(order) - 1) // 2])


def _newest_origins(panel: Panel, spec: ModelSpec) -> IntArray:
    """Return the newest origin of each series from which all is known that the forecast needs."""
    rows = np.diff(panel.offsets)
    return np.minimum(panel.known, rows - spec.horizon) if panel.future_names else panel.known


def _least_past(panel: Panel, spec: ModelSpec) -> int:
    """Return how many values have to be known: those of two seasons, or all where that is less."""
    return max(FEWEST, min(spec.least_past, int(_newest_origins(panel, spec).max())))


def _find_series(panel: Panel, name: str) -> int:
    """Return the place of the series with that name."""
    matches = _is_named(panel, name)
    if matches.any():
        return int(np.argmax(matches))
    names = [panel.name_of(place) for place in range(min(panel.series_count, MOST_NAMES))]
    raise ConfigError(
        f"--series: there is no series {name!r}{did_you_mean(name, names)}; "
        "where series have several ids, join them by /"
    )


def _find_origin(reading: Reading, series: int, text: str) -> int:
    """Return how many values of the series are known at the time `text`, in the format of the data or in ISO 8601."""
    panel = reading.panel
    stamps = panel.frequency.stamps(panel.first[series] + np.arange(panel.known[series]))
    texts = reading.time_format.render(stamps)
    found = texts == text
    if not found.any() and stamps.dtype.kind == "M":
        with suppress(ConfigError):  # of all that it could be said of, it is said below
            found = stamps == first_named(text, "--origin", reading.time_format)
    if not found.any():
        raise ConfigError(
            f"--origin: {text!r} is no known time of series {panel.name_of(series)!r}, which runs from {texts[0]} to "
            f"{texts[-1]}; write it as the data do"
        )
    return int(np.argmax(found)) + 1


def _is_named(panel: Panel, name: str) -> BoolArray:
    if not panel.ids:
        return np.array([name == panel.target])
    joined = panel.ids[0].astype(str).astype(object)
    for column in panel.ids[1:]:
        joined = joined + "/" + column.astype(str).astype(object)
    return np.asarray(joined == name)


def _mean_size(panel: Panel) -> np.ndarray:
    sizes = np.add.reduceat(np.nan_to_num(np.abs(panel.values)), panel.offsets[:-1]) / np.maximum(panel.known, 1)
    return np.where(sizes > 0, sizes, 1.0)
