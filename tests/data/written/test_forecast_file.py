import numpy as np
import pytest

from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.written.forecast_file import render_forecast

QUANTILES = (0.1, 0.5, 0.9)


def rendered(*of_forecast):
    return b"".join(render_forecast(*of_forecast))


def test_a_row_stands_for_each_series_and_step_under_the_users_names(read):
    reading = read("month,shop,load\n2024-01,b,1\n2024-02,b,2\n2023-11,a,1\n2023-12,a,2\n", time="month", id="shop")
    values = np.arange(12.0).reshape(2, 2, 3)

    written = rendered(reading.panel, reading.time_format, ("month",), QUANTILES, values, (80,), "m-1")

    assert written.decode().splitlines() == [
        "shop,month,cutoff,model,forecast,lo-80,hi-80",
        "a,2024-01,2023-12,m-1,1,0,2",
        "a,2024-02,2023-12,m-1,4,3,5",
        "b,2024-03,2024-02,m-1,7,6,8",
        "b,2024-04,2024-02,m-1,10,9,11",
    ]
    assert written.endswith(b"11\n")


def test_steps_without_a_time_column_go_on_counting(read):
    reading = read("load\n5\n6\n", time=None)

    written = rendered(
        reading.panel, reading.time_format, reading.time_names, (0.25, 0.5, 0.75), np.full((1, 2, 3), -0.1), (50,), "m"
    )

    assert written == b"step,cutoff,model,forecast,lo-50,hi-50\n3,2,m,-0.1,-0.1,-0.1\n4,2,m,-0.1,-0.1,-0.1\n"


def test_numbers_have_ten_digits_and_no_negative_zero(read):
    reading = read("load\n5\n6\n", time=None)
    values = np.array([[[1 / 3, -0.0, 1e-20]]])

    written = rendered(reading.panel, reading.time_format, ("step",), QUANTILES, values, (80,), "m")

    assert written.splitlines()[1] == b"3,2,m,0,0.3333333333,1e-20"


def test_names_are_escaped_quoted_and_never_taken_for_a_template(read):
    text = 'time,id,load\n1,=1+1,1\n2,=1+1,2\n1,"a,""b""",1\n2,"a,""b""",2\n1,50%d,1\n2,50%d,2\n'
    reading = read(text, id="id")

    written = rendered(reading.panel, reading.time_format, ("time",), (0.5,), np.ones((3, 1, 1)), (), "m")

    assert written.decode().splitlines()[1:] == ["50%d,3,2,m,1", "'=1+1,3,2,m,1", '"a,""b""",3,2,m,1']


def test_a_level_without_its_quantiles_is_a_fault_of_the_caller(read):
    reading = read("load\n5\n6\n", time=None)

    with pytest.raises(ValueError, match=r"no quantile 0\.025"):
        rendered(reading.panel, TimeFormat("order"), ("step",), QUANTILES, np.ones((1, 1, 3)), (95,), "m")


def test_times_with_a_decimal_comma_are_quoted(read):
    text = 'day,load\n"45292,5",1\n"45293,5",2\n'
    reading = read(text, time="day", time_format="excel")

    written = rendered(
        reading.panel, reading.time_format, ("day",), (0.25, 0.5, 0.75), np.full((1, 1, 3), 3.0), (50,), "m"
    )

    assert written == b'day,cutoff,model,forecast,lo-50,hi-50\n"45294,5","45293,5",m,3,3,3\n'
