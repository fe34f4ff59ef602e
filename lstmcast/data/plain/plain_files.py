"""Reads large files the quick way, if all of them are plain."""

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.plain.gathered import Gathered
from lstmcast.data.plain.plain_blocks import NotPlainError
from lstmcast.data.plain.plain_csv import PlainFile, read_plain
from lstmcast.data.table.csv_bytes import reporting_missing, size_of
from lstmcast.data.table.csv_file import check_headers
from lstmcast.data.table.progress import Progress
from lstmcast.data.table.table import Choose, Source, Sources, Table, TextColumn


def read_plain_files(
    paths: Sequence[Path], csv: CsvConfig, choose: Choose, progress: Progress
) -> tuple[Sources, Table] | None:
    """Return the columns that `choose` wants of the files; None where anything in them needs care."""
    try:
        return _read_files(paths, csv, choose, progress)
    except NotPlainError:
        return None


def _read_files(paths: Sequence[Path], csv: CsvConfig, choose: Choose, progress: Progress) -> tuple[Sources, Table]:
    sizes = [size_of(path) for path in paths]
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


def _tell(progress: Progress, before: int, total: int, done: int) -> None:
    progress(before + done, total)
