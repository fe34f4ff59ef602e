"""Checks values against annotated types: strictly, converting nothing silently, and telling all that is wrong at once.

A type is one of `str`, `int`, `float`, `bool`, `None`, `Literal`, a tuple, list or dict of one kind of thing, a record,
a union of such, or `Annotated` with the rules below.
"""

import math
import re
from collections.abc import Callable, Mapping, Sized
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

Check = Callable[[Any], Any]  # returns the value as it is kept, or raises an UnfitError


class Limits(NamedTuple):
    """What a number may be."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None


class Size(NamedTuple):
    """How many characters or items there may be."""

    least: int = 0
    most: int | None = None


class Pattern(NamedTuple):
    """How a whole text must look."""

    regex: str


class Checked(NamedTuple):
    """A function that returns the value as it is kept, or raises a ValueError; for people, `pattern` and examples."""

    function: Callable[[Any], Any]
    pattern: str | None = None
    examples: tuple[str, ...] = ()


class ReadBy(NamedTuple):
    """A function that turns what is written into what is checked, and the type of what may be written."""

    function: Callable[[Any], Any]
    written: Any


class Flaw(NamedTuple):
    """One thing that is wrong with a value, and where inside it."""

    path: tuple[str | int, ...]
    problem: str
    value: object
    kind: Literal["unfit", "told", "missing", "unknown"] = "unfit"  # told: the words are those of a check of ours

    def __str__(self) -> str:
        where = ".".join(map(str, self.path))
        return f"{where!r}: {self.problem}" if where else self.problem


class UnfitError(ValueError):
    """A value does not fit its type; `flaws` are all that is wrong with it."""

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        super().__init__("; ".join(map(str, flaws)))
        self.flaws = flaws

    def inside(self, name: str | int) -> tuple[Flaw, ...]:
        """Return the flaws as those of what holds the value under a name."""
        return tuple(flaw._replace(path=(name, *flaw.path)) for flaw in self.flaws)


@cache
def check_for(kind: Any) -> Check:
    """Return the function that checks a value against a type."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        check = check_for(arguments[0])
        for rule in arguments[1:]:
            check = _with_rule(check, rule)
        return check
    if origin is Literal:
        return _literal_check(arguments)
    if origin in (Union, UnionType):
        return _union_check(tuple(map(check_for, arguments)))
    if origin in (tuple, list):
        return _items_check(check_for(arguments[0]), origin)
    if origin is dict:
        return _dict_check(check_for(arguments[0]), check_for(arguments[1]))
    if kind in _PLAIN_CHECKS:
        return _PLAIN_CHECKS[kind]
    of_record: Check = kind.from_plain
    return of_record


def unfit(problem: str, value: object) -> UnfitError:
    """Return what to raise where a value as a whole is wrong."""
    return UnfitError((Flaw((), problem, value),))


def _check_text(value: Any) -> str:
    if not isinstance(value, str):
        raise unfit("input should be a valid string", value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise unfit("input should be a valid string, without half characters", value) from None
    return value if type(value) is str else str.__str__(value)


def _check_integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise unfit("input should be a valid integer", value)
    return value if type(value) is int else int(value)


def _check_number(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise unfit("input should be a valid number", value)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise unfit("input should be a finite number", value)
    return number


def _check_truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise unfit("input should be a valid boolean", value)
    return value


def _check_none(value: Any) -> None:
    if value is not None:
        raise unfit("input should be null", value)


_PLAIN_CHECKS: Mapping[Any, Check] = {
    str: _check_text,
    int: _check_integer,
    float: _check_number,
    bool: _check_truth,
    NoneType: _check_none,
}


def _literal_check(choices: tuple[Any, ...]) -> Check:
    *others, last = map(repr, choices)
    listed = f"{', '.join(others)} or {last}" if others else last

    def check(value: Any) -> Any:
        for choice in choices:
            if type(value) is type(choice) and value == choice:
                return choice
        raise unfit(f"input should be {listed}", value)

    return check


def _union_check(checks: tuple[Check, ...]) -> Check:
    def check(value: Any) -> Any:
        flaws: list[Flaw] = []
        for option in checks:
            try:
                return option(value)
            except UnfitError as error:
                flaws += error.flaws
        closer = [flaw for flaw in flaws if flaw.path or flaw.kind == "told"]  # of the option that was meant
        raise UnfitError(tuple(closer or flaws[:1]))

    return check


def _items_check(check_item: Check, kind: type[tuple[Any, ...]] | type[list[Any]]) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, (tuple, list)):
            raise unfit("input should be a valid array", value)
        items: list[Any] = []
        flaws: list[Flaw] = []
        for place, item in enumerate(value):
            try:
                items.append(check_item(item))
            except UnfitError as error:
                flaws.extend(error.inside(place))
        if flaws:
            raise UnfitError(tuple(flaws))
        return kind(items)

    return check


def _dict_check(check_key: Check, check_value: Check) -> Check:
    def check(value: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise unfit("input should be an object", value)
        kept: dict[Any, Any] = {}
        flaws: list[Flaw] = []
        for key, inner in value.items():
            try:
                kept[check_key(key)] = check_value(inner)
            except UnfitError as error:
                flaws.extend(error.inside(key))
        if flaws:
            raise UnfitError(tuple(flaws))
        return kept

    return check


def _with_rule(check: Check, rule: Any) -> Check:
    match rule:
        case ReadBy():
            return lambda value: check(rule.function(value))
        case Checked():
            return lambda value: _told(rule.function, check(value), value)
        case Limits():
            return lambda value: _within(rule, check(value), value)
        case Size():
            return lambda value: _sized(rule, check(value))
        case Pattern():
            matches = re.compile(rule.regex).fullmatch
            return lambda value: _matching(rule, matches, check(value))
    raise TypeError(f"{rule!r} is no rule")


def _told(function: Callable[[Any], Any], kept: Any, value: Any) -> Any:
    try:
        return function(kept)
    except ValueError as error:
        raise UnfitError((Flaw((), str(error), value, "told"),)) from error


def _within(limits: Limits, number: float, value: Any) -> float:
    if limits.ge is not None and number < limits.ge:
        raise unfit(f"input should be greater than or equal to {limits.ge}", value)
    if limits.gt is not None and number <= limits.gt:
        raise unfit(f"input should be greater than {limits.gt}", value)
    if limits.le is not None and number > limits.le:
        raise unfit(f"input should be less than or equal to {limits.le}", value)
    if limits.lt is not None and number >= limits.lt:
        raise unfit(f"input should be less than {limits.lt}", value)
    return number


def _sized(size: Size, value: Sized) -> Sized:
    kind, item = ("string", "character") if isinstance(value, str) else (type(value).__name__, "item")
    if len(value) < size.least:
        raise unfit(f"{kind} should have at least {size.least} {item}{'s' * (size.least > 1)}", value)
    if size.most is not None and len(value) > size.most:
        raise unfit(f"{kind} should have at most {size.most} {item}{'s' * (size.most > 1)}", value)
    return value


def _matching(pattern: Pattern, matches: Callable[[str], object], text: str) -> str:
    if not matches(text):
        raise unfit(f"string should match pattern {pattern.regex!r}", text)
    return text
