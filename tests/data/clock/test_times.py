import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.data.clock.times import Frequency, most_common, parse_frequency
from lstmcast.errors import ConfigError

ALIASES = [
    *("s", "90s", "min", "15min", "h", "2h", "7h", "D", "2D", "W-SUN", "W-WED", "2W-TUE", "B", "2B", "1", "7"),
    *("MS", "ME", "M-15", "2MS", "3M-15", "QS", "QS-FEB", "QE", "QE-JAN", "YS", "YS-APR", "YE", "YE-JUN", "2YE"),
]


def stamps(*texts: str) -> np.ndarray:
    return np.array(texts, "datetime64[us]")


@given(alias=st.sampled_from(ALIASES), ticks=st.lists(st.integers(-1500, 3000), min_size=1, max_size=20))
def test_ticks_and_stamps_are_inverse_on_every_grid(alias, ticks):
    frequency = parse_frequency(alias)

    moments = frequency.stamps(np.array(ticks))

    assert frequency.ticks(moments).tolist() == ticks
    assert not frequency.off_grid(moments).any()


@given(alias=st.sampled_from(ALIASES), first=st.integers(-1000, 1000))
def test_ticks_that_follow_each_other_have_stamps_that_rise(alias, first):
    moments = parse_frequency(alias).stamps(first + np.arange(50)).astype(np.int64)

    assert (np.diff(moments) > 0).all()


@given(alias=st.sampled_from(ALIASES), shift=st.integers(0, 400))
def test_an_alias_and_its_stamps_give_the_frequency_back(alias, shift):
    frequency = parse_frequency(alias)

    again = parse_frequency(frequency.alias, frequency.stamps(np.arange(shift, shift + 5)))

    assert again == frequency


@pytest.mark.parametrize("alias", ALIASES)
def test_json_gives_the_frequency_back(alias):
    frequency = parse_frequency(alias)

    assert Frequency.from_json(frequency.to_json()) == frequency


@pytest.mark.parametrize(
    "change", [{"kind": "lambda"}, {"size": 0}, {"size": 1.0}, {"phase": -1}, {"day": 32}, {"alias": "D"}, {"extra": 1}]
)
def test_json_that_is_no_frequency_is_refused(change):
    with pytest.raises(ValueError, match="not a frequency"):
        Frequency.from_json({**parse_frequency("2h").to_json(), **change})


def test_month_ends_keep_to_the_last_day_of_each_month():
    frequency = parse_frequency("ME")
    january = frequency.ticks(stamps("2024-01-31"))

    assert frequency.stamps(january + np.arange(4)).astype("datetime64[D]").astype(str).tolist() == [
        "2024-01-31",
        "2024-02-29",
        "2024-03-31",
        "2024-04-30",
    ]


def test_business_days_leave_out_the_weekend():
    frequency = parse_frequency("B")
    friday = frequency.ticks(stamps("2024-03-01"))

    assert frequency.stamps(friday + np.arange(3)).astype("datetime64[D]").astype(str).tolist() == [
        "2024-03-01",
        "2024-03-04",
        "2024-03-05",
    ]


def test_the_minute_of_hourly_data_is_part_of_the_frequency():
    frequency = parse_frequency("h", stamps("2024-01-01T00:53", "2024-01-01T01:53"))

    assert frequency.off_grid(stamps("2024-01-01T05:53", "2024-01-01T06:00")).tolist() == [False, True]
    assert frequency != parse_frequency("h")


def test_a_daily_grid_may_begin_at_six_and_a_weekly_one_on_any_day():
    daily = parse_frequency("D", stamps("2024-01-01T06:00", "2024-01-02T06:00"))
    weekly = parse_frequency("W", stamps("2024-01-04", "2024-01-11"))

    assert daily.stamps(daily.ticks(stamps("2024-02-03T06:00"))).astype(str).tolist() == ["2024-02-03T06:00:00.000000"]
    assert weekly.alias == "W-THU"


def test_a_weekday_that_is_named_is_not_given_up_for_the_data():
    frequency = parse_frequency("W-SUN", stamps("2024-01-04", "2024-01-11"))

    assert frequency.alias == "W-SUN"
    assert frequency.off_grid(stamps("2024-01-04", "2024-01-07")).tolist() == [True, False]


@pytest.mark.parametrize(
    ("alias", "canonical", "unit"),
    [("60min", "h", "hour"), ("7D", "W-THU", "week"), ("3MS", "QS", "quarter"), ("QS-OCT", "QS", "quarter"),
     ("12MS", "YS", "year"), ("24h", "D", "day"), ("15min", "15min", "15-minute step"), ("1", "1", "step")],
)  # fmt: skip
def test_frequencies_have_one_name(alias, canonical, unit):
    frequency = parse_frequency(alias)

    assert (frequency.alias, frequency.unit_name) == (canonical, unit)


@pytest.mark.parametrize(
    ("alias", "meant"),
    [
        ("H", "h"),
        ("15T", "15min"),
        ("M", "MS"),
        ("Q", "QS"),
        ("A", "YS"),
        ("daily", "D"),
        ("W-SUB", "W-SUN"),
        ("d", "D"),
    ],
)
def test_an_alias_of_old_or_a_typo_gets_the_one_that_is_meant(alias, meant):
    with pytest.raises(ConfigError, match=f"data.freq: unknown frequency '{alias}' .did you mean '{meant}'"):
        parse_frequency(alias)


@pytest.mark.parametrize("alias", ["", "0", "-1", "1.5h", "MS-31", "M-0", "M-32", "B-MON", "xyz", "h h", "0h"])
def test_what_is_no_frequency_is_refused(alias):
    with pytest.raises(ConfigError, match="unknown frequency"):
        parse_frequency(alias)


@pytest.mark.parametrize("alias", ["999999999D", "104250D", "999999999W-SUN", "999999999h"])
def test_a_step_that_is_longer_than_all_times_is_refused(alias):
    stamps = np.array(["2024-01-01", "2024-01-02"], "datetime64[us]")

    for known in (None, stamps):
        with pytest.raises(ConfigError, match=f"data.freq: unknown frequency '{alias}'"):
            parse_frequency(alias, known)
    assert parse_frequency("104249D", stamps).alias == "104249D"


def test_of_numbers_that_come_as_often_the_lowest_is_the_most_common():
    assert most_common(np.array([7, 3, 7, 3, 5])) == 3
