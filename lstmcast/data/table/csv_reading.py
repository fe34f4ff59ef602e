"""Reads the files of `data.path`: quickly where they are plain, else with care."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from lstmcast.config.schema import CsvConfig
from lstmcast.data.table.csv_bytes import STANDARD_INPUT, find_paths, reporting_missing
from lstmcast.data.table.csv_file import Source, Sources, Table, TextColumn, check_headers, open_sources, read_table
from lstmcast.data.table.csv_lines import is_plain
from lstmcast.data.table.plain_csv import Choose, NotPlainError, PlainFile, join_numbers, join_texts, read_plain

Progress = Callable[[int, int], None]  # is told how many bytes of all are read

LARGE = 1_000_000  # bytes, from which on the quick way is tried first
WORTH_A_BAR = 50_000_000
PLAIN_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".dat", "")


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


def read_files(
    path: str | tuple[str, ...], csv: CsvConfig, choose: Choose, progress: Progress = no_progress
) -> tuple[Sources, Table]:
    """Return the columns that `choose` wants of the files: quickly where they are plain, else with care."""
    paths = find_paths(path)
    if is_plain(csv) and csv.thousands is None and not csv.units and STANDARD_INPUT not in paths:
        try:
            return _read_plain_files(paths, csv, choose, progress)
        except NotPlainError:
            pass
    sources = open_sources(path, csv)
    return sources, read_table(sources, *choose(sources.files[0].path, sources.columns), csv)


def _read_plain_files(
    paths: Sequence[Path], csv: CsvConfig, choose: Choose, progress: Progress
) -> tuple[Sources, Table]:
    if csv.encoding not in ("auto", "utf-8") or any(path.suffix.lower() not in PLAIN_SUFFIXES for path in paths):
        raise NotPlainError
    sizes = [_size_of(path) for path in paths]
    if sum(sizes) < LARGE:
        raise NotPlainError
    digest, before, files = hashlib.sha256(), 0, list[PlainFile]()
    for path, size in zip(paths, sizes, strict=True):
        with reporting_missing(path), path.open("rb") as file:
            tell = partial(_tell, progress, before, sum(sizes))
            files.append(read_plain(file, path, csv, choose, digest.update, tell))
        before += size
    check_headers([(path, file.columns) for path, file in zip(paths, files, strict=True)])
    texts, numbers = choose(paths[0], files[0].columns)
    table = Table(
        {name: TextColumn(*join_texts(files, name)) for name in texts},
        {name: join_numbers(files, name) for name in numbers},
        "." if csv.decimal == "auto" else csv.decimal,
    )
    sources = tuple(
        Source(path, None, file.separator, csv.quote, "utf-8", file.columns, file.rows)
        for path, file in zip(paths, files, strict=True)
    )
    return Sources(sources, digest.hexdigest()), table


def _size_of(path: Path) -> int:
    with reporting_missing(path):
        return path.stat().st_size


def _tell(progress: Progress, before: int, total: int, done: int) -> None:
    if total >= WORTH_A_BAR:
        progress(before + done, total)
