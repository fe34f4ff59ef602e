"""Lists the ways in which a text could be a time, from the text alone; nothing is decided here.

A way is a strptime pattern. Beside the directives of strptime there are `%q`, a quarter, `%K`, an hour of the day from
1 to 24, and `%N`, hours and minutes as one number; `%G-W%V` without a weekday is the Monday of a week.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import product

from lstmcast.data.clock.month_names import is_long_name, is_short_name, month_number

CLOCK = (
    r"(?P<gap>T|,? ?[ \-@] ?|:|^)(?P<H>\d{1,2})(?P<sign>[:.hH])\d\d(?P<S>(?P=sign)\d\d(?P<f>[.,]\d{1,9})?)?"
    r"(?P<half> ?[AaPp][Mm])?"
    r"(?P<space> ?)(?P<offset>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$"
)
PACKED_CLOCK = r"(?P<gap>(?<=\d{2})[T ]|(?<=^\d{8})[:_-])\d{4}(?P<S>\d\d)?(?P<offset>Z|[+-]\d\d(?::?\d\d)?)?$"
SYSTEM = r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \d{4}"  # as C's ctime writes it
INTERVAL_SIGNS = (" - ", " to ", " / ", "/", "-")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BETWEEN = ("de", "del", "of")  # words between a day, its month and its year
YEAR = r"(?:1[5-9]|2[0-4])\d\d"  # no name of a series, if possible
QUARTER = r"(?:Q|T|[Qq]uart(?:al|er)|[Tt]rim(?:estre|\.)?|[Kk]wartaal)"  # as written in some languages
WEEK = r"(?:KW|Kw|CW|Wk|WK|[Ww]eek|Woche|[Ss]emaine|[Ss]emana|[Ss]ettimana)"
NUMBERED = (
    (r"\d{4}([-/. ])\d{1,2}\1\d{1,2}", ("%Y{0}%m{0}%d",)),
    (r"\d{4}(\. ?)\d{1,2}\1\d{1,2}\.", ("%Y{0}%m{0}%d.",)),
    (r"\d{4}([年년] ?)\d{1,2}([月월] ?)\d{1,2}([日일])", ("%Y{0}%m{1}%d{2}",)),
    (r"\d{4}([年년] ?)\d{1,2}([月월])", ("%Y{0}%m{1}",)),
    (r"\d{4}([-/.])\d{1,2}", ("%Y{0}%m",)),
    (r"\d{1,2}([-/. ])\d{1,2}\1\d{4}", ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y")),
    (r"\d{1,2}([-/.])\d{1,2}\1\d{2}", ("%d{0}%m{0}%y", "%m{0}%d{0}%y", "%y{0}%m{0}%d")),
    (r"0\d\d([-/.])\d{4}", ("0%m{0}%Y",)),
    (rf"(?:1[3-9]|[2-5]\d)([-/.]){YEAR}", ("%V{0}%G",)),
    (r"\d{1,2}([-/.])\d{4}", ("%m{0}%Y",)),
    (rf"{YEAR}([- ]?[MP])\d{{1,2}}", ("%Y{0}%m",)),
    (r"\d{8}", ("%Y%m%d",)),
    (r"\d{4}([-/ ]?W)\d{1,2}", ("%G{0}%V",)),
    (r"\d{4}(-W)\d{1,2}-[1-7]", ("%G-W%V-%u",)),
    (r"\d{4}(W)\d\d[1-7]", ("%GW%V%u",)),
    (rf"{YEAR}([-/ ]?{WEEK}[-. ]?)\d{{1,2}}", ("%G{0}%V",)),
    (rf"((?:{WEEK}|W)[-. ]?)\d{{1,2}}([-/, ]{{1,3}}){YEAR}", ("{0}%V{1}%G",)),
    (rf"{YEAR}([-/ :]?{QUARTER} ?|[-/ :]?q)[1-4]", ("%Y{0}%q",)),
    (rf"({QUARTER}|q)[1-4]([-/ :]?){YEAR}", ("{0}%q{1}%Y",)),
    (rf"[1-4](\.? ?{QUARTER}[-/ :]?|q[-/ :]?){YEAR}", ("%q{0}%Y",)),
    (r"([Qq])[1-4]([-/ :']| ')\d{2}", ("{0}%q{1}%y",)),
    (r"[1-4]([Qq][-/ :']?)\d{2}", ("%q{0}%y",)),
)
LONGEST = 60
MOST_DIGITS_OF_A_DATE = 10


def candidate_patterns(text: str) -> tuple[str, ...]:
    """Return the patterns that a text with a year seems to follow, the likeliest first."""
    if len(text) > LONGEST:
        return ()
    is_offset = re.search(r":\d\d[+-]\d\d:\d\d$", text)
    is_long = text.count(":") > 1 or len(re.findall(r"\d", text)) > MOST_DIGITS_OF_A_DATE
    if is_long and not is_offset and (found := tuple(_interval_patterns(text))):
        return found
    clock = re.search(CLOCK, text)
    if clock and clock.start() and (dates := _dates(text[: clock.start()])):
        return tuple(f"{date}{clock['gap']}{_clock_pattern(clock)}" for date in dates)
    system = re.fullmatch(SYSTEM, text)
    if system:
        return ("%a %b %d %H:%M:%S %Y",)
    packed = re.search(PACKED_CLOCK, text)
    if packed and text[0].isdecimal() and (dates := _dates(text[: packed.start()])):
        tail = f"{packed['gap']}%H%M{'%S' if packed['S'] else ''}{'%z' if packed['offset'] else ''}"
        return tuple(f"{date}{tail}" for date in dates)
    return _dates(text)


def clock_pattern(text: str) -> str | None:
    """Return the pattern of a time of the day."""
    found = re.fullmatch(CLOCK, text)
    is_bare = found and not found["gap"] and not found["offset"] and found["sign"] != "."
    return _clock_pattern(found) if found and is_bare else None


def word_patterns(word: str) -> tuple[str, ...]:
    """Return the patterns of a word that is the name of a month or of a weekday."""
    lower = word.lower()
    if month_number(word):
        return (*(("%b",) if is_short_name(word) else ()), *(("%B",) if is_long_name(word) else ()))
    if lower in WEEKDAYS:
        return ("%A",)
    return ("%a",) if lower in [name[:3] for name in WEEKDAYS] else ()


def split_interval(pattern: str) -> tuple[str, str]:
    """Return the pattern of the start, and the sign with the pattern of the end: "" where a pattern has no end."""
    seen: set[str] = set()
    signs_from = 0
    for found in re.finditer(r"%-?(.)", pattern):
        if found[1] in seen:
            return pattern[:signs_from], pattern[signs_from:]
        seen.add(found[1])
        signs_from = found.end()
    return pattern, ""


def _clock_pattern(clock: re.Match[str]) -> str:
    half = (" " if clock["half"].startswith(" ") else "") + "%p" if clock["half"] else ""
    sign = clock["sign"]
    second = f"{sign}%S{clock['f'][0] + '%f' if clock['f'] else ''}" if clock["S"] else ""
    offset = f"{clock['space']}%z" if clock["offset"] else ""
    return f"{'%I' if half else '%H'}{sign}%M{second}{half}{offset}"


def _interval_patterns(text: str) -> Iterator[str]:
    """Yield the patterns of a start whose end has the same date, or none, before its time of the day."""
    for sign in INTERVAL_SIGNS:
        places = [found.start() for found in re.finditer(re.escape(sign), text)]
        for first, end in ((text[:place], text[place + len(sign) :]) for place in places):
            starts = [start for start in candidate_patterns(first) if "%d" in start and "%z" not in start]
            bare = clock_pattern(end)
            ends = candidate_patterns(end) if starts and not bare else ()
            yield from (f"{start}{sign}{bare or start}" for start in starts if bare or start in ends)


def _dates(text: str) -> tuple[str, ...]:
    named = re.match(r"([^\W\d_]{2,9})([.,]? +)(?=\d)", text)
    if named and (words := [word for word in word_patterns(named[1]) if word in ("%a", "%A")]):
        return tuple(f"{words[0]}{named[2]}{date}" for date in _numbered(text[named.end() :])) or _named(text)
    return _numbered(text) or _named(text)


def _numbered(text: str) -> tuple[str, ...]:
    for expression, patterns in NUMBERED:
        found = re.fullmatch(expression, text)
        if found:
            return tuple(pattern.format(*found.groups()) for pattern in patterns)
    return ()


def _named(text: str) -> tuple[str, ...]:
    """Return the patterns of a date with a name in it."""
    return tuple(_written_dates(text)) if re.search(r"[^\W\d_]{3}", text) and "%" not in text else ()


def _written_dates(text: str) -> Iterator[str]:
    """Yield the patterns of a date with the name of its month."""
    tokens = re.findall(r"[^\W\d_]+\.?|\d+|[\W_]+", text)
    words = [place for place, token in enumerate(tokens) if token[0].isalpha() and token not in BETWEEN]
    numbers = [place for place, token in enumerate(tokens) if token[0].isdecimal()]
    choices = [word_patterns(tokens[place]) for place in words]
    for order in _number_orders([tokens[place] for place in numbers]):
        for chosen in product(*choices):
            if sum(pattern in ("%b", "%B") for pattern in chosen) != 1 or len(set(chosen)) < len(chosen):
                continue
            made = list(tokens)
            for place, pattern in zip((*words, *numbers), (*chosen, *order), strict=True):
                made[place] = pattern
            yield "".join(made)


def _number_orders(numbers: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield what the numbers beside the name of a month could be: its day and its year, or its year."""
    for order in (("%Y",), ("%y",), ("%d", "%Y"), ("%Y", "%d"), ("%d", "%y")):
        if len(order) == len(numbers) and all(map(_could_be, numbers, order)):
            yield order


def _could_be(number: str, pattern: str) -> bool:
    if pattern == "%d":
        return len(number) <= 2 and 1 <= int(number) <= 31
    return len(number) == (4 if pattern == "%Y" else 2)
