"""Tells which part of a time one of several columns holds, by its name and its texts: a year, an hour, a clock."""

import re
from collections.abc import Sequence

from lstmcast.data.clock.time_guess import candidate_patterns, clock_pattern, word_patterns

NAMES = {
    "year": ("year", "yr", "yyyy", "jahr", "annee", "année", "ano", "año", "anno", "jaar"),
    "month": ("month", "mon", "mnth", "mm", "mo", "mn", "monat", "mois", "mes", "mês", "mese", "maand"),
    "day": ("day", "dd", "dy", "tag", "jour", "dia", "día", "giorno", "dag", "dayofmonth", "dateofmonth",
        "monthday", "mday", "dom"),
    "hour": (
        "hour", "hr", "hh", "he", "hourending", "hourend", "hourbeginning", "hourofday", "stunde", "std", "heure",
        "hora", "ora", "uur",
    ),
    "minute": ("minute", "min", "minuto"),
    "second": ("second", "sec", "sekunde"),
    "quarter": ("quarter", "qtr", "quartal", "trimestre"),
    "week": (
        "week", "weekofyear", "weeknumber", "weeknum", "weekno", "wk", "isoweek", "woche", "kw", "kalenderwoche",
        "semaine", "semana",
    ),
    "dayofyear": ("dayofyear", "doy", "yday", "jday", "julianday", "julday", "yearday", "jd"),
    "clock": (
        "hhmm", "hrmn", "hourmin", "hourminute", "time", "timeofday", "uhrzeit", "zeit", "heure", "hora", "ora",
        "utc", "gmt", "lst", "est", "cst", "mst", "pst", "cet", "mez",
    ),
}  # fmt: skip
PART_OF_NAME = {name: part for part, names in reversed(NAMES.items()) for name in names}
PATTERNS = {
    "year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S", "quarter": "%q",
    "week": "%V", "dayofyear": "%j",
}  # fmt: skip
MARKED = (
    (re.compile(r"M(0?[1-9]|1[0-2])"), "month", "M%m"),
    (re.compile(r"Q[1-4]"), "quarter", "Q%q"),
    (re.compile(r"Q0[1-4]"), "quarter", "Q0%q"),
    (re.compile(r"W(0?[1-9]|[1-4]\d|5[0-3])"), "week", "W%V"),
)
WITH_ZERO = re.compile(r"\d{1,4}\.0")  # whole numbers as pandas writes a column of which one was missing once
HOUR_SIGNS = re.compile(r"(\d{1,2})( ?[hH])")
DOTTED = re.compile(r"([01]?\d|2[0-3])\.[0-5]\d(\.[0-5]\d)?")
OF_DAY = ("%H", "%I", "%K", "%N")
LAST_HOUR, LAST_MINUTE = 24, 60


def part_of(name: str) -> str | None:
    """Return the part of a time that a column is called after: `Hour Ending` is an hour, `HHMM` a clock."""
    return PART_OF_NAME.get(re.sub(r"\([^)]*\)|[^a-zà-ÿ]", "", name.lower()))


def part_of_texts(texts: Sequence[str]) -> str | None:
    """Return the part of a time that texts say themselves to be: `M01`, `Q3`, `January`."""
    for expression, part, _ in MARKED:
        if all(map(expression.fullmatch, texts)):
            return part
    return "month" if all(map(word_patterns, texts)) and word_patterns(texts[0])[0] in ("%b", "%B") else None


def part_patterns(name: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Return the patterns that one of several columns of a time seems to follow, by its name and some of its texts."""
    marked = next((pattern for expression, _, pattern in MARKED if all(map(expression.fullmatch, texts))), None)
    if marked is not None:
        return (marked,)
    if all(re.fullmatch(r"\d{1,6}", text) for text in texts):
        return _number_patterns(part_of(name), texts)
    if are_parts_with_zero(name, texts):
        return (f"{PATTERNS[part_of(name) or '']}.0",)
    if all(map(HOUR_SIGNS.fullmatch, texts)):
        return _signed_hours(texts)
    words = word_patterns(texts[0])
    if words and part_of(name) in ("month", None):
        return tuple(pattern for pattern in words if pattern in ("%b", "%B"))
    clock = clock_pattern(texts[0]) or _dotted_pattern(part_of(name), texts)
    return (clock,) if clock else candidate_patterns(texts[0])


def are_parts_with_zero(name: str, texts: Sequence[str]) -> bool:
    """Return whether a column called after a part of a time has texts such as `2024.0`."""
    return part_of(name) in PATTERNS and all(map(WITH_ZERO.fullmatch, texts))


def day_time_patterns(name: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Return the patterns of a column that tells the time of the day by its texts, or by its name and whole numbers."""
    part = part_of(name)
    if all(re.fullmatch(r"\d{1,6}", text) for text in texts):
        found = _number_patterns(part, texts) if part in ("hour", "clock") else ()
        return tuple(pattern for pattern in found if pattern.startswith(OF_DAY))
    if all(map(HOUR_SIGNS.fullmatch, texts)):
        return _signed_hours(texts)
    clock = clock_pattern(texts[0]) or _dotted_pattern(part, texts)
    return (clock,) if clock else ()


def _number_patterns(part: str | None, texts: Sequence[str]) -> tuple[str, ...]:
    longest = max(map(len, texts))
    if part in ("hour", "clock", None) and longest <= 2:
        return _hour_patterns([int(text) for text in texts]) or (("%H",) if part == "hour" else ())
    if part in ("hour", "clock", None) and longest <= 4 and are_clocks(texts):
        return ("%N",)
    if part in ("hour", "clock") and all(len(text) == 6 for text in texts):
        return ("%H%M%S",)
    if part == "year" and longest == 2:
        return ("%y",)
    return (PATTERNS[part],) if part in PATTERNS and part != "hour" else candidate_patterns(texts[0])


def _hour_patterns(hours: Sequence[int]) -> tuple[str, ...]:
    if max(hours) > LAST_HOUR:
        return ()
    return ("%K",) if max(hours) == LAST_HOUR and min(hours) >= 1 else ("%H",)


def _signed_hours(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the patterns of `7h` and `07 h`, which may count from 1 to 24; each sign after the hours has its own."""
    parts = [found for text in texts if (found := HOUR_SIGNS.fullmatch(text))]
    patterns = _hour_patterns([int(found[1]) for found in parts])
    return tuple(pattern + sign for pattern in patterns for sign in dict.fromkeys(found[2] for found in parts))


def _dotted_pattern(part: str | None, texts: Sequence[str]) -> str | None:
    """Return the pattern of `18.30` and `18.30.00`, which could be a number or a date if its name did not tell."""
    if part not in ("clock", "hour") or not all(map(DOTTED.fullmatch, texts)):
        return None
    return "%H.%M.%S" if texts[0].count(".") == 2 else "%H.%M"


def are_clocks(numbers: Sequence[str]) -> bool:
    """Return whether whole numbers are hours times 100 and minutes: 930, 1745."""
    return all(map(_is_clock, numbers))


def _is_clock(text: str) -> bool:
    hour, minute = divmod(int(text), 100)
    return minute < LAST_MINUTE and (hour < LAST_HOUR or (hour, minute) == (LAST_HOUR, 0))
