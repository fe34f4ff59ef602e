"""What an exported forecaster is fed with: the newest rows of some series, cut out of a panel."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.panel import Panel
from lstmcast.data.windows import Windows
from lstmcast.network.spec import ModelSpec

Feed = dict[str, npt.NDArray[np.float32]]  # by the names of `graph.build_graph`


def choose_windows(panel: Panel, spec: ModelSpec, most: int) -> Windows:
    """Return the newest window of series from all over the panel; with what is known ahead, where that is read."""
    series = np.unique(np.linspace(0, panel.series_count - 1, most).astype(np.int64))
    origin = panel.known[series]
    if spec.future:
        origin = np.minimum(origin, np.diff(panel.offsets)[series] - spec.horizon)
    return Windows(series[origin >= 2], origin[origin >= 2])


def cut_panel(panel: Panel, windows: Windows, rows: int, horizon: int) -> Panel:
    """Return each window as a series of its own: at most so many rows before its origin, and the horizon unknown."""
    known = np.minimum(windows.origin, rows)
    first = panel.offsets[windows.series] + windows.origin - known
    last = np.minimum(first + known + horizon, panel.offsets[windows.series + 1])
    offsets = np.append(0, np.cumsum(last - first))
    place = np.concatenate([np.arange(*ends) for ends in zip(first, last, strict=True)])
    cut = replace(
        panel,
        ids=tuple(column[windows.series] for column in panel.ids),
        offsets=offsets,
        known=known,
        first=panel.first[windows.series] + windows.origin - known,
        values=panel.values[place],
        filled=np.zeros(len(place), bool),
        past=panel.past[place],
        future=panel.future[place],
        earlier=None,
        interpolated=False,
    )
    is_known = cut.is_known
    return replace(
        cut,
        values=np.where(is_known, cut.values, np.nan),
        past=np.where(is_known[:, None], cut.past, np.nan),
    )


def feed_of(cut: Panel, spec: ModelSpec, rows: int) -> Feed:
    """Return a cut panel as what goes in; what is not there is NaN."""
    begins = rows - cut.known
    feed = {"values": _laid_out(cut, cut.values[:, None], begins, rows)[..., 0]}
    if spec.past:
        feed["past"] = _laid_out(cut, cut.past, begins, rows)
    if spec.future:
        feed["future"] = _laid_out(cut, cut.future, begins, rows + spec.horizon)
    if spec.calendar:
        first_step = (cut.first + cut.known)[:, None]
        feed["calendar"] = np.mod(first_step, [cycle.period for cycle in spec.calendar]).astype(np.float32)
    return feed


def _laid_out(cut: Panel, columns: FloatArray, begins: IntArray, rows: int) -> npt.NDArray[np.float32]:
    """Return (N, rows, F) columns, those of each series from the row on where it begins."""
    laid = np.full((cut.series_count, rows, columns.shape[1]), np.nan, np.float32)
    series = cut.series_of_row
    place = np.arange(len(series)) - cut.offsets[series] + begins[series]
    inside = place < rows
    laid[series[inside], place[inside]] = columns[inside]
    return laid
