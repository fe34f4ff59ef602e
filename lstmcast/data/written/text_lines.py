"""Puts texts and numbers together to the lines of a CSV file: bytes side by side, of which those are taken that count.

Each column has as many bytes in every line as its longest text; a mask says which of them belong to the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray, IntArray, TextArray
from lstmcast.data.written.number_cells import Bytes, Flags, bytes_of, number_cells

COMMA, NEWLINE = ord(","), ord("\n")


@dataclass(frozen=True)
class TextColumn:
    """A column of texts: the distinct ones, and which of them stands in each line."""

    texts: TextArray
    of_line: IntArray


def render_lines(texts: Sequence[TextColumn], numbers: FloatArray) -> bytes:
    """Return a line for each row of the (lines, columns) numbers, with the texts in front."""
    parts = [_text_cells(column) for column in texts]
    parts.append(_number_columns(numbers))
    width = sum(cells.shape[1] for cells, _ in parts)
    lines, belongs = np.empty((len(numbers), width), np.uint8), np.empty((len(numbers), width), np.bool_)
    start = 0
    for cells, of_cells in parts:
        lines[:, start : start + cells.shape[1]] = cells
        belongs[:, start : start + cells.shape[1]] = of_cells
        start += cells.shape[1]
    return lines[belongs].tobytes()


def _text_cells(column: TextColumn) -> tuple[Bytes, Flags]:
    """Return the bytes of a text and a comma for each line, and which of them belong to it."""
    encoded = [f"{text},".encode() for text in column.texts.tolist()]
    lengths = np.array([len(text) for text in encoded])
    width = int(lengths.max())
    cells = np.array(encoded, f"S{width}").view(np.uint8).reshape(-1, width)
    belongs = np.arange(width) < lengths[:, None]
    return _taken(cells, column.of_line), _taken(belongs.view(np.uint8), column.of_line).view(np.bool_)


def _taken(cells: Bytes, rows: IntArray) -> Bytes:
    width = cells.shape[1]
    return bytes_of(cells, 0, width)[rows].view(np.uint8).reshape(-1, width)


def _number_columns(numbers: FloatArray) -> tuple[Bytes, Flags]:
    """Return the bytes of each line's numbers, with what stands behind each, and which of them belong to the line."""
    cells, belongs = number_cells(numbers.reshape(-1))
    cells[:, -1] = COMMA
    belongs[:, -1] = True
    lines, of_lines = cells.reshape(len(numbers), -1), belongs.reshape(len(numbers), -1)
    lines[:, -1] = NEWLINE
    return lines, of_lines
