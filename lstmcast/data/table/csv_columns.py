"""Reads columns of files that are open: texts stay texts, numbers are numbers or an error that names the cell."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd

from lstmcast.arrays import BoolArray, FloatArray
from lstmcast.config.data_config import CsvConfig
from lstmcast.data.table.csv_file import check_last_lines
from lstmcast.data.table.csv_numbers import (
    LARGEST_WHOLE,
    NOT_A_NUMBER,
    PLAIN_STYLE,
    Style,
    describe_bad_number,
    is_comma_decimal,
    parse_numbers,
    without_units,
)
from lstmcast.data.table.csv_shape import OPEN_QUOTE, find_open_quote
from lstmcast.data.table.skipped import NOBODY, Skipped
from lstmcast.data.table.table import NoNumbersError, Source, Sources, Table, TextColumn
from lstmcast.errors import DataError


def read_table(
    sources: Sources, texts: Sequence[str], numbers: Sequence[str], csv: CsvConfig, skipped: Skipped = NOBODY
) -> Table:
    """Return the named columns; whatever is not a finite number in a column of numbers is a DataError."""
    if csv.last_line == "auto":
        check_last_lines(sources, (*texts, *numbers))
    sources = replace(sources, files=tuple(file for file in sources.files if file.rows))  # others hold a header alone
    decimal = csv.decimal if csv.decimal != "auto" else ("," if csv.thousands == "." else ".")
    missing = (*NOT_A_NUMBER, *csv.missing)
    are_odd = csv.thousands is not None or bool(csv.units)
    frames = [_parse(file, texts, () if are_odd else numbers, missing, decimal) for file in sources.files]
    if csv.decimal == "auto" and csv.thousands is None and _needs_comma(sources, frames, numbers, csv):
        decimal = ","
        frames = [_parse(file, texts, numbers, missing, decimal) for file in sources.files]
    return Table(
        {name: _text_column([frame[name] for frame in frames]) for name in texts},
        {
            name: _numbers_of(sources, frames, name, missing, Style(decimal, csv.thousands, csv.units), skipped)
            for name in numbers
        },
        decimal,
    )


def _parse(
    source: Source, texts: Sequence[str], numbers: Sequence[str], missing: tuple[str, ...], decimal: str
) -> pd.DataFrame:
    """Return the columns as pandas reads them: texts, and what it takes for numbers.

    Texts are objects: categories would be read as numbers where they can be, and `001` would become 1.
    """
    return _read_csv(
        source,
        [*texts, *numbers],
        dtype=dict.fromkeys(texts, object),
        na_values={name: [""] for name in texts} | {name: ["", *missing] for name in numbers},
        decimal=decimal,
    )


def _parse_texts(source: Source, name: str, missing: tuple[str, ...]) -> "pd.Series[str]":
    frame = _read_csv(source, [name], dtype={name: object}, na_values={name: ["", *missing]})
    return cast("pd.Series[str]", frame[name])


def _read_csv(source: Source, names: Sequence[str], **options: object) -> pd.DataFrame:
    if not names:
        return pd.DataFrame(index=range(source.rows))
    assert source.cut is not None
    places = [source.columns.index(name) for name in names]
    read = cast("Callable[..., pd.DataFrame]", pd.read_csv)
    try:
        frame = read(
            io.BytesIO(source.cut.text),
            sep=source.separator,
            quotechar=source.quote,
            header=0,
            names=range(len(source.columns)),
            usecols=places,
            index_col=False,
            keep_default_na=False,
            low_memory=False,
            engine="c",
            **{key: _by_place(value, source) if isinstance(value, dict) else value for key, value in options.items()},
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        opened = find_open_quote(source.cut.text, source.separator, source.quote)
        if opened:
            raise DataError(f"{source.path}: line {source.cut.line_in_file(opened)}: {OPEN_QUOTE}") from error
        raise DataError(f"{source.path}: cannot be read as CSV: {error}") from error
    if len(frame) != source.rows:
        raise DataError(f"{source.path}: {source.rows} lines gave {len(frame)} rows; look for odd quotes and line ends")
    return frame.rename(columns=dict(zip(places, names, strict=True)))


def _by_place(options: dict[str, object], source: Source) -> dict[int, object]:
    return {source.columns.index(name): value for name, value in options.items()}


def _text_column(parts: list["pd.Series[str]"]) -> TextColumn:
    codes, distinct = pd.factorize(parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True), sort=True)
    return TextColumn(np.asarray(distinct, object), codes.astype(np.int64))


def _needs_comma(sources: Sources, frames: list[pd.DataFrame], numbers: Sequence[str], csv: CsvConfig) -> bool:
    """Return whether numbers that did not parse are written with a decimal comma."""
    for file, frame in zip(sources.files, frames, strict=True):
        for name in numbers if file.separator != "," else ():
            if name in frame and _is_parsed(frame[name]):
                continue
            texts = without_units(_parse_texts(file, name, (*NOT_A_NUMBER, *csv.missing)), csv.units)
            comma = is_comma_decimal(texts)
            if comma is None:
                example = texts[texts.str.contains(",", regex=False, na=False)].iloc[0]
                raise DataError(
                    f"{file.path}: column {name!r}: {example!r} can be read two ways; "
                    "set data.csv.decimal: ',' or data.csv.thousands: ','"
                )
            if comma:
                return True
    return False


def _is_parsed(column: "pd.Series[float]") -> bool:
    return column.dtype.kind in "iufb"


def _numbers_of(
    sources: Sources,
    frames: list[pd.DataFrame],
    name: str,
    missing: tuple[str, ...],
    style: Style,
    skipped: Skipped,
) -> FloatArray:
    """Return one column of numbers of all files, each seen to be finite and exact."""
    parts: list[FloatArray] = []
    first = 0
    for file, frame in zip(sources.files, frames, strict=True):
        if name in frame and _is_parsed(frame[name]):
            values = frame[name].to_numpy(np.float64)
        else:
            texts = _parse_texts(file, name, missing)
            values, bad = parse_numbers(texts, PLAIN_STYLE if name in file.plain_numbers else style)
            if bad.any():
                bad &= ~skipped.rows(frame, name)
            if bad.any():
                row = int(np.argmax(bad))
                text = texts.iloc[row]
                hint = sources.hint_at_number(first + row, text)
                problem = describe_bad_number(text, missing, style)
                message = f"{sources.where(first + row)}: column {name!r}: {problem}{hint}"
                kind = NoNumbersError(message, name) if (bad | texts.isna()).all() else DataError(message)
                raise kind.of(skipped.owner(frame, row, name))
        large = np.flatnonzero(np.abs(values) >= LARGEST_WHOLE)
        if len(large):
            large = large[~skipped.rows(frame, name)[large]]
            texts = _parse_texts(file, name, missing).iloc[large]
            inexact = _find_inexact(texts, np.isinf(values[large]))
            if inexact is not None:
                row = int(texts.index[inexact[0]])
                message = f"{sources.where(first + row)}: column {name!r}: {texts.loc[row]!r} {inexact[1]}"
                raise DataError(message).of(skipped.owner(frame, row, name))
        parts.append(values)
        first += file.rows
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _find_inexact(texts: "pd.Series[str]", infinite: BoolArray) -> tuple[int, str] | None:
    """Return the first text that no float can hold, and why: infinity, or more digits than one keeps."""
    clean = texts.str.strip().str.lstrip("+-")
    inexact = clean.str.isdigit() & ((clean.str.len() > 16) | (clean > str(int(LARGEST_WHOLE))))
    refused = infinite | inexact.to_numpy(bool)
    if not refused.any():
        return None
    place = int(np.argmax(refused))
    return place, "is not finite; correct it" if infinite[place] else "has more digits than a number keeps; round it"
