"""What a report is made of: whatever the workspace holds, and for what it lacks the command that makes it."""

import csv
import io
from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.panel import Panel
from lstmcast.data.written.text_cells import escape_formula
from lstmcast.errors import ArtifactError, LstmcastError, NoModelError
from lstmcast.jobs.backtesting.backtest_result import metric_with_score
from lstmcast.jobs.common.folders import BACKTEST, EXPLAIN, EXPLANATION
from lstmcast.records import Record
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.damage import DamagedError, DamagedForecastError
from lstmcast.store.forecasts import FORECAST, PublishedForecast, read_forecast
from lstmcast.store.members import read_small_file
from lstmcast.store.strict_json import parse_known
from lstmcast.store.versions import resolve_version

LARGEST_DOCUMENT = 64 * 2**20  # bytes
LARGEST_TABLE = 1024 * 2**20  # bytes; a forecast of 100,000 series
Key = tuple[str, ...]  # the ids of a series, as the files write them
Cell = float | str | None
Document = TypeVar("Document", bound=Record)


class BacktestDocument(Record):
    """What is read of backtest/backtest.json."""

    model: str
    refit: str
    metric: str
    origins: list[str]
    series: int
    scores: list[dict[str, Cell]]
    skill: list[dict[str, Cell]]
    coverage: list[dict[str, float | None]]
    by_step: list[dict[str, Cell]]
    by_origin: list[dict[str, Cell]]
    notes: list[str]


class ExplainDocument(Record):
    """What is read of explain/explain.json."""

    version: str
    windows: str
    words: dict[str, list[str]]


@dataclass(frozen=True)
class SeriesForecast:
    """The published forecast of one series."""

    times: tuple[str, ...]
    cutoff: str
    median: FloatArray  # (H,)
    bands: Mapping[str, tuple[FloatArray, FloatArray]]  # by level, as the columns name it


def find_version(workspace: Path, name: str | None) -> LoadedVersion | None:
    """Return the version that is named, or the current one if there is one."""
    try:
        return load_version(resolve_version(workspace, name))
    except NoModelError:
        if name is not None:
            raise
        return None


def read_backtest(workspace: Path) -> BacktestDocument | None:
    """Return the newest backtest, if there is a sound one; where the score that decides is absent, by another one."""
    found = _document(workspace / BACKTEST / "backtest.json", BacktestDocument)
    return found and found.changed({"metric": metric_with_score(found.scores, found.metric)})


def read_explanation(workspace: Path) -> ExplainDocument | None:
    """Return what `explain` found last."""
    return _document(workspace / EXPLAIN / EXPLANATION, ExplainDocument)


def read_published(workspace: Path) -> tuple[PublishedForecast | None, str | None]:
    """Return the published forecast, if there is one, or why it cannot be shown."""
    try:
        return read_forecast(workspace / FORECAST), None
    except LstmcastError as error:
        return None, str(error)


def forecasts_of(published: PublishedForecast, wanted: Container[Key] | None, most: int) -> dict[Key, SeriesForecast]:
    """Return the published forecasts of the wanted series, of the first ones if none are named.

    A file with other columns than a forecast has, or without numbers in them, is refused by a DamagedForecastError.
    """
    id_names = tuple(map(escape_formula, published.manifest.id_names))
    rows: dict[Key, list[dict[str, str]]] = {}
    for row in rows_of(published.csv.decode(errors="replace")):
        key = tuple(row.get(name, "") for name in id_names)
        if key in rows or ((wanted is None or key in wanted) and len(rows) < most):
            rows.setdefault(key, []).append(row)
    try:
        return {key: _forecast(listed, id_names) for key, listed in rows.items()}
    except (KeyError, ValueError) as error:
        raise DamagedForecastError(f"{FORECAST}: is no forecast, for all its manifest says: {error}") from error


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV in the workspace; none where it is not there."""
    content = _content(path, LARGEST_TABLE)
    if content:
        yield from rows_of(content.decode(errors="replace"))


def rows_of(table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV, as far as it is one; what is beyond the columns of the header is left out."""
    with suppress(csv.Error):
        for row in csv.DictReader(io.StringIO(table, newline=""), restval=""):
            yield {name: cell for name, cell in row.items() if name is not None}


def key_of(panel: Panel, series: int) -> Key:
    """Return the ids of a series as files write them."""
    return tuple(escape_formula(str(column[series])) for column in panel.ids)


def number(cell: object) -> float:
    """Return a cell as a number; NaN where there is none."""
    try:
        return float(cell)  # type: ignore[arg-type]  # whatever a file may hold
    except (TypeError, ValueError):
        return float("nan")


def _forecast(rows: list[dict[str, str]], id_names: tuple[str, ...]) -> SeriesForecast:
    names = list(rows[0])
    times = [name for name in names[: names.index("cutoff")] if name not in id_names]
    levels = [name.removeprefix("lo-") for name in names if name.startswith("lo-")]
    columns = {name: np.array([float(row[name]) for row in rows]) for name in names[names.index("forecast") :]}
    return SeriesForecast(
        times=tuple(" ".join(row[name] for name in times) for row in rows),
        cutoff=rows[0]["cutoff"],
        median=columns["forecast"],
        bands={level: (columns[f"lo-{level}"], columns[f"hi-{level}"]) for level in levels},
    )


def _document(path: Path, kind: type[Document]) -> Document | None:
    content = _content(path, LARGEST_DOCUMENT)
    if content is None:
        return None
    try:
        return parse_known(kind, content, path)
    except ArtifactError:
        return None  # of another release, or damaged: the page says how to make it anew


def _content(path: Path, limit: int) -> bytes | None:
    try:
        return read_small_file(path, limit, DamagedError)
    except LstmcastError:
        return None  # a link, a device or a giant is no file of ours
