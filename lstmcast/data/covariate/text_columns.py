"""Reads files whose covariates may be numbers or texts: a column without a single number in it is one of texts."""

import csv as csv_module
import io
from collections.abc import Callable, Iterable, Set

from lstmcast.config.data_config import CsvConfig, DataConfig
from lstmcast.data.covariate.categories import NUMBER
from lstmcast.data.csv_reading import PLAIN_SUFFIXES, read_files
from lstmcast.data.table.csv_bytes import STANDARD_INPUT, find_paths, reporting_missing
from lstmcast.data.table.csv_lines import is_plain
from lstmcast.data.table.csv_numbers import NOT_A_NUMBER
from lstmcast.data.table.csv_shape import BLANK, check_separator
from lstmcast.data.table.progress import Progress
from lstmcast.data.table.skipped import Skipped
from lstmcast.data.table.table import Choose, NoNumbersError, Sources, Table

HEAD = 100_000  # bytes that are looked at first


def read_with_texts(
    config: DataConfig,
    covariates: Iterable[str],
    known: Set[str] | None,
    choose: Callable[[frozenset[str]], Choose],
    progress: Progress,
    skipped: Skipped,
) -> tuple[frozenset[str], Sources, Table]:
    """Return which covariates are texts, and the columns of the files; `known` are those of a model.

    `choose` makes the choice of columns for these texts.
    """
    if known is not None:
        return frozenset(known), *read_files(config.path, config.csv, choose(frozenset(known)), progress, skipped)
    candidates = frozenset(covariates)
    texts, proven = _texts_in_head(config, candidates), set[str]()
    while True:
        try:
            sources, table = read_files(config.path, config.csv, choose(frozenset(texts)), progress, skipped)
        except NoNumbersError as error:
            if error.column not in candidates or error.column in proven:
                raise
            texts |= {error.column}
            proven.add(error.column)
            continue
        wrong = {name for name in texts - proven if _has_numbers(table.texts[name].distinct)}
        if not wrong:
            return frozenset(texts), sources, table
        texts -= wrong


def _texts_in_head(config: DataConfig, names: Set[str]) -> Set[str]:
    """Return which columns seem to hold texts by the first lines: reading a large file twice takes its time."""
    csv = config.csv
    path = find_paths(config.path)[0] if names else STANDARD_INPUT
    is_other = path == STANDARD_INPUT or path.suffix.lower() not in PLAIN_SUFFIXES or csv.separator == BLANK
    if is_other or not is_plain(csv) or path.is_fifo():  # a pipe can be read once
        return set()
    with reporting_missing(path), path.open("rb") as file:
        head = file.read(HEAD)
    head = head[: head.rfind(b"\n") + 1]
    if not head.strip() or b"\0" in head:
        return set()
    lines = io.StringIO(head.decode("utf-8", "replace"), newline="")
    separator = check_separator(path, head, csv.separator)
    header, *rows = csv_module.reader(lines, delimiter=separator, quotechar=csv.quote)
    columns = {name: place for place, name in enumerate(header) if name in names}
    return {
        name for name, place in columns.items() if _are_texts([row[place] for row in rows if place < len(row)], csv)
    }


def _are_texts(cells: Iterable[str], csv: CsvConfig) -> bool:
    filled = {cell.strip() for cell in cells} - {"", *NOT_A_NUMBER, *csv.missing}
    return bool(filled) and not _has_numbers(filled) and not csv.units


def _has_numbers(texts: Iterable[str]) -> bool:
    return any(NUMBER.match(str(text).strip()) for text in texts)
