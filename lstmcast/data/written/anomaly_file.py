"""The table of judged values: written for people, each run's rows behind those before, and read back to be drawn."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lstmcast.data.panel import FloatArray, TextArray
from lstmcast.data.written.forecast_file import escape_formula
from lstmcast.data.written.score_file import Table, render_table

COLUMNS = ("value", "forecast", "p", "score", "kind", "why", "alarm", "trained", "model")
MOST_ROWS = 100_000  # the newest are kept


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
    header, _, rows = new.partition(b"\n")
    if before is None or before.partition(b"\n")[0] != header or not before.endswith(b"\n"):
        before = header + b"\n"
    whole = before + rows
    if whole.count(b"\n") <= most + 1:
        return whole
    lines = list(csv.reader(io.StringIO(whole.decode(errors="replace"), newline="")))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([lines[0], *lines[1:][-most:]])
    return text.getvalue().encode()


def read_rows(content: bytes, id_names: Sequence[str], time_names: Sequence[str]) -> JudgedRows:
    """Return the rows of such a table; texts are as they stand there."""
    frame = pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False, encoding_errors="replace")

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
