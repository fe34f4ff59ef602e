"""What a model has to know of its covariates, beside their names, to read later data in the same way."""

from datetime import date
from typing import Annotated

from lstmcast.kinds import Checked
from lstmcast.records import Record, key


def _check_day(text: str) -> str:
    date.fromisoformat(text)
    return text


Day = Annotated[str, Checked(_check_day)]
Categories = dict[str, tuple[str, ...]]  # by column


class HolidayFacts(Record):
    """The holidays that a model was trained with: all of them from one day to another."""

    region: str
    package: str  # the version of the package that told them
    first: Day
    last: Day
    days: tuple[Day, ...]


class CovariateFacts(Record):
    """How covariates became columns of numbers."""

    categories: Categories = key(default={})  # the texts of each column of texts, sorted
    steps: dict[str, tuple[float, ...]] = key(default={})  # the thresholds of each static number
    holidays: HolidayFacts | None = None
