"""Refuses tables that are turned: their times stand in the header, and their rows are series, years or days."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from shlex import quote

import numpy as np

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.clock.month_names import NUMBER_OF_MONTHS, month_number
from lstmcast.data.clock.time_guess import candidate_patterns, clock_pattern
from lstmcast.data.clock.time_parts import part_of
from lstmcast.data.survey.columns import Column
from lstmcast.data.table.csv_shape import UNNAMED
from lstmcast.errors import DataError

LEAST, LEAST_CLOCKS, LEAST_COUNTED = 3, 12, 20
MOSTLY = 0.5
YEAR = re.compile(r"[XY]?(1[5-9]|2[01])\d\d( \[YR\d{4}\])?")
HOUR = re.compile(r"(?i)(h|hr|he|hour|stunde|heure|hora|ora|uur)?[ _]?(\d{1,2})")
COUNTED = re.compile(r"(.*?)(\d+)")
HOURS_OF_DAY = ([*range(24)], [*range(1, 25)], [*range(1, 26)])  # there are 25 where clocks are set back
DIGITS = r'.assign({0}=lambda table: table["{0}"].str.extract("([0-9]+)"))'


@dataclass(frozen=True)
class Header:
    """The names of a table's columns, as far as they hold anything, and how pandas reads the file that it is in."""

    where: str
    names: tuple[str, ...]
    dropped: tuple[str, ...] = ()  # columns without a name that only count the rows
    separator: str = ","
    line: int = 1
    encoding: str = "utf-8"


def header_of(
    where: str, all_names: Sequence[str], columns: Sequence[Column], csv: CsvConfig, separator: str
) -> Header:
    """Return the header of a file whose columns have been looked at."""
    names = tuple(column.name for column in columns)
    dropped = tuple(name for place, name in enumerate(all_names) if name not in names and not place)
    return Header(where, names, dropped, separator, csv.header or 1, csv.encoding)


def refuse_turned(header: Header, columns: Sequence[Column], rows: int) -> None:
    """Raise a DataError if most columns are called after times; it says how to turn the table."""
    names = header.names
    times = [name for name in names if YEAR.fullmatch(name.strip()) or candidate_patterns(name.strip())]
    if len(times) >= LEAST and len(times) >= MOSTLY * len(names):
        recipe = _recipe(header, _without(names, times), "time")
        raise _refuse(header, f"its times stand in the header ({_ends(times)}), one column for each", "each", recipe)
    _refuse_months(header, rows)
    clocks = _clocks(names)
    if clocks and len(clocks) < len(names):
        name, digits = ("time", "") if clock_pattern(clocks[0].strip()) else ("hour", DIGITS.format("hour"))
        recipe = _recipe(header, _without(names, clocks), name, clocks, digits)
        raise _refuse(header, f"each row is a day and each time of it a column ({_ends(clocks)})", "each time", recipe)
    counted = _counted(names)
    if counted and _name_rows(columns, rows):
        recipe = _recipe(header, _without(names, counted), "step", counted, DIGITS.format("step"))
        raise _refuse(header, f"each row is a series and each step a column ({_ends(counted)})", "each step", recipe)


def _refuse_months(header: Header, rows: int) -> None:
    """Raise a DataError if each row is a year."""
    months = [name for name in header.names if month_number(name.strip())]
    years = [name for name in header.names if part_of(name) == "year"]
    if any(part_of(name) == "month" for name in header.names):
        return  # the others say which rows are of January
    if len({month_number(name.strip()) for name in months}) == NUMBER_OF_MONTHS and len(years) == 1 and rows > 1:
        drop = _without(header.names, [*months, *years])
        left_out = f", which leaves out {', '.join(map(repr, drop))}" if drop else ""
        recipe = _recipe(header, years, "month", months) + left_out
        raise _refuse(header, f"each row is a year and each month a column ({_ends(months, 1)})", "each month", recipe)


def _refuse(header: Header, problem: str, what: str, recipe: str) -> DataError:
    return DataError(f"{header.where}: {problem}, but a row is needed for {what}; turn it: {recipe}")


def _clocks(names: Sequence[str]) -> list[str]:
    """Return the columns that are called after the times of one day."""
    clocks = [name for name in names if clock_pattern(name.strip())]
    if len(clocks) >= LEAST_CLOCKS:
        return clocks
    hours = [name for name in names if HOUR.fullmatch(name.strip())]
    numbers = [int(found[2]) for name in hours if (found := HOUR.fullmatch(name.strip()))]
    return hours if numbers in HOURS_OF_DAY else []


def _counted(names: Sequence[str]) -> list[str]:
    """Return the columns with one name and a number behind it, which counts, if there are many."""
    found = [match for name in names if (match := COUNTED.fullmatch(name.strip()))]
    last = found[-1][1] if found else ""
    same = [match for match in found if match[1] == last]
    numbers = [int(match[2]) for match in same]
    is_run = len(same) >= LEAST_COUNTED and numbers == [*range(numbers[0], numbers[0] + len(numbers))]
    return [match[0] for match in same] if is_run else []


def _name_rows(columns: Sequence[Column], rows: int) -> bool:
    """Return whether columns of texts name each row, and none holds times."""
    texts = [column for column in columns if column.values is None]
    if any(column.time_formats for column in texts):
        return False
    if any(column.distinct == rows for column in texts):
        return True
    codes = [column.codes for column in texts if column.codes is not None]
    return len(codes) > 1 and np.unique(np.stack(codes), axis=1).shape[1] == rows


def _without(names: Sequence[str], others: Sequence[str]) -> list[str]:
    return [name for name in names if name not in others]


def _ends(names: Sequence[str], shown: int = 2) -> str:
    return f"{', '.join(names[:shown])} to {names[-1]}"


def _recipe(header: Header, kept: Sequence[str], time: str, turned: Sequence[str] = (), tail: str = "") -> str:
    """Return a command that makes a long table of a wide one."""
    write = partial(json.dumps, ensure_ascii=False)
    unnamed = {
        UNNAMED.format(place + 1): f"Unnamed: {place}" for place in range(len(header.names) + len(header.dropped))
    }
    options = {"sep": header.separator, "skiprows": header.line - 1, "encoding": header.encoding}
    usual = {"sep": ",", "skiprows": 0, "encoding": "utf-8"}
    said = "".join(f", {name}={write(value)}" for name, value in options.items() if value != usual[name])
    columns = f", value_vars={write(turned)}" if turned else ""
    drop = ".drop(columns=" + write([unnamed[name] for name in header.dropped]) + ")" if header.dropped else ""
    call = f'melt(id_vars={write([unnamed.get(name, name) for name in kept])}{columns}, var_name="{time}"){tail}'
    table = f'pandas.read_csv({write(header.where)}{said}).dropna(axis=1, how="all"){drop}'
    program = f'import pandas; {table}.{call}.dropna(subset="value").to_csv("long.csv", index=False)'
    return f"python -c {quote(program)}"
