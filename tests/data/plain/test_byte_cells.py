"""What is read from the bytes of many cells at once is what Python reads of each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.data.plain.byte_breaks import is_exact, split_padded
from lstmcast.data.plain.byte_cells import starts_of_runs, texts_of
from lstmcast.data.plain.byte_lines import pad
from lstmcast.data.plain.byte_numbers import read_numbers
from tests.drawn import drawn

CELLS = st.sampled_from(["", "a", "b", "é", "12", "-1.5", "0.25", "2024-01-01", "x" * 20])


def split_lines(text, separator, fields):
    """Return the cells of whole lines without quotes, or None if a line has another number of fields."""
    lines = split_padded(pad(text), separator, fields)
    return lines if lines is not None and is_exact(lines, separator) else None


def cells_of(text, fields):
    lines = split_lines(text.encode(), ord(","), fields)
    if lines is None:
        return None
    columns = [[text.decode() for text in texts_of(lines, column)] for column in range(fields)]
    return [list(row) for row in zip(*columns, strict=True)]


def numbers_of(cells, **options):
    lines = split_lines("".join(f"1.5,{cell}\n" for cell in cells).encode(), ord(","), 2)
    assert lines is not None
    found = read_numbers(lines, [1], **options)[0]
    return None if found is None else found.tolist()


@drawn(300)
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=8) | st.integers(1, 7).flatmap(
        lambda fields: st.lists(st.lists(CELLS, min_size=fields, max_size=fields), min_size=1, max_size=8)
    ),
    line_end=st.sampled_from(["\n", "\r\n"]),
)  # fmt: skip
def test_lines_are_split_where_their_separators_are(rows, line_end):
    fields = len(rows[0])

    found = cells_of("".join(",".join(row) + line_end for row in rows), fields)

    is_even = all(len(row) == fields for row in rows) and (fields > 1 or all(row != [""] for row in rows))
    assert found == (rows if is_even else None)


@drawn(300)
@given(rows=st.lists(st.text("1a,", min_size=1, max_size=12), min_size=1, max_size=8), fields=st.integers(1, 4))
def test_no_line_lends_a_separator_to_another(rows, fields):
    found = cells_of("".join(f"{row}\n" for row in rows), fields)

    cells = [row.split(",") for row in rows]
    assert found == (cells if all(len(row) == fields for row in cells) else None)


@drawn(200)
@given(
    kinds=st.lists(st.sampled_from(["{:03.0f}", "{:.2f}", "{:.0f}", "{:.10f}", "-{:.1f}", ""]), min_size=1, max_size=6),
    values=st.lists(st.floats(0, 999), min_size=1, max_size=12),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_numbers_are_read_wherever_in_their_lines_they_are(kinds, values, line_end):
    rows = [[kind.format(value) for kind in kinds] for value in values]
    lines = split_lines("".join(",".join(row) + line_end for row in rows).encode(), ord(","), len(kinds))

    found = [] if lines is None else [read_numbers(lines, [column])[0] for column in range(len(kinds))]

    if kinds != [""]:  # a blank line
        expected = [[float(row[column] or "nan") for row in rows] for column in range(len(kinds))]
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("last", ["-2.5", "-.5", "", "7"])
def test_a_number_that_differs_from_thousands_before_it_is_read_too(last):
    assert numbers_of(["1.25"] * 2000 + [last])[-1:] == pytest.approx([float(last or "nan")], nan_ok=True)


@pytest.mark.parametrize("cell", ["-", "--1", "1-", "-x"])
def test_a_sign_behind_thousands_of_numbers_is_none_alone(cell):
    assert numbers_of(["1.25"] * 2000 + [cell]) is None


def test_a_column_that_is_no_numbers_leaves_those_beside_it():
    lines = split_lines(b"1.5,x,3\n-2.5,4,\n", ord(","), 3)
    assert lines is not None

    first, second, third = read_numbers(lines, [0, 1, 2])

    assert first is not None
    assert first.tolist() == [1.5, -2.5]
    assert second is None
    np.testing.assert_array_equal(third, [3, np.nan])


@drawn(300)
@given(
    decimals=st.integers(0, 8),
    numbers=st.lists(st.integers(-(10**15), 10**15) | st.integers(-999, 999), min_size=1, max_size=20),
    odd=st.sampled_from(["", "-0", "7", "1.5", "12.25", ".5", "5.", "0.1234567", "99999999.9"]),
    where=st.integers(0, 20),
)
def test_numbers_are_those_of_python(decimals, numbers, odd, where):
    cells = [f"{'-' * (n < 0)}{abs(n) // 10**decimals}.{abs(n) % 10**decimals:0{decimals}}" for n in numbers]
    cells = [cell if decimals else cell.partition(".")[0] for cell in cells]
    cells.insert(where, odd)

    found = numbers_of(cells)

    if max(len(cell.lstrip("-")) for cell in cells) <= 16:
        np.testing.assert_array_equal(found, [float(cell) if cell else np.nan for cell in cells])


@pytest.mark.parametrize(
    "cell", ["x", "1x5", "1 5", "1.2.3", "..5", ".", "-", "--5", "5-", "1e5", "+5", "1,5", "99999999999999999", "1:5"]
)
@pytest.mark.parametrize("others", [["2.5", "3.5"], ["25", "35"], ["123456789.25", "1.25"]])
def test_what_is_no_plain_number_is_left_to_others(cell, others):
    if "," not in cell:
        assert numbers_of([*others, cell]) is None
    assert numbers_of([cell.replace(",", ";"), *others]) is None


def test_a_point_that_stands_before_a_cell_is_none_of_its_own():
    lines = split_lines(b"a,1.25\n.,55\n", ord(","), 2)

    found = read_numbers(lines, [1])[0]

    assert found.tolist() == [1.25, 55]


def test_numbers_may_have_a_decimal_comma():
    lines = split_lines(b"a;1,25\nb;-5,50\n", ord(";"), 2)

    assert read_numbers(lines, [1], ord(","))[0].tolist() == [1.25, -5.5]


@pytest.mark.parametrize("letters", [2, 7, 8, 9, 20])
@pytest.mark.parametrize("last", [[], ["a"]])
def test_runs_of_equal_texts_are_found_by_every_letter(letters, last):
    texts = ["a" * letters, "a" * (letters - 1) + "b", "b" + "a" * (letters - 1), *last]
    lines = split_lines("".join(f"{text},1\n" * 10 for text in texts).encode(), ord(","), 2)

    found = starts_of_runs(lines, 0)

    assert found is not None
    assert found.tolist() == list(range(0, 10 * len(texts), 10))
