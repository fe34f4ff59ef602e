"""Reads texts of one pattern as what clocks showed when they were written, and finds the very way of writing.

Beside the directives of strptime there are `%q`, a quarter, `%K`, an hour of the day from 1 to 24, and `%N`, hours and
minutes as one number (930, 1745); `%G-W%V` without a weekday is the Monday of a week. A pattern with a start and an
end is an interval, and means its start. `24:00` is the midnight after a day.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lstmcast.arrays import BoolArray, TextArray
from lstmcast.data.clock.month_names import in_english
from lstmcast.data.clock.time_format import BREAK, MOST_DIGITS
from lstmcast.data.clock.time_guess import split_interval
from lstmcast.data.clock.zones import NO_MOMENT, ONE_DAY, Moments
from lstmcast.errors import DataError

Where = Callable[[int], str]  # the place in the file of a text, for messages
Owner = Callable[[int], tuple[str, ...]]  # the ids of the series that a text belongs to; none where there is one only

OFFSET = r"(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)$"
DIGITS = {
    "Y": 4,
    "G": 4,
    "m": 2,
    "d": 2,
    "H": 2,
    "I": 2,
    "K": 2,
    "V": 2,
    "M": 2,
    "S": 2,
    "N": 4,
    "j": 3,
    "y": 2,
    "q": 1,
    "u": 1,
}
PLAIN = {"q": ("m", lambda text: f"{3 * int(text) - 2:02}"), "K": ("H", lambda text: f"{int(text) - 1:02}"),
         "N": ("H:%M", lambda text: f"{int(text) // 100:02}:{int(text) % 100:02}")}  # fmt: skip
DATE = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
DATE_AND_TIME = (
    rf"(?P<date>{DATE})(?P<sign>[ T])(?P<hour>\d{{1,2}})(?P<rest>:\d\d(?::\d\d)?)(?P<half>(?: ?[AaPp][Mm])?)"
)
BLANKS = rf"^ +| +$| +(?={BREAK})|(?<={BREAK}) +"
FIRST, LAST = np.datetime64("1000-01-01", "us"), np.datetime64("9900-01-01", "us")  # room for a horizon and an offset
FEW = 3
MANY = 200  # texts that are looked at before all are


def _nobody(_place: int) -> tuple[str, ...]:
    return ()


def _no_hint(_place: int) -> str:
    return ""


@dataclass(frozen=True)
class TimeColumn:
    """The distinct texts of a time column, and how to name the place of one; several columns have a BREAK between."""

    name: str
    texts: TextArray
    where: Where
    owner: Owner = _nobody
    hint: Where = _no_hint  # what to do if a text stands in a line that is no row

    def refuse_one(self, wrong: BoolArray, problem: str, kind: type[DataError] = DataError) -> DataError:
        """Return the error that names the first of the wrong texts; others that are right lay it on its series."""
        place = int(np.argmax(wrong))
        error = self.refuse(place, problem if wrong.all() else f"{problem}{self.hint(place)}", kind)
        series = () if wrong.all() else self.owner(place)
        return error.of(series) if series else error

    def refuse(self, place: int, problem: str, kind: type[DataError] = DataError) -> DataError:
        """Return the error that names one text."""
        return kind(f"{self.where(place)}: column {self.name!r}: {readable(self.texts[place])!r} {problem}")


def tidied(column: TimeColumn) -> TimeColumn:
    """Return the column without what tables lay around its times, and with what some leave out."""
    return _with_midnights(_without_blanks(column))


def _with_midnights(column: TimeColumn) -> TimeColumn:
    """Return the column with the time of the day where it is left out at midnight, as R and spreadsheets do."""
    sizes = set(map(len, column.texts))
    if len(sizes) < 2:
        return column
    texts = pd.Series(column.texts)
    timed = texts.str.fullmatch(DATE_AND_TIME).to_numpy(bool)
    if not len(texts) / 2 <= timed.sum() < len(texts) or not texts[~timed].str.fullmatch(DATE).all():
        return column
    shortest = re.fullmatch(DATE_AND_TIME, min(texts[timed], key=len))
    assert shortest is not None
    hour = "12" if shortest["half"] else "0" * len(shortest["hour"])
    half = shortest["half"].replace("P", "A").replace("p", "a")
    midnight = f"{shortest['sign']}{hour}{re.sub('[0-9]', '0', shortest['rest'])}{half}"
    whole = texts.where(pd.Series(timed), texts + midnight)
    return replace(column, texts=whole.to_numpy(object))


def _without_blanks(column: TimeColumn) -> TimeColumn:
    """Return the column without the blanks around its texts, with which some tables are aligned."""
    if not any(re.search(BLANKS, text) for text in spread_of(column.texts, FEW)):
        return column
    texts = pd.Series(column.texts).str.replace(BLANKS, "", regex=True)
    return replace(column, texts=texts.to_numpy(object))


def walls_of(texts: "pd.Series[str]", pattern: str) -> Moments:
    """Return what clocks showed when texts with any pattern of ours were written; NaT where one does not follow it."""
    start, ends = split_interval(pattern)
    if ends:
        starts, rest = split_texts(texts, pattern)
        finish = strptime(rest.fillna(""), sign_and_end(ends)[1])
        return np.where(np.isnat(finish), NO_MOMENT, strptime(starts.fillna(""), start))
    if pattern.endswith("%z"):
        has_offset = texts.str.extract(OFFSET, expand=False).notna()
        bare = texts.str.replace(OFFSET, "", regex=True).where(has_offset, "")
        return strptime(bare, pattern.removesuffix("%z"))
    return strptime(texts, pattern)


def strptime(texts: "pd.Series[str]", pattern: str) -> Moments:
    """Return the stamps of texts, NaT where one does not follow the pattern."""
    texts, pattern = _without_own_directives(in_english(texts, pattern), pattern)
    clock_words = texts.isin(["now", "today"])  # pandas would read the clock, whatever the pattern
    stamps = _to_datetime(texts.mask(clock_words), pattern)
    if "%H:%M" in pattern and np.isnat(stamps).any():
        midnights = texts.str.contains(r"(?<!\d)24:00", regex=True).to_numpy(bool) & np.isnat(stamps)
        if midnights.any():
            of_day = texts[midnights].str.replace(r"(?<!\d)24:00", "00:00", regex=True)
            stamps[midnights] = _to_datetime(of_day, pattern) + ONE_DAY
    return np.where((stamps >= FIRST) & (stamps < LAST), stamps, NO_MOMENT)


def _to_datetime(texts: "pd.Series[str]", pattern: str) -> Moments:
    return np.array(pd.to_datetime(texts, format=pattern, errors="coerce").to_numpy(), "datetime64[us]")


def _without_own_directives(texts: "pd.Series[str]", pattern: str) -> tuple["pd.Series[str]", str]:
    """Return texts and pattern as strptime takes them: a week has a weekday, a quarter is its first month."""
    for own, (plain, change) in PLAIN.items():
        if f"%{own}" in pattern:
            expression = re.compile(_expression(pattern))
            texts = texts.map(lambda text, e=expression, o=own, c=change: _change_part(text, e, o, c))
            pattern = pattern.replace(f"%{own}", f"%{plain}")
    if "%V" in pattern and "%u" not in pattern:
        texts, pattern = texts + " 1", f"{pattern} %u"
    return texts, pattern


def _change_part(text: str, expression: re.Pattern[str], part: str, change: Callable[[str], str]) -> str:
    found = expression.fullmatch(text)
    return f"{text[: found.start(part)]}{change(found[part])}{text[found.end(part) :]}" if found else ""


def split_texts(texts: "pd.Series[str]", pattern: str) -> tuple["pd.Series[str]", "pd.Series[str]"]:
    """Return the starts and the ends of intervals, missing where a text is none."""
    start, ends = split_interval(pattern)
    sign, end = sign_and_end(ends)
    whole = f"({_expression(start, named=False)}){re.escape(sign)}({_expression(end, named=False)})"
    parts = texts.str.extract(f"^{whole}$")
    return parts[0], parts[1]


def sign_and_end(ends: str) -> tuple[str, str]:
    place = ends.index("%")
    return ends[:place], ends[place:]


def readable(text: str) -> str:
    """Return a text, or a pattern, of several columns with blanks between them."""
    return str(text).replace(BREAK, " ")


def leading_zeros(texts: TextArray, pattern: str, known: str = "") -> tuple[str, int]:
    """Return the pattern with `%-d` for what is written without leading zeros, and the digits of a second's part.

    Where no text tells, it is as in the `known` pattern of a model.
    """
    expression = _expression(pattern)
    samples = [found.groupdict() for text in spread_of(texts, MANY) if (found := re.fullmatch(expression, text))]
    for directive, digits in DIGITS.items():
        written = [sample[directive] for sample in samples if directive in sample]
        short = sum(len(text) < digits for text in written)
        padded = sum(len(text) == digits and text.startswith("0") for text in written)
        if short > padded or (short == padded == 0 and f"%-{directive}" in known):
            pattern = pattern.replace(f"%{directive}", f"%-{directive}")
    fractions = [len(sample["f"]) for sample in samples if "f" in sample]
    return pattern, max(fractions, default=6)


def spread_of(texts: TextArray, count: int) -> list[str]:
    places = np.unique(np.linspace(0, len(texts) - 1, min(count, len(texts))).astype(int))
    return [str(text) for text in texts[places]]


def _expression(pattern: str, *, named: bool = True) -> str:
    """Return the regular expression of texts with a pattern; its groups are the parts that are numbers."""
    parts = re.split(r"%(.)", pattern.replace("%-", "%"))
    return "".join(_part_expression(part, named) if place % 2 else re.escape(part) for place, part in enumerate(parts))


def _part_expression(directive: str, named: bool) -> str:
    if directive in DIGITS or directive == "f":
        return f"(?{f'P<{directive}>' if named else ':'}\\d{{1,{DIGITS.get(directive, MOST_DIGITS)}}})"
    return "%" if directive == "%" else r"\S+?"
