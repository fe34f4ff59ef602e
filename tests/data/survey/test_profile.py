import pytest

from lstmcast.data.survey.profile import (
    describe_season,
    describe_seasons,
    describe_series,
    describe_step,
    profile_reading,
)
from lstmcast.data.survey.seasonality import Season


def test_a_profile_counts_what_is_there_and_what_was_done(read):
    text = "id,time,load\na,2024-01-01,0\na,2024-01-03,4\na,2024-01-03,4\nb,2024-01-01,5\nb,2024-01-02,5\n"

    profile = profile_reading(read(text, id="id", gaps="interpolate", duplicates="first"))

    assert (profile.rows_read, profile.series, profile.shortest, profile.longest) == (5, 2, 2, 3)
    assert (profile.first, profile.last, profile.frequency) == ("2024-01-01", "2024-01-03", "D")
    assert (profile.lowest, profile.highest, profile.zeros, profile.constant) == (0, 5, 1, 1)
    assert (profile.fills, profile.filled_series, profile.duplicates) == (1, 1, 1)
    assert profile.ends_differ


def test_rows_after_the_last_target_are_ahead(read):
    text = "time,load,rain\n1,5,1\n2,6,2\n3,7,3\n4,,4\n5,,5\n"

    profile = profile_reading(read(text, future=("rain",)))

    assert (profile.longest, profile.ahead, profile.last) == (3, 2, "3")


def test_hidden_seasons_are_looked_for_in_steps_only(read):
    steps = "time,load\n" + "".join(f"{step},{step % 4}\n" for step in range(40))
    days = "time,load\n" + "".join(f"2024-01-{day:02},{day % 4}\n" for day in range(1, 32))

    of_steps, of_days = profile_reading(read(steps)), profile_reading(read(days))

    assert of_steps.hidden_season is not None
    assert of_steps.hidden_season.period == 4
    assert of_days.hidden_season is None
    assert [season.period for season in of_days.seasons] == [7]


def test_a_season_that_is_used_but_too_seldom_there_to_be_measured_is_named(read):
    def profile_of(months):
        rows = "".join(f"{2020 + month // 12}-{month % 12 + 1:02},{month % 7}\n" for month in range(months))
        return profile_reading(read(f"time,load\n{rows}"))

    assert list(describe_seasons(profile_of(20))) == ["12 months (too few rounds to measure)"]
    assert [season.period for season in profile_of(40).seasons] == [12]
    assert (profile_of(40).unmeasured, profile_of(14).unmeasured) == ((), ())


def test_years_have_no_hidden_season(read):
    text = "year,load\n" + "".join(f"{1960 + step},{step % 4}\n" for step in range(40))

    assert profile_reading(read(text, time="year")).hidden_season is None
    assert profile_reading(read(text.replace("year", "turn"), time="turn")).hidden_season is not None


def test_hours_that_clocks_leave_out_are_recognised(read):
    hours = [f"2024-03-31 {hour:02}:00" for hour in range(12) if hour != 2]

    profile = profile_reading(read("time,load\n" + "".join(f"{hour},5\n" for hour in hours), gaps="interpolate"))

    assert (profile.fills, profile.clock_changes) == (1, 1)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("hour", "one row per hour"),
        ("business day", "one row per business day"),
        ("15-minute step", "one row every 15 minutes"),
        ("300-step", "one row every 300 steps"),
        ("step", "one row per step"),
    ],
)
def test_steps_are_described_in_words(step, words):
    assert describe_step(step) == words


def test_series_and_seasons_are_described_in_words(read):
    text = "id,time,load\na,1,1\na,2,2\nb,1,1\nb,2,2\nb,3,3\n"

    assert describe_series(profile_reading(read(text, id="id"))) == "2 series of 2 to 3 values"
    assert describe_season(Season(24, 0.904)) == "24 (strength 0.90)"
    assert describe_season(Season(7, 0.1), "day") == "7 days (strength 0.10, weak)"
    assert describe_season(Season(96, 0.9), "15-minute step") == "96 steps (strength 0.90)"
