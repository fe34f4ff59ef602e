"""One self-contained HTML page: no network, opens from disk, light and dark, prints well, reads aloud.

Plain SVG with a small script of our own rather than a bundled library: the page has a handful of chart kinds, which are
finished before any script runs; a library would weigh a megabyte, draw nothing in print previews and mail, and would
have to be kept safe. The content security policy lets that one script run, by its hash, and nothing else: no text from
the data can become code, and the page can fetch nothing.
"""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from lstmcast.report.markup import Html, code_words, join, tag, text

ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True)
class Fact:
    """A figure that stands at the top of the page."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the page, which the list at the top leads to."""

    key: str
    title: str
    content: Html


@dataclass(frozen=True)
class Page:
    """All that a page shows."""

    title: str
    lead: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    foot: str


def render_page(page: Page) -> bytes:
    """Return the page as a file."""
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src 'sha256-{_digest(script)}'; base-uri 'none'; form-action 'none'"
    )
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        tag("title", text(page.title)),
        f"<style>\n{style}</style>",
    ]
    theme = tag("button", type="button", class_="theme", hidden=True)
    titles = tag("div", tag("h1", text(page.title)), tag("p", text(page.lead, 600), class_="lead"))
    links = [tag("li", tag("a", text(one.title), href=f"#{one.key}")) for one in page.sections]
    body = [
        tag("a", text("Skip to the content"), href="#content", class_="skip"),
        tag(
            "div",
            tag("header", titles, theme),
            tag("nav", tag("ul", *links), aria_label="Sections"),
            tag("main", _facts(page.facts), *map(_section, page.sections), id="content"),
            tag("footer", text(page.foot, 600)),
            class_="wrap",
        ),
    ]
    parts = ["<!DOCTYPE html>", '<html lang="en">', "<head>", *head, "</head>", "<body>", *body]
    return "\n".join([*parts, f"<script>{script}</script>", "</body>", "</html>", ""]).encode()


def missing(sentence: str) -> Html:
    """Return a note that a part is not there, and which command makes it."""
    return tag("p", code_words(sentence), class_="missing")


def note(sentence: str) -> Html:
    """Return a remark in small letters."""
    return tag("p", code_words(sentence), class_="note")


def _facts(facts: tuple[Fact, ...]) -> Html:
    boxes = []
    for fact in facts:
        more = [tag("small", text(fact.note, 300))] if fact.note else []
        boxes.append(tag("div", tag("dt", text(fact.name)), tag("dd", text(fact.value), *more)))
    return tag("dl", *boxes, class_="facts")


def _section(section: Section) -> Html:
    heading = tag("h2", text(section.title), id=f"{section.key}-title")
    return tag("section", join([heading, section.content]), id=section.key, aria_labelledby=f"{section.key}-title")


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
