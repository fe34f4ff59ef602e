"""Pieces of HTML: whatever comes from data is text, and becomes markup only through `escape`."""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape as escape_text
from typing import Any, NewType

from lstmcast.report.canvas import label_text

Html = NewType("Html", str)

ABSENT = "–"  # noqa: RUF001 -- a dash of the width of a digit
LONGEST_TEXT = 120  # letters of a text from the data
USUAL_DIGITS = 4  # of a number
NOTHING = Html("")
FIGURE = re.compile(r"[+-]?\d+(\.\d+)?%|-?[\d,]+\.\d{3}")  # a percentage, a score


def text(content: object, longest: int = LONGEST_TEXT) -> Html:
    """Return text for an element or an attribute: no markup, no invisible marks, not too long."""
    return Html(escape_text(label_text(str(content), longest), quote=True))


def tag(name: str, *content: Html, **attributes: object) -> Html:
    """Return an element; `class_` loses its underscore, an attribute that is None or False is left out."""
    return Html(f"<{name}{_attributes(attributes)}>{join(content)}</{name}>")


def single(name: str, **attributes: object) -> Html:
    """Return an element without content, closed in itself as SVG needs it."""
    return Html(f"<{name}{_attributes(attributes)}/>")


def join(parts: Iterable[Html], between: str = "") -> Html:
    """Return the parts one after the other."""
    return Html(between.join(parts))


def bullets(sentences: Iterable[str]) -> Html:
    """Return a list of sentences."""
    return tag("ul", *(tag("li", text(sentence, 2000)) for sentence in sentences), class_="words")


def code_words(sentence: str) -> Html:
    """Return a sentence in which what stands between backticks is shown as code."""
    parts = sentence.split("`")
    return join(tag("code", text(part, 400)) if place % 2 else text(part, 2000) for place, part in enumerate(parts))


def table(
    titles: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    caption: str = "",
    own: int | None = None,
    digits: int = USUAL_DIGITS,
) -> Html:
    """Return a table; numbers stand to the right, with so many digits, the row `own` in bold."""
    listed = [list(row) for row in rows]
    numeric = [all(is_number(row[place]) for row in listed) for place in range(len(titles))]
    head = tag("tr", *(_cell("th", title, right, scope="col") for title, right in zip(titles, numeric, strict=True)))
    body = [
        tag("tr", *(_cell("td", number_text(cell, digits), right) for cell, right in zip(row, numeric, strict=True)),
            class_="own" if place == own else None)
        for place, row in enumerate(listed)
    ]  # fmt: skip
    named = tag("caption", text(caption, 400)) if caption else NOTHING
    return tag("div", tag("table", named, tag("thead", head), tag("tbody", *body)), class_="scroll")


def definitions(pairs: Iterable[tuple[str, object]]) -> Html:
    """Return names with what they stand for."""
    entries = ((tag("dt", text(name)), tag("dd", text(number_text(value), 2000))) for name, value in pairs)
    return tag("dl", *(part for entry in entries for part in entry), class_="plain")


def folded(summary: str, content: Html) -> Html:
    """Return content that opens when it is asked for."""
    return tag("details", tag("summary", text(summary)), content)


def json_block(value: Mapping[str, Any]) -> Html:
    """Return data for the page's own script; no text in it can end the element or begin another."""
    document = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for mark in "<>&\u2028\u2029":
        document = document.replace(mark, f"\\u{ord(mark):04x}")
    return Html(f'<script type="application/json">{document}</script>')


def number_text(value: object, digits: int = USUAL_DIGITS) -> str:
    """Return a value as people read it: numbers with so many digits and thousands apart."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return short_number(value, digits)
    return str(value)


def short_number(value: float, digits: int = USUAL_DIGITS) -> str:
    """Return a number with about so many digits; the more are asked for, the larger it may be to be written in full."""
    size = abs(value)
    if size != 0 and (size >= (1e9 if digits <= USUAL_DIGITS else 1e15) or size < 1e-4):
        return f"{value:.{digits - 1}g}"
    decimals = min(2 * digits, max(0, digits - 1 - math.floor(math.log10(size)))) if size > 0 else 0
    written = f"{value:,.{decimals}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def is_number(value: object) -> bool:
    """Return whether a cell belongs to the right of its column: a number, written out or not, or nothing."""
    if isinstance(value, str):
        return bool(FIGURE.fullmatch(value))
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _cell(name: str, content: str, right: bool, **attributes: object) -> Html:
    return tag(name, text(content), class_="num" if right else None, **attributes)


def _attributes(attributes: Mapping[str, object]) -> str:
    written = []
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        plain = name.rstrip("_").replace("_", "-")
        written.append(f" {plain}" if value is True else f' {plain}="{escape_text(str(value), quote=True)}"')
    return "".join(written)
