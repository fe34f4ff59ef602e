import io
import math
from pathlib import Path

import pytest

from lstmcast.cli.table import Column, earlier_lines, fold_lines, prose_lines, render_facts, render_table, score_columns


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


def test_accents_that_are_marks_of_their_own_take_none():
    table = render_table([{"id": "e\u0301", "n": 1}, {"id": "ab", "n": 2}], [Column("id", "id"), Column("n", "n")])

    assert table.splitlines()[2:] == ["e\u0301   1", "ab  2"]


def test_a_cell_stays_on_its_line():
    table = render_table([{"id": "a\nb\x1b"}], [Column("id", "id")])

    assert table.splitlines()[2] == "a b"


WIDE = [
    {"series": "north", "mase": 0.5, "width_80": 1.5, "width_95": 2.5},
    {"series": "south", "mase": 0.75, "width_80": 1.25, "width_95": 2.25},
]


@pytest.fixture
def terminal(monkeypatch):
    """Make the answer go to a terminal of some columns."""

    def of_columns(columns):
        monkeypatch.setattr("sys.stdout", Terminal())
        monkeypatch.setenv("COLUMNS", str(columns))

    return of_columns


class Terminal(io.StringIO):
    """Says that it is one."""

    def isatty(self):
        return True


def test_a_table_that_is_too_wide_for_the_terminal_leaves_out_the_widths_and_says_so(terminal):
    terminal(28)

    assert render_table(WIDE, score_columns(WIDE)) == (
        "series   MASE\n"
        "------  -----\n"
        "north   0.500\n"
        "south   0.750\n"
        "(no room for width 80, width 95: widen the terminal, or add --json)\n"
    )


def test_of_columns_that_can_be_spared_no_more_go_than_have_to(terminal):
    columns = [Column("series", "series"), Column("mase", "MASE", spare=1), Column("width_80", "width", spare=2)]
    terminal(14)

    table = render_table(WIDE, columns)

    assert table.splitlines()[2:] == [
        "north   0.500", "south   0.750", "(no room for width: widen the terminal, or add --json)"
    ]  # fmt: skip


def test_a_table_that_is_too_wide_even_so_becomes_blocks_of_lines(terminal):
    terminal(12)

    assert render_table(WIDE, score_columns(WIDE)) == (
        "series    north\nMASE      0.500\nwidth 80  1.500\nwidth 95  2.500\n"
        "\n"
        "series    south\nMASE      0.750\nwidth 80  1.250\nwidth 95  2.250\n"
    )


def test_a_table_that_fits_or_goes_to_a_file_is_whole(terminal):
    whole = render_table(WIDE, score_columns(WIDE))
    terminal(33)

    assert len(whole.splitlines()[0]) == 33
    assert render_table(WIDE, score_columns(WIDE)) == whole


FACTS = {"version": "20260101", "made with": "keras 3.15.1, numpy 2.4.6, pandas 3.1.1", "positive": True}


def test_facts_go_on_below_themselves_where_the_terminal_is_narrow(terminal):
    terminal(31)

    assert render_facts(FACTS) == (
        "version    20260101\n"
        "made with  keras 3.15.1, numpy\n"
        "           2.4.6, pandas 3.1.1\n"
        "positive   yes\n"
    )  # fmt: skip


def test_facts_that_go_to_a_file_have_a_line_each():
    assert render_facts(FACTS).splitlines() == [
        "version    20260101", "made with  keras 3.15.1, numpy 2.4.6, pandas 3.1.1", "positive   yes"
    ]  # fmt: skip


def test_a_long_word_stays_whole_in_a_narrow_terminal(terminal):
    terminal(20)

    assert render_facts({"folder": "/srv/a-long/path-of/some-folder: writable"}).splitlines() == [
        "folder  /srv/a-long/path-of/some-folder:", "        writable"
    ]  # fmt: skip


def test_a_line_without_a_column_there_goes_on_below_its_beginning(terminal):
    terminal(20)

    lines = list(fold_lines(["data   a.csv", "note: the data end long ago, see"], 7))

    assert lines == ["data   a.csv", "note: the data end", "  long ago, see"]


def test_words_are_never_wider_than_the_terminal_or_than_is_good_to_read(terminal):
    sentence = " ".join(["word"] * 40)

    assert max(map(len, prose_lines(sentence, "- ", "  "))) <= 100
    terminal(30)
    assert prose_lines(sentence, "- ", "  ")[:2] == ["- word word word word word", "  word word word word word"]


def test_names_over_several_lines_leave_facts_and_sentences_in_their_lines():
    assert list(fold_lines(["series  a\nb", "time    month"], 8)) == ["series  a b", "time    month"]
    assert prose_lines("it follows a\x1b[2Jb\u2028c") == ["it follows a [2Jb c"]


def test_what_is_not_shown_is_said_to_be_in_the_table():
    counts = [earlier_lines(count, "alarm", Path("a.csv")) for count in (-3, 0, 1, 1200)]

    assert counts == [[], [], ["1 earlier alarm is in a.csv", ""], ["1,200 earlier alarms are in a.csv", ""]]
