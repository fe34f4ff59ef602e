"""Leaves out the lines of a text that are no part of its table, and knows afterwards which line stood where."""

import csv as csv_module
import io
import re
from dataclasses import dataclass, replace
from pathlib import Path

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.table.csv_shape import UNNAMED
from lstmcast.errors import DataError


@dataclass(frozen=True)
class LeftOut:
    """A line that is no row, as `skip` or `footer` says."""

    number: int  # in the file
    text: bytes


@dataclass(frozen=True)
class Cut:
    """A table's lines, the first of which names its columns."""

    text: bytes
    above: int  # lines that stood above; -1 where the header was made up
    removed: tuple[int, ...]  # lines within, as they are counted in the file
    repeated: int = 0  # lines within that named the columns again
    first_left_out: tuple[LeftOut, ...] = ()
    last_left_out: tuple[LeftOut, ...] = ()

    def line_in_file(self, line: int) -> int:
        """Return the number in the file of a line of the text."""
        line += self.above
        for removed in self.removed:
            if removed > line:
                break
            line += 1
        return line


def is_plain(csv: CsvConfig) -> bool:
    """Return whether all lines of a file belong to its table."""
    as_usual = (csv.header, csv.skip, csv.footer, csv.comment, csv.trailing) == (1, 0, 0, None, "error")
    return as_usual and not csv.row_names


def from_header(path: Path, text: bytes, csv: CsvConfig) -> bytes:
    """Return the text from the line on that names the columns."""
    if csv.header is None or csv.header == 1 or not text.strip():
        return text
    return b"".join(_split_at(path, text, csv.header)[1:])


def cut_lines(path: Path, text: bytes, separator: str, csv: CsvConfig) -> Cut:
    """Return the table without what stands above its header, comments, unit rows, a footer and empty rows."""
    above, removed, repeated = 0, list[int](), list[int]()
    if csv.header is None:
        header, body = b"", text
    else:
        head, header, body = _split_at(path, text, csv.header)
        above = head.count(b"\n")
        header = _without_sign(header, csv.comment)
    line_of_body = above + (csv.header is not None) + 1
    if csv.comment:
        body, removed = _without_comments(body, csv.comment.encode(), line_of_body)
    body, skipped = _without_first(body, csv.skip, line_of_body, removed)
    left_out = tuple(sorted((*removed, *(line.number for line in skipped))))
    if csv.header is not None:
        body, repeated = _without_header(header, body, Cut(b"", line_of_body - 1, left_out))
    body, footer = _without_last(body, csv.footer)
    body = _without_empty_rows(body, separator.encode())
    if csv.header is None:
        header, above = _made_up_header(body, separator, csv.quote), -1
    elif csv.row_names:
        header = f"{UNNAMED.format(1)}{separator}".encode() + header
    cut = Cut(header + body, above, tuple(sorted((*left_out, *repeated))), len(repeated), skipped)
    return replace(cut, last_left_out=tuple(LeftOut(cut.line_in_file(line + 1), text) for line, text in footer))


def even_out(path: Path, cut: Cut, separator: str, quote: str) -> Cut:
    """Return the table with as many fields in each line as the header has; only empty cells at the end may go."""
    source = io.TextIOWrapper(io.BytesIO(cut.text), "utf-8", newline="")
    written = io.StringIO(newline="")
    writer = csv_module.writer(written, delimiter=separator, quotechar=quote, lineterminator="\n")
    reader = csv_module.reader(source, delimiter=separator, quotechar=quote)
    width, record = 0, list[str]()
    try:
        for record in reader:
            width = width or len(record)
            if any(cell.strip() for cell in record[width:]):
                line = cut.line_in_file(reader.line_num)
                raise DataError(
                    f"{path}: line {line}: found {len(record)} fields, the header has {width}, and those at the end "
                    "are not empty; a text with the separator in it needs quotes"
                )
            writer.writerow([*record, *[""] * (width - len(record))][:width] if record else [])
    except csv_module.Error as error:
        raise DataError(f"{path}: cannot be read as CSV: {error}") from error
    ended = cut.text.endswith((b"\n", b"\r"))
    if not ended and len(record) < width:
        raise DataError(
            f"{path}: line {cut.line_in_file(reader.line_num)}: the file ends after {len(record)} of {width} fields, "
            "without a line end: it is cut short; send it again, or set data.csv.last_line: drop"
        )
    text = written.getvalue().encode()
    return replace(cut, text=text if ended else text.removesuffix(b"\n"))


