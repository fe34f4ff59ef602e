"""Covariates that are texts: each category becomes a column of its own, 1 where it holds and 0 elsewhere.

A column without a single number is one of texts. Its categories are those of the rows that training may learn from; a
model knows no others, so that an unseen one is refused and never guessed at. An empty cell is none of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray, TextArray
from lstmcast.data.covariate.ahead import is_ahead
from lstmcast.data.covariate.covariate_facts import Categories, CovariateFacts
from lstmcast.data.names import Names
from lstmcast.data.rows import Origins, Rows
from lstmcast.data.table.csv_numbers import MINUS
from lstmcast.data.table.table import Table
from lstmcast.errors import ContractError, DataError, LstmcastError
from lstmcast.plurals import count_things
from lstmcast.spelling import did_you_mean

MOST = 20  # categories of one column
NAMED = 5
NUMBER = re.compile(rf"[-+{MINUS}]?[.,]?\d[\d.,]*")


@dataclass(frozen=True)
class Columns:
    """Columns of numbers, and the column of the file that each of them comes from."""

    names: tuple[str, ...]
    owners: tuple[str, ...]


@dataclass(frozen=True)
class Encoded:
    """Rows whose covariates are all numbers."""

    rows: Rows
    past: Columns
    future: Columns
    categories: Categories
    notes: tuple[str, ...] = ()


def encode_covariates(
    table: Table, names: Names, rows: Rows, facts: CovariateFacts | None, origins: Origins
) -> Encoded:
    """Return the rows with each covariate of texts as its categories."""
    texts = {name: table.texts[name].distinct for name in names.categories}
    return _encode_rows(rows, names.past, names.future, texts, facts.categories if facts else None, origins)


def _encode_rows(
    rows: Rows,
    past: tuple[str, ...],
    future: tuple[str, ...],
    texts: Mapping[str, TextArray],
    known: Categories | None,
    origins: Origins,
) -> Encoded:
    """Return the rows with each column of texts as its categories.

    Such columns hold codes: the place of each cell's text in `texts`, NaN where it is empty. `known` are the categories
    of a model; what it has not seen is a ContractError.
    """
    used = {name: texts[name] for name in (*past, *future) if name in texts}
    if not used:
        return Encoded(rows, Columns(past, past), Columns(future, future), {})
    ahead = is_ahead(rows)
    categories: Categories = {}
    notes: list[str] = []
    columns = dict(zip((*past, *future), np.hstack([rows.past, rows.future]).T, strict=True))
    for name, distinct in used.items():
        seen = distinct[np.unique(columns[name][~ahead & ~np.isnan(columns[name])]).astype(np.int64)]
        if known is None:
            categories[name] = choose_categories(name, seen, origins.where(0).rpartition(": ")[0])
            notes.append(describe_categories(name, categories[name], int(np.isnan(columns[name]).sum())))
        else:
            categories[name] = known[name]
            row = find_unseen(columns[name], distinct, known[name])
            if row is not None:
                text, origin = str(distinct[int(columns[name][row])]), int(rows.origin[row])
                raise unseen_error(name, text, known[name], origins.where(origin)).of(origins.owner(origin))
    is_blank = _is_blank(rows, ahead, future, used)
    encoded = replace(
        rows,
        past=encode_block(rows.past, past, used, categories),
        future=encode_block(rows.future, future, used, categories, is_blank),
    )
    return Encoded(encoded, _columns(past, categories), _columns(future, categories), categories, tuple(notes))


def choose_categories(name: str, texts: TextArray, where: str) -> tuple[str, ...]:
    """Return the categories of a column, sorted; refuse too many, and numbers among them."""
    found = tuple(sorted(str(text) for text in texts))
    number = next((text for text in found if NUMBER.fullmatch(text.strip())), None)
    if number is not None:
        raise DataError(
            f"{where}: column {name!r} holds texts as {found[-1]!r} and numbers as {number!r}; write all as numbers, "
            "or all as texts"
        )
    if len(found) > MOST:
        listed = ", ".join(map(repr, found[:NAMED]))
        raise DataError(
            f"{where}: column {name!r} holds {len(found):,} different texts ({listed}, …), at most {MOST} can be "
            "categories; join the rare ones, or leave the column out"
        )
    return found


def describe_categories(name: str, categories: tuple[str, ...], empty: int) -> str:
    """Return what a reader should know of a column of texts."""
    cells = f"; {count_things(empty, 'empty cell')}: none of them" if empty else ""
    return f"column {name!r} holds texts: categories {', '.join(categories) or 'none'}{cells}"


def find_unseen(codes: FloatArray, distinct: TextArray, categories: tuple[str, ...]) -> int | None:
    """Return the first row whose text is none of a model's categories."""
    unseen = np.append(~np.isin(distinct.astype(str), categories), False)[_whole(codes)]
    return int(np.argmax(unseen)) if unseen.any() else None


def unseen_error(name: str, text: str, categories: tuple[str, ...], where: str) -> LstmcastError:
    """Return what to say of a text that a model has not seen."""
    return ContractError(
        f"{where}: column {name!r}: the model has not seen {text!r}{did_you_mean(text, categories)}; it knows "
        f"{', '.join(categories) or 'no text'}; correct it, or train again to include it"
    )


def encode(codes: FloatArray, distinct: TextArray, categories: tuple[str, ...]) -> FloatArray:
    """Return (rows, categories): 1 where a code's text is the category; 0 everywhere for a text that is none."""
    place = {text: place for place, text in enumerate(categories)}
    places = np.array([*(place.get(str(text), -1) for text in distinct), -1], np.int64)[_whole(codes)]
    return np.asarray(places[:, None] == np.arange(len(categories)), np.float64)


def column_names(name: str, categories: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the columns of the categories are called."""
    return tuple(f"{name}={category}" for category in categories)


def _whole(codes: FloatArray) -> IntArray:
    """Return codes as places; -1, the last, where there is none."""
    return np.where(np.isnan(codes), -1, codes).astype(np.int64)


def _columns(names: tuple[str, ...], categories: Categories) -> Columns:
    pairs = [
        (column, name)
        for name in names
        for column in (column_names(name, categories[name]) if name in categories else (name,))
    ]
    return Columns(tuple(column for column, _ in pairs), tuple(name for _, name in pairs))


def _is_blank(rows: Rows, ahead: BoolArray, future: tuple[str, ...], texts: Mapping[str, TextArray]) -> BoolArray:
    """Return which rows after the last target say nothing at all, where numbers would have to be."""
    if all(name in texts for name in future):
        return np.zeros(len(ahead), bool)
    return np.asarray(ahead & np.isnan(rows.future).all(axis=1))


def encode_block(
    block: FloatArray,
    names: tuple[str, ...],
    texts: Mapping[str, TextArray],
    categories: Categories,
    is_blank: BoolArray | bool = False,
) -> FloatArray:
    """Return a block in which each column of texts became those of its categories, NaN in rows that are blank."""
    parts = []
    for place, name in enumerate(names):
        if name in texts:
            columns = encode(block[:, place], texts[name], categories[name])
            parts.append(np.where(np.reshape(is_blank, (-1, 1)), np.nan, columns))
        else:
            parts.append(block[:, [place]])
    return np.hstack(parts) if parts else block
