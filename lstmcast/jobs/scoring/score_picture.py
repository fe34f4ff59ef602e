"""The picture of the scores of published forecasts over time."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.panel import Panel
from lstmcast.data.written.score_log import LogRow, number_in
from lstmcast.plurals import count_things
from lstmcast.report.ledger_plots import LedgerPicture, ledger_plot
from lstmcast.store.forecasts import parse_origin

MOST_ORIGINS = 400  # in one picture: the newest


def draw_ledger(rows: Sequence[LogRow], panel: Panel, cache: Path) -> bytes:
    """Return the scores of the newest origins, which all have steps of one kind, as a PNG."""
    shown = list(rows)[-MOST_ORIGINS:]
    levels = sorted({float(name.removeprefix("coverage_")) for row in shown for name in row if name[:9] == "coverage_"})
    models = [str(row["model"]) for row in shown]
    count = len(shown)
    notes = [f"the newest {count:,} are shown"] * (count < len(rows))
    notes += [f"{panel.series_count:,} series"] * (panel.series_count > 1)
    return ledger_plot(
        LedgerPicture(
            title=f"{panel.target}: {count_things(len(rows), 'published forecast')}",
            note=", ".join(notes),
            times=np.array([parse_origin(str(row["origin"])) for row in shown]),
            model=_column(shown, "mase"),
            baseline=_column(shown, "mase_seasonal_naive"),
            coverage={level: _column(shown, f"coverage_{level:g}") for level in levels},
            changes=np.array([place > 0 and models[place] != models[place - 1] for place in range(count)]),
        ),
        cache=cache,
    )


def _column(rows: Sequence[LogRow], name: str) -> FloatArray:
    found = (number_in(row, name) for row in rows)
    return np.array([np.nan if number is None else number for number in found])
