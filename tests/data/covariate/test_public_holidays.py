import re
from datetime import date

import numpy as np
import pytest

from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.times import parse_frequency
from lstmcast.data.covariate.covariate_facts import CovariateFacts, HolidayFacts
from lstmcast.data.covariate.public_holidays import find_days, has_holidays
from lstmcast.data.grid.onto_grid import Known
from lstmcast.errors import ConfigError

NAMES = ("holiday DE", "day before holiday DE", "day after holiday DE")
DAYS = "".join(f"2023-12-{day},1\n" for day in range(20, 32))


def known(first, last, *days, package="0.1"):
    holidays = HolidayFacts(region="DE", package=package, first=first, last=last, days=days)
    return Known(TimeFormat("stamp", "%Y-%m-%d"), parse_frequency("D"), CovariateFacts(holidays=holidays))


def test_a_holiday_and_the_days_around_it_are_known_ahead_of_the_data(read):
    reading = read(f"time,load\n{DAYS}", holidays="DE", horizon=2)
    panel = reading.panel
    dates = panel.frequency.stamps(panel.first[0] + np.arange(14)).astype("datetime64[D]").astype(str)

    assert (panel.future_names, panel.known.tolist()) == (NAMES, [12])
    assert [dates[column > 0].tolist() for column in panel.future.T] == [
        ["2023-12-25", "2023-12-26", "2024-01-01"],
        ["2023-12-24", "2023-12-25", "2023-12-31"],
        ["2023-12-26", "2023-12-27", "2024-01-02"],
    ]
    assert reading.covariates.holidays.days == ("2023-12-25", "2023-12-26", "2024-01-01")
    assert (reading.covariates.holidays.first, reading.covariates.holidays.last) == ("2023-12-19", "2024-01-03")


def test_hours_have_the_holiday_of_their_own_place(read):
    """Christmas begins in Auckland when it is 24 December, 11:00 in UTC."""
    text = "time,load\n" + "".join(f"2023-12-24T{hour:02}:00:00Z,1\n" for hour in range(9, 14))

    panel = read(text, holidays="NZ", timezone="Pacific/Auckland").panel

    assert panel.future[:, 0].tolist() == [0, 0, 1, 1, 1]


def test_a_state_has_holidays_of_its_own():
    bavaria, country = (find_days(region, [2024])[0] for region in ("DE-BY", "DE"))

    assert np.datetime64("2024-01-06") in bavaria
    assert np.datetime64("2024-01-06") not in country


def test_a_stock_exchange_is_a_place_too():
    assert np.datetime64("2024-03-29") in find_days("XNYS", [2024])[0]  # Good Friday is no federal holiday
    assert np.datetime64("2024-03-29") not in find_days("US", [2024])[0]


@pytest.mark.parametrize(
    ("region", "message"),
    [("GERMANY", "there is no country 'GERMANY'"), ("de", "there is no country 'de' (did you mean 'DE'?)"),
     ("DE-XX", "the country DE has no part 'XX'"), ("US-CAL", "the country US has no part 'CAL'"),
     ("VA-X", "the country VA has no part 'X'; it has no parts")],
)  # fmt: skip
def test_an_unknown_place_is_refused(region, message):
    with pytest.raises(ConfigError, match=re.escape(f"data.holidays: {message}")):
        find_days(region, [2024])


@pytest.mark.parametrize(
    ("stamps", "why"),
    [(("2024-01-01", "2024-02-01", "2024-03-01"), "a step is a month (MS), which holds holidays and other days alike"),
     (("2024-01-07", "2024-01-14", "2024-01-21"), "a step is a week (W-SUN)"),
     (("1", "2", "3"), "whole-number steps have no date")],
)  # fmt: skip
def test_steps_longer_than_a_day_have_no_holidays(read, stamps, why):
    rows = "".join(f"{stamp},1\n" for stamp in stamps)

    with pytest.raises(ConfigError, match=re.escape(f"data.holidays: {why}")):
        read(f"time,load\n{rows}", holidays="DE")


def test_business_days_have_the_holidays_between_them(read):
    days = [date(2024, 1, day) for day in (2, 3, 4, 5, 8, 9, 10)]
    text = "time,load\n" + "".join(f"{day},1\n" for day in (date(2023, 12, 29), date(2024, 1, 1), *days))

    panel = read(text, holidays="DE").panel

    assert panel.frequency.alias == "B"
    assert panel.future[:, 0].tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0]


def test_a_model_keeps_the_days_that_it_was_trained_with_and_a_change_is_told(read):
    facts = known("2023-12-01", "2023-12-28", "2023-12-22", "2023-12-25", "2023-12-26")

    reading = read(f"time,load\n{DAYS}", known=facts, holidays="DE", horizon=2)

    assert reading.covariates.holidays.days == ("2023-12-22", "2023-12-25", "2023-12-26", "2024-01-01")
    assert len(reading.notes) == 1
    assert re.match(
        r"the package holidays [\d.]+ differs from 0\.1, which the model was trained with, in the holidays of DE: "
        r"2023-12-22; those of the training are used up to its end: train again",
        reading.notes[0],
    )


def test_the_same_days_from_another_version_are_nothing_to_tell(read):
    facts = known("2023-12-01", "2023-12-28", "2023-12-25", "2023-12-26")

    assert read(f"time,load\n{DAYS}", known=facts, holidays="DE", horizon=2).notes == ()


def test_later_data_have_the_same_holidays_as_in_training(read):
    before = read(f"time,load\n{DAYS}", holidays="DE", horizon=2)
    facts = Known(before.time_format, before.panel.frequency, before.covariates)

    after = read(f"time,load\n{DAYS}2024-01-01,1\n", known=facts, holidays="DE", horizon=2)

    assert after.panel.future[:14].tolist() == before.panel.future.tolist()
    assert after.notes == ()


def test_series_of_different_starts_have_the_holidays_of_their_own_days(read):
    text = "time,id,load\n2023-12-24,a,1\n2023-12-25,a,1\n2019-12-25,b,1\n2019-12-26,b,1\n2019-12-27,b,1\n"

    panel = read(text, id="id", holidays="DE", freq="D").panel

    assert panel.future[:, 0].tolist() == [0, 1, 1, 1, 0]


@pytest.mark.parametrize(
    ("alias", "expected"),
    [("s", True), ("7h", True), ("D", True), ("B", True), ("2D", False), ("2B", False), ("W-SUN", False), ("MS", False),
     ("1", False)],
)  # fmt: skip
def test_only_a_step_that_lies_on_one_day_has_holidays(alias, expected):
    assert has_holidays(parse_frequency(alias)) is expected