def _split_at(path: Path, text: bytes, line: int) -> tuple[bytes, bytes, bytes]:
    """Return the text before a line, the line, and the text after it."""
    start = 0
    for _ in range(line - 1):
        end = text.find(b"\n", start)
        if end < 0:
            raise DataError(f"{path}: data.csv.header is line {line}, but the file has fewer lines")
        start = end + 1
    end = text.find(b"\n", start) + 1 or len(text)
    return text[:start], text[start:end], text[end:]


def _without_comments(body: bytes, comment: bytes, first: int) -> tuple[bytes, list[int]]:
    pattern = re.compile(rb"^" + re.escape(comment) + rb"[^\n]*\n?", re.MULTILINE)
    kept, removed, place, line = list[bytes](), list[int](), 0, first
    for found in pattern.finditer(body):
        between = body[place : found.start()]
        kept.append(between)
        line += between.count(b"\n")
        removed.append(line)
        line += 1
        place = found.end()
    return b"".join((*kept, body[place:])), removed


def _without_sign(header: bytes, comment: str | None) -> bytes:
    """Return the header without the sign of comments before its first name, as in `# time value`."""
    return header.removeprefix(comment.encode()).lstrip(b" ") if comment else header


def _without_header(header: bytes, body: bytes, lines: Cut) -> tuple[bytes, list[int]]:
    """Return the body without the lines that repeat the header, as files have that were put together."""
    names = header.rstrip(b"\r\n")
    if not re.search(rb"[A-Za-z]", names) or b"\n" + names not in b"\n" + body:
        return body, []
    kept, removed, place, line = list[bytes](), list[int](), 0, 1
    for found in re.finditer(rb"^" + re.escape(names) + rb"\r?(\n|\Z)", body, re.MULTILINE):
        between = body[place : found.start()]
        kept.append(between)
        line += between.count(b"\n")
        removed.append(lines.line_in_file(line))
        line += 1
        place = found.end()
    return b"".join((*kept, body[place:])), removed


def _without_first(body: bytes, count: int, first: int, removed: list[int]) -> tuple[bytes, tuple[LeftOut, ...]]:
    """Return the body without its first lines that are not blank, and those lines."""
    lines, place = list[LeftOut](), 0
    cut = Cut(b"", first - 1, tuple(removed))
    kept = list[bytes]()
    line = 0
    while len(lines) < count and place < len(body):
        end = body.find(b"\n", place) + 1 or len(body)
        line += 1
        if body[place:end].strip():
            lines.append(LeftOut(cut.line_in_file(line), body[place:end]))
        else:
            kept.append(body[place:end])
        place = end
    return b"".join((*kept, body[place:])), tuple(lines)


def _without_last(body: bytes, count: int) -> tuple[bytes, list[tuple[int, bytes]]]:
    """Return the body without its last lines that are not blank, and those lines with their numbers in the body."""
    kept, starts = body, list[int]()
    for _ in range(count):
        stripped = kept.rstrip()
        kept = kept[: stripped.rfind(b"\n") + 1]
        starts += [len(kept)] if stripped else []
    return kept, [(body.count(b"\n", 0, start) + 1, body[start:].partition(b"\n")[0]) for start in starts[::-1]]


def _without_empty_rows(body: bytes, separator: bytes) -> bytes:
    """Return the body without the lines at its end in which all cells are empty, as spreadsheets write them."""
    end = dropped = len(body)
    while end:
        start = body.rfind(b"\n", 0, end - 1) + 1
        line = body[start:end].rstrip(b"\r\n")
        if line.strip(separator):
            break
        end = start
        if line:
            dropped = start
    return body[:dropped]


def _made_up_header(body: bytes, separator: str, quote: str) -> bytes:
    lines = io.TextIOWrapper(io.BytesIO(body), "utf-8", newline="")
    first = next(csv_module.reader(lines, delimiter=separator, quotechar=quote), [""])
    return (separator.join(UNNAMED.format(place + 1) for place in range(len(first))) + "\n").encode()
