"""However a table is written and whatever the order of its rows, it is the same panel."""

import gzip
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.config.data_config import CsvConfig, DataConfig
from lstmcast.data.clock.times import parse_frequency
from lstmcast.data.read import Reading, read_panel
from lstmcast.errors import LstmcastError
from tests.drawn import drawn

FORMATS = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%m/%d/%Y %H:%M", "%Y/%m/%d %H:%M"]
IDS = st.text(st.sampled_from('ab01 ",;=é'), min_size=1, max_size=4).filter(lambda text: text.strip() == text)


@dataclass(frozen=True)
class Dialect:
    separator: str
    decimal: str
    line_end: str
    encoding: str
    quoted: bool
    packed: bool


DIALECTS = st.builds(
    Dialect,
    separator=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.sampled_from([".", ","]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quoted=st.booleans(),
    packed=st.booleans(),
)


def write_rows(rows: list[list[str]], dialect: Dialect) -> bytes:
    def write_cell(cell: str) -> str:
        needs_quotes = dialect.quoted or any(sign in cell for sign in '",;\t|')
        return '"' + cell.replace('"', '""') + '"' if needs_quotes else cell

    lines = [dialect.separator.join(map(write_cell, row)) for row in rows]
    text = dialect.line_end.join([*lines, ""]).encode(dialect.encoding)
    return gzip.compress(text, 1) if dialect.packed else text


def read_bytes(text: bytes, **options: object) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("load.csv.gz" if text.startswith(b"\x1f\x8b") else "load.csv")
        path.write_bytes(text)
        return read_panel(DataConfig(**{"path": str(path), "time": "time", "target": "load", "id": "id", **options}))


@drawn(60)
@given(
    ids=st.lists(IDS, min_size=1, max_size=3, unique=True),
    frequency=st.sampled_from(["h", "D", "M-13", "15min", "W-TUE"]),  # all with a day beyond 12
    values=st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), min_size=15, max_size=15),
    dialect=DIALECTS,
    pattern=st.sampled_from(FORMATS),
    seed=st.integers(0, 1000),
)
def test_dialect_order_and_time_format_never_change_the_panel(ids, frequency, values, dialect, pattern, seed):
    grid = parse_frequency(frequency)
    first = int(grid.ticks(np.array(["2024-01-13"], "datetime64[us]"))[0])
    stamps = grid.stamps(first + np.arange(15)).tolist()
    rows = [
        [stamp.strftime(pattern), name, str(value).replace(".", dialect.decimal)]
        for name in ids
        for stamp, value in zip(stamps, values, strict=True)
    ]
    order = np.random.default_rng(seed).permutation(len(rows))

    reading = read_bytes(
        write_rows([["time", "id", "load"], *(rows[place] for place in order)], dialect),
        freq=frequency,
        csv=CsvConfig(decimal=dialect.decimal),
    )
    panel = reading.panel

    assert [column.tolist() for column in panel.ids] == [sorted(ids)]
    assert panel.values.reshape(len(ids), 15).tolist() == [values] * len(ids)
    assert (panel.frequency, panel.first.tolist()) == (grid, [first] * len(ids))
    assert reading.time_format.render(panel.frequency.stamps(panel.first))[0] == stamps[0].strftime(pattern)


@drawn(40)
@given(
    target=st.lists(st.one_of(st.none(), st.integers(-99, 99)), min_size=3, max_size=30).filter(
        lambda target: sum(value is not None for value in target) > 1
    ),
    policy=st.sampled_from(["interpolate", "previous", "zero"]),
)
def test_a_gap_policy_keeps_all_that_is_known_and_leaves_no_hole(target, policy):
    rows = "".join(f"{place},a,{'' if value is None else value}\n" for place, value in enumerate(target))

    panel = read_bytes(f"time,id,load\n{rows}".encode(), gaps=policy, freq=1).panel

    known = {place: value for place, value in enumerate(target) if value is not None}
    assert not np.isnan(panel.values).any()
    assert panel.filled.sum() == len(panel.values) - len(known)
    assert {
        int(panel.first[0]) + place: value for place, value in enumerate(panel.values) if not panel.filled[place]
    } == known


@drawn(40)
@given(st.binary(max_size=60), st.sampled_from(["time,load\n", "load,time\n", ""]))
def test_bytes_of_any_kind_are_a_panel_or_a_fault_that_can_be_mended(body, header):
    with suppress(LstmcastError):
        read_bytes(header.encode() + body, id=None)
