"""A file that is laid on its grid as it is read gives what the general way gives, and so does one that just is not."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmcast.config.schema import DataConfig
from lstmcast.data.clock.times import parse_frequency
from lstmcast.data.read import read_panel
from lstmcast.data.straight import Straight, find_series, lay_straight
from lstmcast.data.table import csv_reading, plain_csv
from lstmcast.data.table.codes import Cycle, Runs
from lstmcast.errors import LstmcastError

EARLY = "1900-01-01"  # a `start` before all rows: the general way looks at each of them
Row = tuple[str, str, str]


def rows_of(ids: list[str], frequency: str, first: str, count: int) -> list[list[Row]]:
    grid = parse_frequency(frequency)
    start = int(grid.ticks(np.array([first], "datetime64[us]"))[0]) + 1
    stamps = [stamp.strftime("%Y-%m-%d %H:%M") for stamp in grid.stamps(start + np.arange(count)).tolist()]
    return [[(name, stamp, f"{place}.{row}") for row, stamp in enumerate(stamps)] for place, name in enumerate(ids)]


FAULTS: dict[str, Callable[[list[Row], int], list[Row]]] = {  # of the rows of one series
    "none": lambda rows, _: rows,
    "gap": lambda rows, at: [*rows[:at], *rows[at + 1 :]],
    "long gap": lambda rows, at: [*rows[:at], *rows[at + 30 :]],
    "duplicate": lambda rows, at: [*rows[: at + 1], *rows[at:]],
    "swapped": lambda rows, at: [*rows[: at - 1], rows[at], rows[at - 1], *rows[at + 1 :]],
    "early end": lambda rows, at: rows[:at],
    "late start": lambda rows, at: rows[at:],
    "missing value": lambda rows, at: [*rows[:at], (*rows[at][:2], ""), *rows[at + 1 :]],
    "missing last value": lambda rows, _: [*rows[:-1], (*rows[-1][:2], "")],
    "every second": lambda rows, _: rows[::2],
    "between": lambda rows, at: [*rows[:at], (rows[at][0], f"{rows[at][1][:-2]}07", rows[at][2]), *rows[at + 1 :]],
    "empty time": lambda rows, at: [*rows[:at], (rows[at][0], "", rows[at][2]), *rows[at + 1 :]],
    "empty id": lambda rows, at: [*rows[:at], ("", *rows[at][1:]), *rows[at + 1 :]],
    "falling": lambda rows, _: rows[::-1],
}
ORDERS: dict[str, Callable[[list[list[Row]]], list[list[Row]]]] = {  # of all rows
    "series by series": lambda series: series,
    "other order": lambda series: series[::-1],
    "one there twice": lambda series: [*series, series[0]],
    "in two parts": lambda series: [*(rows[:30] for rows in series), *(rows[30:] for rows in series)],
    "time by time": lambda series: [[rows[at] for rows in series] for at in range(min(map(len, series)))],
}


@contextmanager
def blocks_of(size: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_reading, "LARGE", 1)
        patch.setattr(plain_csv, "BLOCK", size)
        patch.setattr(plain_csv, "LEAST_LINES", 1)
        yield


def told_of(config: DataConfig, horizon: int | None) -> str:
    """Return all that a reading says, or why there is none."""
    try:
        found = read_panel(config, horizon=horizon)
    except LstmcastError as error:
        return f"{type(error).__name__}: {error}"
    return repr(plain(found))


def plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.dtype.kind, value.shape, value.tolist()
    if isinstance(value, tuple):
        return tuple(plain(each) for each in value)
    return {f.name: plain(getattr(value, f.name)) for f in fields(value)} if is_dataclass(value) else value


@settings(deadline=None, max_examples=150)
@given(
    ids=st.sampled_from([["a"], ["a", "b"], ["s1", "s2", "s3"], ["s9", "s10", "é"]]),
    frequency=st.sampled_from(["h", "D", "15min", "W-MON", "MS", "B"]),
    first=st.sampled_from(["2024-03-30T12:00", "2024-10-26T12:00", "2024-06-03"]),
    fault=st.sampled_from(list(FAULTS)),
    order=st.sampled_from(list(ORDERS)),
    place=st.integers(0, 10),
    row=st.integers(1, 58),
    block=st.sampled_from([150, 700, 100_000]),
    options=st.fixed_dictionaries(
        {},
        optional={
            "timezone": st.just("Europe/Berlin"),
            "gaps": st.sampled_from(["interpolate", "seasonal"]),
            "duplicates": st.sampled_from(["first", "mean"]),
            "freq": st.sampled_from(["h", "D", "30min"]),
            "off_grid": st.just("nearest"),
            "id": st.none(),
        },
    ),
    horizon=st.sampled_from([None, 3]),
)
def test_all_ways_give_the_same(ids, frequency, first, fault, order, place, row, block, options, horizon):
    series = rows_of(ids, frequency, first, 60)
    series[place % len(ids)] = FAULTS[fault](series[place % len(ids)], row)
    lines = [",".join(cells) for rows in ORDERS[order](series) for cells in rows]
    text = "".join(f"{line}\n" for line in ["id,time,load", *lines])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "load.csv"
        path.write_text(text)
        config = DataConfig(**{"path": str(path), "time": "time", "target": "load", "id": "id", **options})

        with_care = told_of(config.changed({"start": EARLY}), horizon)
        straight = told_of(config, horizon)
        with blocks_of(block):
            quickly = told_of(config, horizon)
            quickly_with_care = told_of(config.changed({"start": EARLY}), horizon)

    assert straight == with_care
    assert quickly == with_care
    assert quickly_with_care == with_care


def test_rows_that_fill_their_grid_are_laid_without_a_copy():
    values = np.array([1.0, 2, 3, 4])
    stamps = np.array(["2024-01-01", "2024-01-02"], "datetime64[us]")
    codes = np.array([0, 1], np.int32)
    rows = Straight(Runs(np.array([0, 1]), np.array([2, 2])), Cycle(codes, 0, 4), stamps, values)

    laid = lay_straight(rows, lambda _: parse_frequency("D"))

    assert laid is not None
    assert laid[1].values is values
    assert laid[1].offsets.tolist() == [0, 2, 4]
    assert laid[1].first.tolist() == [19723, 19723]


@pytest.mark.parametrize("codes", [[0, 1, 1, 0], [0, 1, 0, 0], [1, 0, 0, 1]])
def test_rows_out_of_step_are_left_to_the_general_way(codes):
    stamps = np.array(["2024-01-01", "2024-01-02"], "datetime64[us]")
    rows = Straight(Runs(np.array([0, 1]), np.array([2, 2])), np.array(codes), stamps, np.arange(4.0))

    laid = lay_straight(rows, lambda _: parse_frequency("D"))

    assert laid is None


def test_series_that_come_again_or_are_not_sorted_are_left_to_the_general_way():
    found = [find_series(np.array(codes)) for codes in ([0, 0, 1, 2], [1, 0], [0, 1, 0], [0, 2])]

    assert [runs and runs.lengths.tolist() for runs in found] == [[2, 1, 1], None, None, None]
