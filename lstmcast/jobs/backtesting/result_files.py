"""The files of a job that scores: its tables, its picture and its document."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lstmcast.data.written.score_file import Table, render_table
from lstmcast.files import remove_outdated, write_all_whole
from lstmcast.json_text import json_document


def write_results(
    folder: Path, name: str, tables: Mapping[str, Table], document: Mapping[str, Any], picture: bytes | None
) -> None:
    """Write the tables, the picture and, last, the document: all of them or none.

    Without a picture, that of an earlier run goes.
    """
    contents = {folder / f"{table}.csv": render_table(rows) for table, rows in tables.items()}
    drawn = folder / f"{name}.png"
    if picture is not None:
        contents[drawn] = picture
    contents[folder / f"{name}.json"] = json_document(document).encode()
    write_all_whole(contents)
    if picture is None:
        remove_outdated(drawn)
