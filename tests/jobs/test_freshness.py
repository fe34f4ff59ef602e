from datetime import UTC, datetime, timedelta

import pytest

from lstmcast.config.data_config import DataConfig
from lstmcast.data.read import read_panel
from lstmcast.errors import ConfigError, StaleError
from lstmcast.jobs.freshness import check_fresh, check_not_from_the_future

NEWEST = datetime(2024, 1, 3, tzinfo=UTC)


@pytest.fixture
def read(tmp_path):
    def read_lines(*stamps, time="day"):
        path = tmp_path / "load.csv"
        path.write_text("\n".join(["day,load", *(f"{stamp},{k}" for k, stamp in enumerate(stamps))]) + "\n")
        return read_panel(DataConfig(path=str(path), time=time, target="load"))

    return read_lines


def test_data_as_old_as_they_may_be_are_fresh(read):
    reading = read("2024-01-01", "2024-01-02", "2024-01-03")

    check_fresh(reading, "2D", NEWEST + timedelta(days=2))
    check_fresh(reading, None, NEWEST + timedelta(days=2000))


def test_older_data_are_stale(read):
    reading = read("2024-01-01", "2024-01-02", "2024-01-03")

    with pytest.raises(StaleError) as caught:
        check_fresh(reading, "2D", NEWEST + timedelta(days=2, seconds=1))

    assert str(caught.value) == (
        "data: the newest row is of 2024-01-03 00:00 UTC, 2.0 days before now, and job.max_age is 2D; "
        "wait for new data, or raise it"
    )


def test_data_from_the_future_are_refused(read):
    reading = read("2024-01-01", "2024-01-02", "2024-01-03")

    with pytest.raises(StaleError) as caught:
        check_not_from_the_future(reading, NEWEST - timedelta(days=1))

    assert str(caught.value) == (
        "data: the newest row is of 2024-01-03 00:00 UTC, after now (2024-01-02 00:00 UTC); "
        "check the clock and the file"
    )


def test_a_clock_without_a_zone_may_be_ahead_of_utc(read):
    reading = read("2024-01-02 22:00", "2024-01-02 23:00", "2024-01-03 00:00")

    check_not_from_the_future(reading, NEWEST - timedelta(hours=14))
    with pytest.raises(StaleError, match="after now"):
        check_not_from_the_future(reading, NEWEST - timedelta(hours=14, seconds=1))


def test_a_clock_with_a_zone_may_not(read):
    reading = read("2024-01-02 22:00+00:00", "2024-01-02 23:00+00:00", "2024-01-03 00:00+00:00")

    check_not_from_the_future(reading, NEWEST)
    with pytest.raises(StaleError, match="after now"):
        check_not_from_the_future(reading, NEWEST - timedelta(seconds=1))


def test_steps_have_no_age(read):
    check_fresh(read(1, 2, 3), None, datetime(1970, 1, 1, tzinfo=UTC))
    check_fresh(read("a", "b", "c", time=None), None, datetime(1970, 1, 1, tzinfo=UTC))
    with pytest.raises(ConfigError, match=r"^job\.max_age: whole-number steps have no age; set it to null$"):
        check_fresh(read(1, 2, 3), "1D", NEWEST)
