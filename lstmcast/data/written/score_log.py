"""The table of what published forecasts were worth, one row for each origin; read back with the ten digits it keeps."""

import csv
import io
from collections.abc import Sequence

from lstmcast.data.written.number_cells import SIGNIFICANT

TEXTS = ("origin", "cutoff", "published", "model", "complete")
NUMBERS = ("series", "values", "mase", "mase_seasonal_naive", "skill", "bias")
COVERAGE = "coverage_"

LogRow = dict[str, str | float | None]


def render_log(rows: Sequence[LogRow]) -> bytes:
    """Return the CSV of the rows; a column that only some of them have is empty in the others."""
    columns = dict.fromkeys((*TEXTS, *NUMBERS)) | dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_written(row.get(name)) for name in columns] for row in rows)
    return text.getvalue().encode()


def parse_log(content: bytes) -> list[LogRow]:
    """Return the rows of such a CSV, or raise a ValueError if it is none."""
    reader = csv.DictReader(io.StringIO(content.decode()), strict=True)
    try:
        return _parse_rows(reader)
    except csv.Error as error:
        raise ValueError(str(error)) from error


def _parse_rows(reader: "csv.DictReader[str]") -> list[LogRow]:
    missing = sorted({*TEXTS, *NUMBERS} - {*(reader.fieldnames or ())})
    if missing:
        raise ValueError(f"has no column {missing[0]!r}")
    for name in reader.fieldnames or ():
        if COVERAGE in name and not 0 < float(name.partition(COVERAGE)[2]) < 100:
            raise ValueError(f"has a column {name!r}, which is of no level")
    rows: list[LogRow] = []
    for cells in reader:
        if None in cells or None in cells.values():
            raise ValueError(f"line {reader.line_num} has not as many cells as the header")
        rows.append({name: text if name in TEXTS else float(text) if text else None for name, text in cells.items()})
    return rows


def number_in(row: LogRow, name: str) -> float | None:
    """Return a number of a row, or None if it has none of this name."""
    found = row.get(name)
    return found if isinstance(found, float) else None


def _written(value: str | float | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else SIGNIFICANT % value
