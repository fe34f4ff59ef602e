"""Refuses tables that are turned: their times stand in the header, and their rows are series or years."""

import json
import re
from collections.abc import Sequence
from functools import partial
from shlex import quote

from lstmcast.data.clock.month_names import NUMBER_OF_MONTHS, month_number
from lstmcast.data.clock.time_guess import candidate_patterns
from lstmcast.data.clock.time_parts import part_of
from lstmcast.errors import DataError

LEAST = 3
MOSTLY = 0.5
YEAR = re.compile(r"[XY]?(1[5-9]|2[01])\d\d( \[YR\d{4}\])?")


def refuse_turned(where: str, names: Sequence[str], rows: int) -> None:
    """Raise a DataError if most columns are called after times; it says how to turn the table."""
    times = [name for name in names if YEAR.fullmatch(name.strip()) or candidate_patterns(name.strip())]
    if len(times) >= LEAST and len(times) >= MOSTLY * len(names):
        others = [name for name in names if name not in times]
        raise DataError(
            f"{where}: its times stand in the header ({times[0]}, {times[1]} to {times[-1]}), one column for each, but "
            f"a row is needed for each; turn it: {_recipe(where, others, 'time')}"
        )
    months = [name for name in names if month_number(name.strip())]
    years = [name for name in names if part_of(name) == "year"]
    if len({month_number(name.strip()) for name in months}) == NUMBER_OF_MONTHS and len(years) == 1 and rows > 1:
        drop = [name for name in names if name not in (*months, *years)]
        left_out = f", which leaves out {', '.join(map(repr, drop))}" if drop else ""
        raise DataError(
            f"{where}: each row is a year and each month a column ({months[0]} to {months[-1]}), but a row is needed "
            f"for each month; turn it: {_recipe(where, years, 'month', months)}{left_out}"
        )


def _recipe(path: str, kept: Sequence[str], time: str, turned: Sequence[str] = ()) -> str:
    """Return a command that makes a long table of a wide one."""
    write = partial(json.dumps, ensure_ascii=False)
    columns = f", value_vars={write(turned)}" if turned else ""
    call = f'melt(id_vars={write(kept)}{columns}, var_name="{time}")'
    program = f'import pandas; pandas.read_csv({write(path)}).{call}.to_csv("long.csv", index=False)'
    return f"python -c {quote(program)}"
