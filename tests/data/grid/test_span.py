import numpy as np
import pytest

from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.grid.span import is_inside
from lstmcast.errors import ConfigError, ShortError

HOURS = np.datetime64("2024-01-01T00", "us") + np.arange(72) * np.timedelta64(1, "h")
FORMAT = TimeFormat("stamp", "%d.%m.%Y %H:%M")


@pytest.mark.parametrize(
    ("start", "end", "rows"),
    [("2024-01-02", None, 48), (None, "2024-01-02", 48), ("2024-01-02", "2024-01-02", 24), ("2024-01", "2024", 72),
     ("2024-01-01 06:00", "2024-01-01 08:00", 3), ("01.01.2024 06:00", None, 66)],
)  # fmt: skip
def test_an_end_that_names_a_day_includes_the_whole_day(start, end, rows):
    assert is_inside(HOURS, start, end, FORMAT).sum() == rows


@pytest.mark.parametrize(
    ("start", "time_format", "rows"),
    [
        ("2024-01-03T12:00:00Z", TimeFormat("stamp", "%Y-%m-%dT%H:%M:%S%z", "Z"), 12),
        ("2024-01-03 13:00+01:00", TimeFormat("stamp", "%Y-%m-%d %H:%M%z", "+02:00"), 12),
        ("2024-01-03T12:00+02:00", TimeFormat("stamp", "%Y-%m-%dT%H:%M%z", "+01:00", "wall"), 12),
        ("1704283200", TimeFormat("epoch", "epoch"), 12),
        ("1704283200000", TimeFormat("epoch", "epoch_ms"), 12),
    ],
)
def test_an_end_may_be_written_as_the_moments_of_the_data_are(start, time_format, rows):
    assert is_inside(HOURS, start, None, time_format).sum() == rows


def test_an_offset_that_the_data_lack_is_a_fault_of_the_config():
    with pytest.raises(ConfigError, match=r"data.start: '2024-01-03T12:00Z' has a UTC offset, and .* have none"):
        is_inside(HOURS, "2024-01-03T12:00Z", None, FORMAT)


def test_steps_are_cut_by_their_numbers():
    assert is_inside(np.arange(10), "3", "5", TimeFormat("integer")).nonzero()[0].tolist() == [3, 4, 5]


def test_no_end_cuts_nothing():
    assert is_inside(HOURS, None, None, FORMAT) is None


@pytest.mark.parametrize("text", ["now", "NaT", "2024-13-01", "soon"])
def test_what_is_no_date_is_a_fault_of_the_config(text):
    with pytest.raises(ConfigError, match=r"data\.start: .* is no date"):
        is_inside(HOURS, text, None, FORMAT)


def test_nothing_between_the_ends_is_too_short():
    with pytest.raises(ShortError, match=r"no row lies between them; rows go from 01\.01\.2024 00:00 to 03\.01"):
        is_inside(HOURS, "2025-01-01", None, FORMAT)
