import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.config.yaml_file import read_config
from lstmcast.jobs.setup.config_text import Line, override, write_config_text, write_text


def test_a_config_has_sections_and_comments():
    lines = [
        Line("data.path", "a.csv"),
        Line("data.target", "y", "the column", "unsure: could be z"),
        Line("data.past", ("a", "b"), "may help", "", True),
        Line("data.csv.missing", ("NA",)),
        Line("forecast.horizon", 3),
        Line("job.max_age", "2D", "for cron", "", True),
    ]

    text = write_config_text(["a head"], lines)

    assert text.splitlines() == [
        "# a head",
        "version: 1",
        "",
        "data:",
        "  path: a.csv",
        "  # unsure: could be z",
        '  target: "y"                 # the column',
        "  # past: [a, b]              # may help",
        "  csv:",
        "    missing: [NA]",
        "",
        "forecast:",
        "  horizon: 3",
        "",
        "# job:",
        "#   max_age: 2D                 # for cron",
    ]


def test_long_lists_and_comments_are_wrapped(tmp_path):
    names = tuple(f"column {place}" for place in range(40))
    lines = [Line("data.path", "a.csv"), Line("data.target", names, "word " * 40), Line("forecast.horizon", 3)]

    text = write_config_text([], lines)

    assert max(map(len, text.splitlines())) <= 112
    assert read_config(text, tmp_path / "c.yaml").data.target == names


def test_overrides_replace_values_suggestions_and_add_the_rest():
    lines = [Line("data.target", "y", "a guess"), Line("data.past", ("a",), "", "", True), Line("forecast.horizon", 3)]

    changed = override(lines, {"data.target": "z", "data.past": ("b",), "train.seed": 4}, "set")

    assert changed == [
        Line("data.target", "z", "set"),
        Line("data.past", ("b",), "set"),
        Line("forecast.horizon", 3),
        Line("train.seed", 4, "set"),
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Temp (C)", "Temp (C)"),
        ("../data/a.csv", "../data/a.csv"),
        ("2D", "2D"),
        ("yes", '"yes"'),
        ("2024", '"2024"'),
        ("2024-01-01", '"2024-01-01"'),
        ("null", '"null"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("a: b", '"a: b"'),
        ("tab\t", '"tab\\t"'),
    ],
)
def test_texts_are_bare_only_where_nobody_could_mistake_them(text, written):
    assert write_text(text) == written


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(string.punctuation), min_size=1)))
def test_any_column_name_survives_the_file(tmp_path_factory, names):
    target = tuple(dict.fromkeys(names)) or "y"
    lines = [Line("data.path", "a.csv"), Line("data.target", target), Line("forecast.horizon", 3)]

    config = read_config(write_config_text([], lines), tmp_path_factory.getbasetemp() / "c.yaml")

    assert config.data.target == target


@pytest.mark.parametrize("end", ["\n", "\r", "\x85", "\u2028", "\x1c"])
def test_a_comment_stays_one_whatever_the_names_in_it_hold(tmp_path, end):
    lines = [
        Line("data.path", "a.csv"),
        Line("data.target", f"shop{end}name", f"3 series: a{end}data: x", f"unsure: b{end}c"),
        Line("forecast.horizon", 3),
    ]

    text = write_config_text([f"a{end}head"], lines)

    assert read_config(text, tmp_path / "c.yaml").data.target == f"shop{end}name"
