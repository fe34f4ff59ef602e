from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lstmcast.data.clock.zones import MONTHS_OF_LEAPS, are_in_nights_of_change, clocks_of

HOUR = 3_600_000_000
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "UTC"]


def moments(*texts):
    return np.array(texts, "datetime64[us]")


@pytest.mark.parametrize("zone", ZONES)
def test_clocks_show_what_zoneinfo_says(zone):
    utc = np.arange("2015-01-01", "2020-01-01", 5, dtype="datetime64[h]").astype("datetime64[us]")

    walls = clocks_of(zone, utc).to_wall(utc)

    start = datetime(2015, 1, 1, tzinfo=UTC)
    expected = [(start + timedelta(hours=5 * k)).astimezone(ZoneInfo(zone)) for k in range(len(utc))]
    assert walls.tolist() == [moment.replace(tzinfo=None) for moment in expected]


@pytest.mark.parametrize("zone", ZONES)
def test_a_time_on_the_wall_is_one_or_both_of_the_moments_that_show_it(zone):
    utc = np.arange("2017-01-01", "2019-01-01", 30, dtype="datetime64[m]").astype("datetime64[us]")
    clocks = clocks_of(zone, utc)

    walls = clocks.to_wall(utc)

    first, second = clocks.to_utc(walls), clocks.to_utc(walls, second=True)
    assert ((utc == first) | (utc == second)).all()
    assert ((first != second) == clocks.comes_twice(walls)).all()
    assert not clocks.is_skipped(walls).any()


def test_the_hour_that_clocks_leap_over_and_the_one_that_they_show_twice_are_known():
    walls = moments("2024-03-31T01:59", "2024-03-31T02:00", "2024-03-31T02:59", "2024-03-31T03:00",
                    "2024-10-27T01:59", "2024-10-27T02:00", "2024-10-27T02:59", "2024-10-27T03:00")  # fmt: skip
    clocks = clocks_of("Europe/Berlin", walls)

    assert clocks.is_skipped(walls).tolist() == [False, True, True, False] + [False] * 4
    assert clocks.comes_twice(walls).tolist() == [False] * 5 + [True, True, False]
    assert clocks.to_utc(walls[5:6]).tolist() == moments("2024-10-27T00:00").tolist()
    assert clocks.to_utc(walls[5:6], second=True).tolist() == moments("2024-10-27T01:00").tolist()
    assert clocks.standard_at(walls[1:2]).tolist() == [HOUR]


@pytest.mark.parametrize(
    ("stamp", "is_one"),
    [("2024-03-31T02:00", True), ("2024-11-03T03:59", True), ("2024-11-03T04:00", False), ("2024-03-30T02:00", False),
     ("2024-06-30T02:00", False)],
    ids=["Europe", "America", "too late", "a Saturday", "summer"],
)  # fmt: skip
def test_clocks_change_in_the_small_hours_of_some_sundays(stamp, is_one):
    assert are_in_nights_of_change(np.array([stamp], "datetime64[us]")).tolist() == [is_one]


def test_no_clock_leaps_in_november():
    assert not are_in_nights_of_change(np.array(["2024-11-03T02:00"], "datetime64[us]"), MONTHS_OF_LEAPS).any()
