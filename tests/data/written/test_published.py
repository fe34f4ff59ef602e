import numpy as np
import pytest

from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.written.forecast_file import render_forecast
from lstmcast.data.written.published import find_series, parse_forecast
from tests.examples import a_panel

QUANTILES = (0.1, 0.5, 0.9)
VALUES = np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[-1.5, 0.25, 1e9], [0.0, 0.1, 0.2]]])


def rendered(panel):
    return b"".join(render_forecast(panel, TimeFormat("integer"), ("step",), QUANTILES, VALUES, (80,), "m"))


def test_what_was_written_is_read_back():
    panel = a_panel({"b": [1.0], "=a": [1.0, 2.0]})

    found = parse_forecast(rendered(panel), ("name",), (80,), 2, 2)

    assert found.ids == (("'=a",), ("b",))  # in the order of the file
    assert found.quantiles == QUANTILES
    assert found.values.tolist() == VALUES[[1, 0]].tolist()
    assert find_series(found.ids, panel).tolist() == [1, 0]


def test_a_series_that_is_there_no_more_has_no_place():
    panel = a_panel({"b": [1.0], "c": [1.0]})

    assert find_series((("a",), ("c",)), panel).tolist() == [-1, 1]


def test_ids_stay_texts():
    panel = a_panel({"001": [1.0], "NA": [1.0]})

    assert parse_forecast(rendered(panel), ("name",), (80,), 2, 2).ids == (("001",), ("NA",))


def test_another_number_of_rows_is_refused():
    with pytest.raises(ValueError, match="has 4 rows, where 3 series of 2 steps are expected"):
        parse_forecast(rendered(a_panel({"a": [1.0], "b": [1.0]})), ("name",), (80,), 3, 2)


def test_a_missing_column_is_refused():
    with pytest.raises(ValueError, match="lo-95"):
        parse_forecast(rendered(a_panel({"a": [1.0], "b": [1.0]})), ("name",), (80, 95), 2, 2)
