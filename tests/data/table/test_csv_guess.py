import pytest

from lstmcast.config.schema import CsvConfig
from lstmcast.data.table.csv_guess import guess_csv
from lstmcast.errors import DataError

ROWS = "".join(f"2024-01-{day:02},{day * 1.5},{day}\n" for day in range(1, 29))


@pytest.fixture
def guess(tmp_path):
    def guess_text(text, fixed=(), **given):
        path = tmp_path / "load.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        found = guess_csv(str(path), CsvConfig(**given), frozenset(fixed))
        defaults = CsvConfig(separator=found.csv.separator, encoding=found.csv.encoding)
        different = {name: value for name, value in found.csv.as_plain().items() if value != getattr(defaults, name)}
        return (found.csv.separator, found.csv.encoding), different, dict(found.doubts)

    return guess_text


def test_a_plain_file_needs_no_more_than_its_separator_and_encoding(guess):
    assert guess("day,load,n\n" + ROWS) == ((",", "utf-8"), {}, {})


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("Load of the town\nmeasured: 2024\n\nday,load,n\n" + ROWS, {"header": 4}),
        ("# load\n# of, the, town\nday,load,n\n" + ROWS, {"header": 3, "comment": "#"}),
        ("day,load,n\ndate,MW,count\n" + ROWS, {"skip": 1}),
        ("day,load,n\n,MW,-\n" + ROWS, {"skip": 1}),
        ("day,load,n\n" + ROWS + "Source: the town\n", {"footer": 1}),
        ("day,load,n\n" + ROWS.replace("\n", ",\n"), {"trailing": "ignore"}),
        ("day,load,n,,\n" + ROWS, {"trailing": "ignore"}),
        ("'day','load','n'\n" + "".join(f"'2024-01-{k:02}','{k}','1'\n" for k in range(1, 29)), {"quote": "'"}),
    ],
    ids=["above", "comments", "units", "units with an empty cell", "footer", "trailing", "short", "quotes"],
)
def test_what_is_not_the_table_is_found(guess, text, settings):
    _, different, doubts = guess(text)

    assert different == settings
    assert doubts == {}


@pytest.mark.parametrize(
    "text",
    [
        '"day" "load"\n' + "".join(f'"{k}" "2024-01-{k:02}" {k}.5\n' for k in range(1, 29)),
        "day\tload\n" + "".join(f"{k}\t2024-01-{k:02}\t{k}.5\n" for k in range(1, 29)),
        '"day","load"\n' + "".join(f'"{k}","2024-01-{k:02}",{k}.5\n' for k in range(1, 29)),
    ],
    ids=["blanks", "tabs", "commas"],
)
def test_a_header_without_a_name_for_the_first_cell_of_rows_is_found(guess, text):
    _, different, doubts = guess(text)

    assert different == {"row_names": True}
    assert "rows have one cell more than the header has names" in doubts["row_names"]


def test_a_decimal_comma_between_commas_is_no_name_of_a_row(guess):
    with pytest.raises(DataError, match="line 2: found 3 fields, the header has 2"):
        guess("day,load\n" + "".join(f"2024-01-{k:02},{k},5\n" for k in range(1, 29)))


def test_a_file_without_a_header_gets_numbered_columns_with_a_doubt(guess):
    _, different, doubts = guess(ROWS)

    assert different == {"header": None}
    assert doubts == {"header": "no line seems to name the columns, so they are numbered"}


@pytest.mark.parametrize(
    ("encoding", "found", "is_sure"),
    [
        ("utf-8", "utf-8", True),
        ("utf-8-sig", "utf-8", True),
        ("utf-16", "utf-16", True),
        ("utf-16-le", "utf-16-le", False),
        ("cp1252", "cp1252", False),
    ],
)
def test_encodings_are_found_and_guesses_are_said_to_be_some(guess, encoding, found, is_sure):
    (_, name), different, doubts = guess(("größe,load,n\n" + ROWS).encode(encoding))

    assert (name, different, "encoding" not in doubts) == (found, {}, is_sure)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_decimal_commas_do_not_hide_the_separator(guess, separator):
    text = separator.join(("day", "load", "n")) + "\n" + ROWS.replace(",", separator).replace(".", ",")

    assert guess(text)[0][0] == separator


def test_what_is_given_is_not_guessed(guess):
    _, different, _ = guess("a b\nday,load,n\n" + ROWS, fixed=("header",), header=2)

    assert different == {"header": 2}


def test_lines_that_lost_cells_are_no_trailing_cells(guess):
    with pytest.raises(DataError, match="line 3: found 4 fields"):
        guess("day,load,n\n" + ROWS.replace("2024-01-02,", "2024-01-02,x,"))
