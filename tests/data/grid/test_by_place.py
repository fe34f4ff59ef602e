"""A file that is laid on its grid by places gives what the general way gives, and so does one that just is not."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.arrays import FloatArray
from lstmcast.config.data_config import DataConfig
from lstmcast.data.clock.times import parse_frequency
from lstmcast.data.grid.by_place import lay_by_place
from lstmcast.data.grid.coded_rows import CodedRows
from lstmcast.data.table.codes import Codes, Cycle, Runs
from tests.drawn import drawn
from tests.readings import blocks_of, told_of

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
    "shuffled": lambda series: [
        np.random.default_rng(1).permutation([row for rows in series for row in rows]).tolist()
    ],
}


@drawn(150)
@given(
    ids=st.sampled_from([["a"], ["a", "b"], ["s1", "s2", "s3"], ["s9", "s10", "é"]]),
    frequency=st.sampled_from(["h", "D", "15min", "W-MON", "MS", "B"]),
    first=st.sampled_from(["2024-03-30T12:00", "2024-10-26T12:00", "2024-06-03"]),
    faults=st.lists(st.tuples(st.sampled_from(list(FAULTS)), st.integers(0, 2), st.integers(1, 28)), max_size=3),
    order=st.sampled_from(list(ORDERS)),
    block=st.sampled_from([150, 700, 100_000]),
    options=st.fixed_dictionaries(
        {},
        optional={
            "timezone": st.just("Europe/Berlin"),
            "gaps": st.sampled_from(["interpolate", "seasonal", "previous", "zero"]),
            "duplicates": st.sampled_from(["first", "mean"]),
            "freq": st.sampled_from(["h", "D", "30min"]),
            "off_grid": st.just("nearest"),
            "id": st.none(),
        },
    ),
    horizon=st.sampled_from([None, 3]),
)
def test_all_ways_give_the_same(ids, frequency, first, faults, order, block, options, horizon):
    series = rows_of(ids, frequency, first, 60)
    for fault, place, row in faults:
        series[place % len(ids)] = FAULTS[fault](series[place % len(ids)], min(row, len(series[place % len(ids)]) - 1))
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


@drawn(150)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 3),
    length=st.integers(2, 40),
    missing=st.sampled_from([0, 0.03, 0.4]),
    left_out=st.sampled_from([0, 0.03, 0.4]),
    order=st.sampled_from(["series by series", "time by time", "shuffled"]),
    is_wide=st.booleans(),
    columns=st.sampled_from([(), ("temp",), ("promo", "temp"), ("promo",)]),
    options=st.fixed_dictionaries(
        {"gaps": st.sampled_from(["error", "interpolate", "seasonal", "previous", "zero"])},
        optional={"freq": st.sampled_from(["D", "2D"])},
    ),
    horizon=st.sampled_from([None, 1, 5]),
)
def test_tables_with_covariates_and_wide_ones_are_laid_alike(
    seed, count, length, missing, left_out, order, is_wide, columns, options, horizon
):
    random = np.random.default_rng(seed)
    targets = [f"load{number}" for number in range(count)] if is_wide else ["load"]
    names = [*targets, *columns]
    rows = [
        [f"s{series}", str(stamp), *(("" if random.random() < missing else f"{random.normal():.2f}") for _ in names)]
        for series in range(1 if is_wide else count)
        for stamp in np.datetime64("2024-02-01") + np.arange(length)
        if random.random() >= left_out
    ]
    rows.sort(key=lambda row: (row[0] if order != "time by time" else "", row[1]))
    if order == "shuffled":
        random.shuffle(rows)
    text = "".join(f"{','.join(row)}\n" for row in [["id", "time", *names], *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "load.csv"
        path.write_text(text)
        of_table = {"target": targets if count > 1 else targets[0]} if is_wide else {"target": "load", "id": "id"}
        given = {"past": [name for name in columns if name == "temp"], "future": [n for n in columns if n == "promo"]}
        config = DataConfig(**{"path": str(path), "time": "time", **of_table, **given, **options})

        with_care = told_of(config.changed({"start": EARLY}), horizon)
        by_place = told_of(config, horizon)

    assert by_place == with_care


def test_rows_in_their_places_are_laid_without_a_copy():
    values = np.array([1.0, 2, 3, 4])
    rows = coded(Runs(np.array([0, 1]), np.array([2, 2])), Cycle(np.array([0, 1]), 0, 4), values)

    placed = lay_by_place(rows, "error", lambda _: None, lambda _: parse_frequency("D"))

    assert placed is not None
    assert placed.grid.values is values
    assert placed.grid.offsets.tolist() == [0, 2, 4]
    assert placed.grid.first.tolist() == [19728, 19728]


def test_rows_time_by_time_and_shuffled_ones_find_their_places():
    turned = coded(Cycle(np.array([1, 0]), 0, 4), Runs(np.array([0, 1]), np.array([2, 2])), np.array([3.0, 1, 4, 2]))
    shuffled = coded(np.array([1, 0, 0, 1]), np.array([1, 1, 0, 0]), np.array([4.0, 2, 1, 3]))

    placed = [
        lay_by_place(rows, "error", lambda _: None, lambda _: parse_frequency("D")) for rows in (turned, shuffled)
    ]

    assert [found and found.grid.values.tolist() for found in placed] == [[1, 2, 3, 4]] * 2
    assert [found and found.was_shuffled for found in placed] == [False, True]


def test_a_gap_is_filled_where_it_is_and_rows_outside_the_values_are_left_out():
    nan = np.nan
    rows = coded(np.array([0] * 6), np.arange(6), np.array([nan, 1, nan, 3, nan, nan]), days=6)

    placed = lay_by_place(rows, "interpolate", lambda _: None, lambda _: parse_frequency("D"))

    assert placed is not None
    assert placed.grid.values.tolist() == [1, 2, 3]
    assert placed.grid.filled.tolist() == [False, True, False]
    assert placed.grid.notes == (
        "1 row before the first value of a series left out",
        "2 rows after the last value of a series left out",
    )


@pytest.mark.parametrize(
    ("times", "values"), [([0, 1, 1], [1, 2, 3]), ([0, 1, 3], [1, 2, 3]), ([0, 1, 2], [1, np.nan, 3])]
)
def test_doubled_rows_and_gaps_without_a_policy_are_left_to_the_general_way(times, values):
    rows = coded(np.array([0, 0, 0]), np.array(times), np.array(values, float), days=4)

    assert lay_by_place(rows, "error", lambda _: None, lambda _: parse_frequency("D")) is None


def coded(series: Codes, times: Codes, values: FloatArray, days: int = 2) -> CodedRows:
    stamps = (np.datetime64("2024-01-06") + np.arange(days)).astype("datetime64[us]")
    return CodedRows(series, times, stamps, values, np.empty((len(values), 0)), np.empty((len(values), 0)))
