"""Reads back what was published: the rows of a forecast file as arrays, series after series."""

import io
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.panel import Panel
from lstmcast.data.written.text_cells import escape_formula


@dataclass(frozen=True)
class PublishedRows:
    """What a forecast file says: S series of H steps each, in the order of the file."""

    ids: tuple[tuple[str, ...], ...]  # of each series, as they stand in the file
    quantiles: tuple[float, ...]
    values: FloatArray  # (S, H, Q)


def parse_forecast(
    csv: bytes, id_names: tuple[str, ...], levels: tuple[float, ...], series: int, horizon: int
) -> PublishedRows:
    """Return the rows of a forecast file, or raise a ValueError if they are not what is expected."""
    bounds = {0.5: "forecast"}
    for level in levels:
        bounds |= {round(0.5 - level / 200, 6): f"lo-{level:g}", round(0.5 + level / 200, 6): f"hi-{level:g}"}
    quantiles = tuple(sorted(bounds))
    ids = [escape_formula(name) for name in id_names]
    types = dict.fromkeys(ids, "str") | dict.fromkeys(bounds.values(), "float64")
    frame = pd.read_csv(io.BytesIO(csv), usecols=list(types), dtype=types, keep_default_na=False)
    if len(frame) != series * horizon:
        raise ValueError(f"has {len(frame)} rows, where {series} series of {horizon} steps are expected")
    values = frame[[bounds[quantile] for quantile in quantiles]].to_numpy(np.float64)
    of_series = [frame[name].iloc[::horizon] for name in ids]
    return PublishedRows(
        ids=tuple(zip(*of_series, strict=True)) if ids else ((),) * series,
        quantiles=quantiles,
        values=values.reshape(series, horizon, len(quantiles)),
    )


def find_series(ids: tuple[tuple[str, ...], ...], panel: Panel) -> IntArray:
    """Return which series of the panel each of the forecast's is, -1 where it is there no more."""
    if not panel.ids:
        return np.zeros(len(ids), np.int64)
    columns = [[escape_formula(str(text)) for text in column] for column in panel.ids]
    places = {key: place for place, key in enumerate(zip(*columns, strict=True))}
    return np.array([places.get(key, -1) for key in ids], np.int64)
