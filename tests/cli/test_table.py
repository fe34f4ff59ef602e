import math

from lstmcast.cli.table import Column, render_table, score_columns


def test_a_table_puts_text_to_the_left_and_numbers_to_the_right():
    rows = [{"who": "lstm", "mase": 0.5, "n": 12}, {"who": "seasonal naive", "mase": 12.25, "n": 1200}]

    table = render_table(rows, [Column("who", "who"), Column("mase", "MASE"), Column("n", "windows")])

    assert table == (
        "who               MASE  windows\n"
        "--------------  ------  -------\n"
        "lstm             0.500       12\n"
        "seasonal naive  12.250    1,200\n"
    )


def test_an_absent_value_is_a_dash():
    rows = [{"who": "naive", "wql": None}, {"who": "drift", "wql": math.nan}, {"who": "lstm", "wql": 1.0}]

    table = render_table(rows, [Column("who", "who"), Column("wql", "WQL")])

    assert table.splitlines()[2:] == ["naive      -", "drift      -", "lstm   1.000"]


def test_scores_get_the_titles_that_people_know():
    columns = score_columns([{"forecaster": "lstm", "mase": 1.0, "smape": 2.0, "coverage_80": 0.78}])

    table = render_table([{"forecaster": "lstm", "mase": 1.0, "smape": 2.0, "coverage_80": 0.78}], columns)

    assert table.splitlines()[0].split("  ") == ["forecaster", " MASE", "sMAPE", "in 80%"]
    assert table.splitlines()[2] == "lstm        1.000  2.000     78%"


def test_wide_letters_take_two_columns():
    table = render_table([{"id": "北", "n": 1}, {"id": "abc", "n": 2}], [Column("id", "id"), Column("n", "n")])

    assert table.splitlines()[2:] == ["北   1", "abc  2"]


def test_a_cell_stays_on_its_line():
    table = render_table([{"id": "a\nb\x1b"}], [Column("id", "id")])

    assert table.splitlines()[2] == "a b"
