"""Reads the files of `data.path`: quickly where they are plain, else with care."""

from collections.abc import Sequence
from pathlib import Path

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.table.csv_bytes import STANDARD_INPUT, find_paths, size_of
from lstmcast.data.table.csv_columns import read_table
from lstmcast.data.table.csv_file import open_sources
from lstmcast.data.table.csv_lines import is_plain
from lstmcast.data.table.csv_shape import BLANK
from lstmcast.data.table.packed import MAGIC_OF_PACKED
from lstmcast.data.table.progress import Progress, no_progress
from lstmcast.data.table.skipped import NOBODY, Skipped
from lstmcast.data.table.table import Choose, Sources, Table

LARGE = 1_000_000  # bytes, from which on the quick way is tried first
WORTH_A_BAR, PACKED_TIMES = 50_000_000, 5
PLAIN_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".dat", "")


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
    if _may_be_plain(paths, csv):
        from lstmcast.data.plain.plain_files import (
            read_plain_files,  # its import takes longer than to read a small file
        )

        is_long = sum(map(size_of, paths)) >= WORTH_A_BAR
        found = read_plain_files(paths, csv, choose, progress if is_long else no_progress)
        if found is not None:
            return found
    bar = _CarefulBar(paths, progress)
    sources = open_sources(path, csv, bar.file_is_checked)
    table = read_table(sources, *choose(sources.files[0].path, sources.columns), csv, skipped)
    bar.all_is_read()
    return sources, table


class _CarefulBar:
    """Shows that the careful way is at work: half of the way when files are checked, the rest when they are read."""

    def __init__(self, paths: Sequence[Path], progress: Progress) -> None:
        sizes = [size_of(path) for path in paths if path != STANDARD_INPUT]
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


def _may_be_plain(paths: Sequence[Path], csv: CsvConfig) -> bool:
    """Return whether files are so large that the quick way is worth while, and nothing is known that rules it out."""
    return (
        is_plain(csv)
        and csv.thousands is None
        and not csv.units
        and csv.separator != BLANK
        and csv.encoding in ("auto", "utf-8")
        and STANDARD_INPUT not in paths
        and all(path.suffix.lower() in PLAIN_SUFFIXES for path in paths)
        and sum(map(size_of, paths)) >= LARGE
    )
