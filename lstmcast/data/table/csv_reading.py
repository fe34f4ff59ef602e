"""Reads the files of `data.path`: quickly where they are plain, else with care."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from lstmcast.config.schema import CsvConfig
from lstmcast.data.table.csv_bytes import STANDARD_INPUT, find_paths, reporting_missing
from lstmcast.data.table.csv_file import Source, Sources, Table, TextColumn, check_headers, open_sources, read_table
from lstmcast.data.table.csv_lines import is_plain
from lstmcast.data.table.csv_shape import BLANK
from lstmcast.data.table.gathered import Gathered
from lstmcast.data.table.packed import MAGIC_OF_PACKED
from lstmcast.data.table.plain_csv import Choose, NotPlainError, PlainFile, read_plain
from lstmcast.data.table.skipped import NOBODY, Skipped

Progress = Callable[[int, int], None]  # is told how many bytes of all are read

LARGE = 1_000_000  # bytes, from which on the quick way is tried first
WORTH_A_BAR, PACKED_TIMES = 50_000_000, 5
PLAIN_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".dat", "")


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


def read_files(
    path: str | tuple[str, ...],
    csv: CsvConfig,
    choose: Choose,
    progress: Progress = no_progress,
    skipped: Skipped = NOBODY,
) -> tuple[Sources, Table]:
    """Return the columns that `choose` wants of the files: quickly where they are plain, else with care.

    What is in the cells of series that are skipped is never a fault.
    """
    paths = find_paths(path)
    if is_plain(csv) and csv.thousands is None and not csv.units and STANDARD_INPUT not in paths:
        try:
            return _read_plain_files(paths, csv, choose, progress)
        except NotPlainError:
            pass
    bar = _CarefulBar(paths, progress)
    sources = open_sources(path, csv, bar.file_is_checked)
    table = read_table(sources, *choose(sources.files[0].path, sources.columns), csv, skipped)
    bar.all_is_read()
    return sources, table


class _CarefulBar:
    """Shows that the careful way is at work: half of the way when files are checked, the rest when they are read."""

    def __init__(self, paths: Sequence[Path], progress: Progress) -> None:
        sizes = [path.stat().st_size for path in paths if path.is_file()]
        packed = any(path.suffix.lower() in MAGIC_OF_PACKED for path in paths)
        self._total = sum(sizes) if sum(sizes) * (PACKED_TIMES if packed else 1) >= WORTH_A_BAR else 0
        self._done, self._progress = 0, progress
        self._tell()

    def file_is_checked(self, size: int) -> None:
        self._done += size // 2
        self._tell()

    def all_is_read(self) -> None:
        self._done = self._total
        self._tell()

    def _tell(self) -> None:
        if self._total:
            self._progress(self._done, self._total)


def _read_plain_files(
    paths: Sequence[Path], csv: CsvConfig, choose: Choose, progress: Progress
) -> tuple[Sources, Table]:
    if (
        csv.separator == BLANK
        or csv.encoding not in ("auto", "utf-8")
        or any(path.suffix.lower() not in PLAIN_SUFFIXES for path in paths)
    ):
        raise NotPlainError
    sizes = [_size_of(path) for path in paths]
    if sum(sizes) < LARGE:
        raise NotPlainError
    digest, before, files, gathered = hashlib.sha256(), 0, list[PlainFile](), Gathered(sum(sizes))
    for path, size in zip(paths, sizes, strict=True):
        with reporting_missing(path), path.open("rb") as file:
            tell = partial(_tell, progress, before, sum(sizes))
            files.append(read_plain(file, path, csv, choose, gathered, digest.update, tell))
        before += size
    check_headers([(path, file.columns) for path, file in zip(paths, files, strict=True)])
    texts, numbers = choose(paths[0], files[0].columns)
    table = Table(
        {name: TextColumn(*gathered.take_texts(name)) for name in texts},
        {name: gathered.take_numbers(name) for name in numbers},
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
