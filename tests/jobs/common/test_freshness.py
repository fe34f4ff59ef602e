from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from lstmcast.config.data_config import DataConfig
from lstmcast.data.read import read_panel
from lstmcast.errors import ConfigError, StaleError
from lstmcast.jobs.common.freshness import check_fresh, check_not_from_the_future, notes_of

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


@pytest.fixture
def shops(tmp_path):
    """Return the reading of shops a and b, whose days end where they are told to."""

    def read_days(*days):
        path = tmp_path / "shops.csv"
        rows = (
            f"{shop},2024-01-{day:02},{day}\n" for shop, last in zip("ab", days, strict=True) for day in range(1, last)
        )
        path.write_text("shop,day,load\n" + "".join(rows))
        return read_panel(DataConfig(path=str(path), time="day", target="load", id="shop"))

    return read_days


def contract_of(*behind):
    return SimpleNamespace(id_names=("shop",), ids=(("a", "b"),), behind=behind)


def test_a_series_that_stopped_since_training_is_stale(shops):
    reading = shops(11, 21)

    with pytest.raises(StaleError) as caught:
        check_fresh(reading, "5D", datetime(2024, 1, 21, tzinfo=UTC), contract_of())

    assert caught.value.series == ("a",)
    assert str(caught.value) == (
        "data: 1 of the 2 series stopped: 'a', whose newest row is of 2024-01-10 00:00 UTC, 11.0 days before now, and "
        "job.max_age is 5D; wait for new rows, or train again if none are to come"
    )


@pytest.mark.parametrize(("age", "behind"), [("11D", ()), ("5D", (6, 0)), (None, ())])
def test_a_series_may_end_as_early_as_max_age_or_training_has_it(shops, age, behind):
    check_fresh(shops(11, 21), age, datetime(2024, 1, 21, tzinfo=UTC), contract_of(*behind))


def test_a_series_that_ended_early_in_training_but_not_so_early_as_to_be_stale_is_watched(shops):
    with pytest.raises(StaleError, match="1 of the 2 series stopped: 'a'"):
        check_fresh(shops(11, 21), "5D", datetime(2024, 1, 21, tzinfo=UTC), contract_of(5, 0))


def test_series_whose_forecast_is_of_the_past_are_noted(shops):
    note = "a series ends 10 steps or more before the others ('a' at 2024-01-10): its forecast is of the past"

    assert notes_of(shops(11, 21), horizon=10) == (note,)
    assert notes_of(shops(11, 21), horizon=11) == ()
