"""Writes texts as cells of a CSV file that a spreadsheet may open.

A text that it would take for a formula gets an apostrophe in front; plain numbers never do.
"""

import re

import numpy as np

from lstmcast.arrays import TextArray

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- wide forms count too
PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
NEEDS_QUOTES = re.compile(r'[",\r\n]')


def escape_formula(text: str) -> str:
    """Return the text with an apostrophe in front if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) and not PLAIN_NUMBER.fullmatch(text) else text


def write_texts(texts: TextArray) -> TextArray:
    """Return texts as the cells of a CSV: none is a formula, and what would end a cell or a line is in quotes."""
    return quote(np.array([escape_formula(text) for text in texts.tolist()], object))


def quote(texts: TextArray) -> TextArray:
    """Return texts in quotes where a sign in them would end a cell or a line."""
    quoted = ['"' + text.replace('"', '""') + '"' if NEEDS_QUOTES.search(text) else text for text in texts.tolist()]
    return np.array(quoted, object)
