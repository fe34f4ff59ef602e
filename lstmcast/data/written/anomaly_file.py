"""The table of judged values: written for people, each run's rows behind those before, and read back to be drawn."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lstmcast.arrays import FloatArray, IntArray, TextArray
from lstmcast.data.written.score_file import Table, render_table
from lstmcast.data.written.text_cells import escape_formula

COLUMNS = ("value", "forecast", "p", "score", "kind", "why", "alarm", "trained", "model")
MOST_ROWS = 100_000  # the newest are kept
QUOTE, NEWLINE = b'"\n'


@dataclass(frozen=True)
class JudgedRows:
    """Rows of the table, in its order."""

    ids: tuple[TextArray, ...]
    times: tuple[TextArray, ...]  # for each column that the time is written in
    value: FloatArray
    forecast: FloatArray
    p: FloatArray
    score: FloatArray
    kind: TextArray  # "", "point" or "stretch"
    why: TextArray  # the sign by which it was found, or ""
    alarm: TextArray  # "yes" where a fault begins, else ""
    trained: TextArray  # "yes" where the model was trained on the value, else ""
    model: TextArray

    def __len__(self) -> int:
        return len(self.value)


def render_anomalies(rows: JudgedRows, id_names: Sequence[str], time_names: Sequence[str]) -> bytes:
    """Return the table as CSV."""
    table: Table = dict(zip((*id_names, *time_names), (*rows.ids, *rows.times), strict=True))
    return render_table({**table} | {name: getattr(rows, name) for name in COLUMNS})


def append_rows(before: bytes | None, new: bytes, most: int = MOST_ROWS) -> bytes:
    """Return the rows of both tables, the newest `most` of them; what is no such table counts as none."""
    header = _header_of(new)
    if before is None or not before.startswith(header) or not before.endswith(b"\n"):
        before = header
    whole = before + new[len(header) :]
    if whole.count(b"\n") <= most + 1:
        return whole
    last_to_go = _ends_of_rows(whole)[-most - 1 :][0]  # the header's, where all others are kept
    return header + whole[last_to_go + 1 :]


def _header_of(table: bytes) -> bytes:
    """Return the first line; one of its names may hold a line end, in quotes."""
    end = table.index(b"\n")
    while table.count(b'"', 0, end) % 2:
        end = table.index(b"\n", end + 1)
    return table[: end + 1]


def _ends_of_rows(table: bytes) -> IntArray:
    """Return the places of the line ends that no quotes are around."""
    signs = np.frombuffer(table, np.uint8)
    is_quoted = np.logical_xor.accumulate(signs == QUOTE)
    return np.flatnonzero((signs == NEWLINE) & ~is_quoted)


def read_rows(content: bytes, id_names: Sequence[str], time_names: Sequence[str]) -> JudgedRows:
    """Return the rows of such a table; texts are as they stand there."""
    frame = pd.read_csv(
        io.BytesIO(content),
        dtype="str",
        keep_default_na=False,
        encoding_errors="replace",
        lineterminator="\n",  # older releases put no quotes around a carriage return
    )

    def texts(name: str) -> TextArray:
        return frame[escape_formula(name)].to_numpy(object)

    def numbers(name: str) -> FloatArray:
        return np.asarray(pd.to_numeric(texts(name)), np.float64)

    return JudgedRows(
        ids=tuple(texts(name) for name in id_names),
        times=tuple(texts(name) for name in time_names),
        value=numbers("value"),
        forecast=numbers("forecast"),
        p=numbers("p"),
        score=numbers("score"),
        kind=texts("kind"),
        why=texts("why"),
        alarm=texts("alarm"),
        trained=texts("trained"),
        model=texts("model"),
    )
