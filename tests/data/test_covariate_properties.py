"""Covariates have one direction in time: what is not needed changes nothing, nor does what comes after a cutoff."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.config.data_config import DataConfig
from lstmcast.data.grid.onto_grid import Known
from lstmcast.data.read import Reading, read_panel
from tests.data.conftest import panel_contents
from tests.drawn import drawn

ROWS, HORIZON = 12, 3
CATEGORIES = ("", "flyer", "tv")
NUMBERS = st.integers(-99, 99).map(str)


def row_lists(cells):
    return st.lists(cells, min_size=ROWS, max_size=ROWS)


def write(path: Path, rows: list[list[str]]) -> None:
    lines = (",".join(row) for row in (["time", "load", "warm", "promo", "wind"], *rows))
    path.write_text("\n".join(lines) + "\n")


def read_rows(rows, known=None, **options) -> Reading:
    with TemporaryDirectory() as folder:
        write(Path(folder) / "load.csv", rows)
        fields = {"time": "time", "target": "load", "future": ("warm", "promo"), "past": ("wind",), "holidays": "DE"}
        return read_panel(DataConfig(path=str(Path(folder) / "load.csv"), **fields, **options), known, horizon=HORIZON)


def some_rows(warm, promo, wind, known):
    days = [f"2023-12-{20 + place}" for place in range(ROWS)]
    return [
        [day, str(place) if place < known else "", warm[place], promo[place], wind[place]]
        for place, day in enumerate(days)
    ]


@drawn(40)
@given(row_lists(NUMBERS), row_lists(st.sampled_from(CATEGORIES)), row_lists(NUMBERS), st.data())
def test_what_lies_beyond_the_last_needed_step_changes_nothing(warm, promo, wind, data):
    known = ROWS - HORIZON - 2
    promo[:2] = ["flyer", "tv"]
    rows = some_rows(warm, promo, wind, known)
    before = read_rows(rows)
    model = Known(before.time_format, before.panel.frequency, before.covariates)
    cell = st.sampled_from(["", "0", "1e6", "-3.5"])

    for row in rows[known + HORIZON :]:
        row[2:] = [data.draw(cell), data.draw(st.sampled_from(["", "never seen", "tv"])), data.draw(cell)]
    for row in rows[known:]:
        row[4] = data.draw(cell)  # what is known up to now only

    for reading in (read_rows(rows), read_rows(rows, model), read_rows(rows[: known + HORIZON], model)):
        assert panel_contents(reading.panel) == panel_contents(before.panel)
        assert reading.covariates == before.covariates


@drawn(40)
@given(
    row_lists(NUMBERS | st.just("")),
    row_lists(st.sampled_from(CATEGORIES)),
    row_lists(NUMBERS | st.just("")),
    st.integers(2, ROWS - 2),
    st.sampled_from(["interpolate", "previous", "zero", "seasonal"]),
    st.data(),
)
def test_what_comes_after_a_cutoff_changes_nothing_before_it(warm, promo, wind, cutoff, gaps, data):
    promo[:2], warm[0], wind[0] = ["flyer", "tv"], "1", "2"
    rows = some_rows(warm, promo, wind, ROWS)
    before = read_rows(rows, gaps=gaps)

    for row in rows[cutoff:]:
        row[1], row[4] = "1000000", data.draw(NUMBERS | st.just(""))
        row[3] = data.draw(st.sampled_from(CATEGORIES))
    after = read_rows(rows, gaps=gaps)

    names = before.panel.future_names
    assert (after.panel.past_names, after.panel.future_names) == (before.panel.past_names, names)
    np.testing.assert_array_equal(after.panel.past[:cutoff], before.panel.past[:cutoff])
    np.testing.assert_array_equal(after.panel.future[:cutoff], before.panel.future[:cutoff])
    np.testing.assert_array_equal(after.panel.values[:cutoff], before.panel.values[:cutoff])
