"""Writes a config as people would: sections, one key a line, and a comment that says why."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from lstmcast.config.settings import Plain
from lstmcast.config.yaml_text import read_scalar
from lstmcast.one_line import on_one_line

WIDTH = 110
COMMENT_COLUMN = 30
PLAIN_TEXT = re.compile(r"(?:\.\.?/)*[^\W\d_](?:[\w ./()%+°²³-]*[\w./()%+°²³-])?|_\w*|\d+[A-Za-z]{1,3}")
SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n"}
OTHER_TRUTHS = {"yes", "no", "on", "off", "y", "n"}  # that other readers of YAML would see in them


@dataclass(frozen=True)
class Line:
    """One key with its value; `aside` stands behind it, `above` over it, and a suggestion is commented out."""

    key: str  # dotted: `data.csv.missing`
    value: Plain
    aside: str = ""
    above: str = ""
    is_suggestion: bool = False


def write_config_text(head: Sequence[str], lines: Sequence[Line]) -> str:
    """Return the YAML; keys of one section stand together."""
    written = [*(f"# {on_one_line(text)}".rstrip() for text in head), "version: 1"]
    for section, group in groupby(lines, key=lambda line: line.key.partition(".")[0]):
        of_section = list(group)
        if all(line.is_suggestion for line in of_section):
            shown = [replace(line, is_suggestion=False) for line in of_section]
            written += ["", f"# {section}:", *(f"# {text}" for text in _write_keys(shown, section))]
        else:
            written += ["", f"{section}:", *_write_keys(of_section, section)]
    return "\n".join((*written, ""))


def override(lines: Sequence[Line], values: Mapping[str, Plain], aside: str) -> list[Line]:
    """Return the lines with other values; keys that are not there yet come last in their section."""
    kept = [
        Line(line.key, values[line.key], aside, line.above) if line.key in values else line
        for line in lines
        if line.key not in values or not line.is_suggestion
    ]
    there = {line.key for line in kept}
    added = [Line(key, value, aside) for key, value in values.items() if key not in there]
    sections = list(dict.fromkeys(line.key.partition(".")[0] for line in (*kept, *added)))
    return sorted((*kept, *added), key=lambda line: sections.index(line.key.partition(".")[0]))


def write_text(text: str) -> str:
    """Return `text` as a YAML scalar: bare where nobody could take it for anything else, else in double quotes."""
    if PLAIN_TEXT.fullmatch(text) and text.lower() not in OTHER_TRUTHS and read_scalar(text) == text:
        return text
    return '"' + "".join(SHORT_ESCAPES.get(mark, _escape(mark)) for mark in text) + '"'


def _escape(mark: str) -> str:
    if mark.isprintable():
        return mark
    return f"\\u{ord(mark):04x}" if ord(mark) < 0x10000 else f"\\U{ord(mark):08x}"


def _write_keys(lines: Iterable[Line], section: str) -> Iterator[str]:
    inner = ""
    for line in sorted(lines, key=lambda line: "." in line.key.removeprefix(f"{section}.")):
        *path, key = line.key.removeprefix(f"{section}.").split(".")
        if path and path[0] != inner:
            inner = path[0]
            yield f"  {inner}:"
        yield from _write_line(line, key, "  " * (len(path) + 1))


def _write_line(line: Line, key: str, indent: str) -> Iterator[str]:
    mark = "# " if line.is_suggestion else ""
    above, aside = on_one_line(line.above), on_one_line(line.aside)
    for text in textwrap.wrap(above, WIDTH - len(indent) - 2, break_long_words=False):
        yield f"{indent}# {text}"
    first, *rest = _write_value(f"{indent}{mark}{key}: ", line.value, f"{indent}{mark}  ")
    if aside and not rest and len(first) + len(aside) + 4 <= max(WIDTH, COMMENT_COLUMN):
        yield f"{first.ljust(COMMENT_COLUMN - 2)}  # {aside}"
        return
    for text in textwrap.wrap(aside, WIDTH - len(indent) - 2, break_long_words=False):
        yield f"{indent}# {text}"
    yield from (first, *rest)


def _write_value(start: str, value: Plain, indent: str) -> list[str]:
    """Return one line, or several where a list is long."""
    if not isinstance(value, tuple):
        return [start + _write_scalar(value)]
    lines, current = [], f"{start}["
    for place, item in enumerate(value):
        text = _write_scalar(item) + (", " if place < len(value) - 1 else "")
        if len(current) + len(text) > WIDTH and current.strip() not in ("", f"{start}[".strip()):
            lines.append(current.rstrip())
            current = indent
        current += text
    return [*lines, f"{current}]"]


def _write_scalar(value: Plain) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{write_text(name)}: {_write_scalar(item)}" for name, item in value.items()) + "}"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return write_text(value) if isinstance(value, str) else repr(value)
