"""Names of months: read in any of seven languages, written as the file writes them."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, partial

import pandas as pd

WORD = re.compile(r"[^\W\d_]{3,}\.?")
NUMBER_OF_MONTHS = 12
LANGUAGES: tuple[tuple[str, ...], ...] = (  # the long names of each, and its ways to shorten them
    ("january february march april may june july august september october november december",
     "jan feb mar apr may jun jul aug sep oct nov dec",
     "jan feb mar apr may june july aug sept oct nov dec",
     "jan feb march april may june july aug sept oct nov dec"),
    ("januar februar märz april mai juni juli august september oktober november dezember",
     "jan feb mär apr mai jun jul aug sep okt nov dez",
     "jan feb märz apr mai juni juli aug sept okt nov dez",
     "jan feb mrz apr mai jun jul aug sep okt nov dez"),
    ("januar februar maerz april mai juni juli august september oktober november dezember",),
    ("jänner feber märz april mai juni juli august september oktober november dezember",),
    ("janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
     "janv févr mars avr mai juin juil août sept oct nov déc",
     "jan fév mar avr mai jui juil aoû sep oct nov déc",
     "jan fév mar avr mai jun jul aoû sep oct nov déc"),
    ("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
     "ene feb mar abr may jun jul ago sep oct nov dic",
     "ene feb mar abr may jun jul ago sept oct nov dic"),
    ("enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre",),
    ("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
     "gen feb mar apr mag giu lug ago set ott nov dic"),
    ("januari februari maart april mei juni juli augustus september oktober november december",
     "jan feb mrt apr mei jun jul aug sep okt nov dec",
     "jan febr mrt apr mei juni juli aug sept okt nov dec",
     "jan feb maa apr mei jun jul aug sep okt nov dec"),
    ("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
     "jan fev mar abr mai jun jul ago set out nov dez"),
)  # fmt: skip
ENGLISH = tuple(name.capitalize() for name in LANGUAGES[0][0].split())


def month_number(word: str) -> int | None:
    """Return the month from 1 to 12 that a word names in one of the languages; a point may end it."""
    return _numbers().get(_plain(word))


def is_long_name(word: str) -> bool:
    """Return whether a language has the word as the whole name of a month."""
    return _plain(word) in _names(is_long=True)


def is_short_name(word: str) -> bool:
    """Return whether a language shortens the name of a month so."""
    return _plain(word) in _names(is_long=False)


def in_english(texts: "pd.Series[str]", pattern: str) -> "pd.Series[str]":
    """Return texts with the names of months that strptime knows, if they are as long as the pattern says."""
    if "%b" not in pattern and "%B" not in pattern:
        return texts
    keeps_point = "%b." in pattern or "%B." in pattern
    return texts.str.replace(WORD, partial(_english_word, is_long="%B" in pattern, keeps_point=keeps_point), regex=True)


def months_as_written(texts: Iterable[str], pattern: str) -> tuple[str, ...]:
    """Return the twelve names as the texts write them, () where strftime does so; unseen ones are of the same kind."""
    is_long = "%B" in pattern
    if not is_long and "%b" not in pattern:
        return ()
    seen: dict[int, str] = {}
    keeps_point = "%b." in pattern or "%B." in pattern
    for word in (found for text in texts for found in WORD.findall(text)):
        if number := month_number(word):
            seen.setdefault(number, word.rstrip(".") if keeps_point else word)
    usual = tuple(name if is_long else name[:3] for name in ENGLISH)
    if all(word == usual[number - 1] for number, word in seen.items()):
        return ()
    others = _of_the_same_kind(seen, is_long)
    return tuple(seen.get(number, others[number - 1]) for number in range(1, NUMBER_OF_MONTHS + 1))


def _english_word(found: re.Match[str], *, is_long: bool, keeps_point: bool) -> str:
    number = month_number(found[0])
    if number is None or not (is_long_name(found[0]) if is_long else is_short_name(found[0])):
        return found[0]
    bare = found[0].rstrip(".")
    name = ENGLISH[number - 1]
    point = found[0][len(bare) :] if keeps_point else ""
    return (name if is_long else name[:3]) + point


def _of_the_same_kind(seen: dict[int, str], is_long: bool) -> list[str]:
    """Return the names of the first list that has all that are seen, in their case and with their points."""
    for long, *short in LANGUAGES:
        for names in (long, *short) if is_long else (*short, long):
            listed = names.split()
            if all(_plain(word) == _plain(listed[number - 1]) for number, word in seen.items()):
                has_points = any(word.endswith(".") for word in seen.values())
                whole = set(long.split())
                pointed = [name + "." if has_points and name not in whole else name for name in listed]
                return [_in_case_of(next(iter(seen.values())), name) for name in pointed]
    return [name if is_long else name[:3] for name in ENGLISH]


def _in_case_of(example: str, name: str) -> str:
    if example.isupper():
        return name.upper()
    return name.capitalize() if example[0].isupper() else name


@cache
def _numbers() -> dict[str, int]:
    return {
        _plain(name): number for kinds in LANGUAGES for names in kinds for number, name in enumerate(names.split(), 1)
    }


@cache
def _names(*, is_long: bool) -> frozenset[str]:
    chosen = (names for long, *short in LANGUAGES for names in ([long] if is_long else short))
    return frozenset(_plain(name) for names in chosen for name in names.split())


def _plain(word: str) -> str:
    """Return a word in small letters, without accents and the point at its end."""
    parts = unicodedata.normalize("NFD", word.lower().rstrip("."))
    return "".join(part for part in parts if not unicodedata.combining(part))
