"""Which values are judged, by which version, and what was forecast for them one step ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray
from lstmcast.data.contract import check_contract
from lstmcast.data.grid.gaps import fill_missing
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.data.scaling import usual_change
from lstmcast.data.windows import Windows
from lstmcast.errors import ArtifactError, ContractError, NoModelError
from lstmcast.evaluation.anomalies import INSIDE, measure_misses
from lstmcast.jobs.common.version_data import trained_until
from lstmcast.network.ensemble import forecast_windows
from lstmcast.network.first_steps import first_steps
from lstmcast.network.scales import scale_for_members
from lstmcast.network.side_by_side import filled_side_by_side
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.versions import models_folder, previous_version

SMALLEST_SPREAD = 1e-3  # of the usual change: what a forecast can be sure of at most
AT_ONCE = 256  # windows; always so many, since the last bits of a product depend on how many rows it has, and on which

Ids = tuple[str, ...]


@dataclass(frozen=True)
class Judge:
    """A version, and up to which tick it was trained."""

    version: LoadedVersion
    until: int


@dataclass(frozen=True)
class Seen:
    """The values that came, by series and time, and what was forecast for those that can be judged."""

    line: IntArray  # (N,) the series, by its place in the panel that was read
    tick: IntArray
    value: FloatArray
    forecast: FloatArray  # one step ahead
    miss: FloatArray  # how far that missed the value; see `evaluation.anomalies`; NaN where nothing was forecast
    season_ago: FloatArray  # the value then, NaN where it is not known
    trained: BoolArray  # the version was trained on the value: it misses it by too little
    judge: IntArray  # the place of the version

    def take(self, chosen: IntArray | BoolArray) -> "Seen":
        """Return some of the values."""
        return Seen(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def find_judges(workspace: Path, first: LoadedVersion, alone: bool, reading: Reading) -> list[Judge]:
    """Return the version that judges, and behind it the one promoted before, for what the first was trained on."""
    judges = [Judge(first, _trained_until(first, reading.panel))]
    earlier = None if alone else previous_version(workspace)
    if earlier is None or earlier == first.id:
        return judges
    try:
        other = Judge(load_version(models_folder(workspace) / earlier), 0)
        other = replace(other, until=_trained_until(other.version, reading.panel))
        check_judge(other.version, reading)
    except (ArtifactError, ContractError, NoModelError):
        return judges  # the first one can do without
    return [*judges, other] if other.until < judges[0].until else judges


def check_judge(version: LoadedVersion, reading: Reading) -> None:
    """Refuse data that the version knows nothing of; values at or below zero are strange, not unfit."""
    panel, contract = reading.panel, version.artifact.contract
    check_contract(panel, panel.frequency.to_json(), contract.changed({"positive": False}))


def see_values(panel: Panel, judges: Sequence[Judge], after: Mapping[Ids, int]) -> Seen:
    """Return the values of each series after its tick in `after`, or all of them, with the forecasts for them."""
    lines = _lines(panel)
    panel = _as_known_then(panel)
    spec = judges[0].version.artifact.spec
    least = spec.least_past
    windows = _origins(panel, lines, after)
    tick: IntArray = panel.first[windows.series] + windows.origin
    judge, trained = _choose_judges(tick, judges)
    forecast, miss = np.full((2, len(tick)), np.nan)
    for place, one in enumerate(judges):
        here = np.flatnonzero((judge == place) & (windows.origin >= least))
        if len(here):
            chosen = Windows(windows.series[here], windows.origin[here])
            forecast[here], miss[here] = _forecast(panel, one, chosen, least)
    values = panel.values[panel.offsets[windows.series] + windows.origin]
    miss[~np.isfinite(miss)] = np.nan
    season_ago = _season_ago(panel, windows, spec.season)
    seen = Seen(lines[windows.series], tick, values, forecast, miss, season_ago, trained, judge)
    return seen.take(np.lexsort((tick, seen.line)))


def _trained_until(version: LoadedVersion, panel: Panel) -> int:
    until = trained_until(version.artifact)
    return int(panel.cutoffs.max()) if until is None else until  # of an older release: take all for known


def _as_known_then(panel: Panel) -> Panel:
    """Return all parts of all series, gaps filled from before alone: nothing may hint at the value after a gap."""
    panel = panel.with_earlier()
    if not panel.filled.any():
        return panel
    values, filled = np.where(panel.filled, np.nan, panel.values), np.flatnonzero(panel.filled)
    values[filled] = fill_missing(values, filled, panel.offsets, "previous", None)
    return replace(panel, values=values)


def _lines(panel: Panel) -> IntArray:
    """Return, for each part of a series, the place of that series."""
    if panel.earlier is None:
        return np.arange(panel.series_count)
    places = {panel.ids_of(series): series for series in range(panel.series_count)}
    earlier = [places[panel.earlier.ids_of(part)] for part in range(panel.earlier.series_count)]
    return np.append(np.arange(panel.series_count), earlier)


def _season_ago(panel: Panel, windows: Windows, season: int) -> FloatArray:
    """Return the value a season before the step after each origin, where one was observed."""
    there = windows.origin >= season
    rows = panel.offsets[windows.series] + np.where(there, windows.origin - season, 0)
    return np.where(there & ~panel.filled[rows], panel.values[rows], np.nan)


def _origins(panel: Panel, lines: IntArray, after: Mapping[Ids, int]) -> Windows:
    """Return the windows whose first step is an observed value that came after."""
    first = np.zeros(panel.series_count, np.int64)
    for part in range(panel.series_count) if after else ():
        newest = after.get(panel.ids_of(int(lines[part])))
        if newest is not None:
            first[part] = max(0, newest - int(panel.first[part]) + 1)
    counts = np.maximum(panel.known - first, 0)
    series = np.repeat(np.arange(panel.series_count), counts)
    origin = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + first[series]
    observed = ~panel.filled[panel.offsets[series] + origin]
    return Windows(series[observed], origin[observed])


def _choose_judges(tick: IntArray, judges: Sequence[Judge]) -> tuple[IntArray, BoolArray]:
    """Return the first version that was not trained on each value, and whether there is none: then it is the first."""
    unseen: BoolArray = np.stack([tick > one.until for one in judges])
    return np.argmax(unseen, axis=0), np.asarray(~unseen.any(axis=0))


def _cut(panel: Panel, known: IntArray) -> Panel:
    """Return the first `known` rows of each series and nothing else: the last bits of a sum depend on all its rows."""
    rows = np.flatnonzero(panel.until(known).is_known)
    return replace(
        panel,
        offsets=np.append(0, np.cumsum(known)),
        known=known,
        values=panel.values[rows],
        filled=panel.filled[rows],
        past=panel.past[rows],
        future=panel.future[rows],
    )


def lay_out(windows: Windows) -> tuple[Windows, IntArray]:
    """Return windows to stand side by side, `AT_ONCE` at a time, and the places of those that are judged among them.

    Each has the same place in its batch whichever others are judged in the same run, for the same product may end in
    another bit at another place. The rest are the first one and the one before it in turn: a batch that ends at one
    moment is made in another way.
    """
    place = (windows.series + windows.origin) % (AT_ONCE - 2)
    order = np.argsort(place, kind="stable")
    _, first, count = np.unique(place[order], return_index=True, return_counts=True)
    batch = np.empty_like(place)
    batch[order] = np.arange(len(place)) - np.repeat(first, count)
    places = batch * AT_ONCE + place
    length = (int(batch.max()) + 1) * AT_ONCE
    laid = Windows(np.full(length, windows.series[0]), windows.origin[0] - np.arange(length) % 2)
    laid.series[places], laid.origin[places] = windows.series, windows.origin
    return laid, places


def _forecast(panel: Panel, judge: Judge, windows: Windows, least: int) -> tuple[FloatArray, FloatArray]:
    """Return the median for the step after each origin, and by how much the value there missed it."""
    artifact = judge.version.artifact
    trained = np.clip(judge.until - panel.first + 1, 0, panel.known)
    past = _cut(panel, np.where(trained >= least, trained, panel.known))  # scales stay, however much has come since
    cut = first_steps(artifact.ensemble, 1)
    scaled = scale_for_members(panel, past, cut.spec, cut.spec.members, cut.calibration.measure)

    laid, places = lay_out(windows)

    def of_first_steps(part: slice) -> FloatArray:
        some = Windows(laid.series[part], laid.origin[part])
        return forecast_windows(scaled, some, cut)[:, 0]

    parts = [slice(start, start + AT_ONCE) for start in range(0, len(laid), AT_ONCE)]
    quantiles = filled_side_by_side(of_first_steps, parts, (len(laid), len(cut.spec.quantiles)))[places]
    wanted = (0.5 - INSIDE / 2, 0.5, 0.5 + INSIDE / 2)
    low, middle, high = map(cut.spec.place_of, wanted)
    change = usual_change(past, cut.spec.season)[windows.series]
    least_spread = SMALLEST_SPREAD * change + np.finfo(np.float32).eps * np.abs(quantiles[:, middle])
    least_spread = np.where(np.isfinite(least_spread), np.maximum(least_spread, np.finfo(np.float32).tiny), 1.0)
    values = panel.values[panel.offsets[windows.series] + windows.origin]
    return quantiles[:, middle], measure_misses(values, quantiles, (low, middle, high), least_spread)
