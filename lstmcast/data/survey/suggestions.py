"""Which of the columns that are left over could help a forecast, and how."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.covariate.categories import MOST
from lstmcast.data.survey.columns import Column


@dataclass(frozen=True)
class Suggestions:
    """Columns that may help: those that change in time, and those that are the same in all rows of a series."""

    changing: tuple[str, ...]
    static: tuple[str, ...]


def suggest_helpers(
    columns: Mapping[str, Column], numbers: Iterable[str], others: Iterable[str], series: IntArray
) -> Suggestions:
    """Return what could help of columns of numbers, and of others if they are texts of few kinds."""
    texts = (name for name in others if _has_few_kinds(columns[name]))
    candidates = [*numbers, *texts]
    static = find_static(columns, candidates, series)
    return Suggestions(tuple(name for name in candidates if name not in static), static)


def find_static(columns: Mapping[str, Column], names: Iterable[str], series: IntArray) -> tuple[str, ...]:
    """Return the columns whose cells differ between series and never within one."""
    return tuple(name for name in names if _is_static(_cells(columns[name]), series))


def _has_few_kinds(column: Column) -> bool:
    is_text = column.codes is not None and not column.styles and column.odd is None and not column.time_formats
    kinds = column.distinct + (column.codes is not None and bool((column.codes < 0).any()))
    return is_text and column.filled > 0 and kinds > 1 and column.distinct <= MOST


def _cells(column: Column) -> FloatArray:
    """Return a number for each cell, NaN where it is empty."""
    if column.values is not None:
        return column.values
    assert column.codes is not None
    return np.where(column.codes < 0, np.nan, column.codes)


def _is_static(cells: FloatArray, series: IntArray) -> bool:
    """Return whether cells differ between series and never within one, which some have several rows to show."""
    count = int(series.max()) + 1
    filled = ~np.isnan(cells)
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, series[filled], cells[filled])
    np.maximum.at(high, series[filled], cells[filled])
    has_rows = np.bincount(series[filled], minlength=count)
    return count > 1 and bool((has_rows > 1).any() and (low >= high).all() and len(np.unique(low)) > 1)
