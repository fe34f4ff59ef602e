import json
from html.parser import HTMLParser

import pytest

from lstmcast.report.markup import (
    NOTHING,
    bullets,
    code_words,
    definitions,
    is_number,
    json_block,
    number_text,
    short_number,
    table,
    tag,
    text,
)

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title>&lt;", "' onclick='x", "]]><!--"]


class Tags(HTMLParser):
    def __init__(self, content):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(content)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_never_becomes_markup(hostile):
    found = Tags(tag("p", text(hostile), title=hostile))

    assert found.tags == [("p", {"title": hostile})]
    assert "".join(found.words) == hostile


@pytest.mark.parametrize("hostile", HOSTILE)
def test_tables_lists_and_definitions_escape_what_they_hold(hostile):
    found = Tags(
        table([hostile], [[hostile]], caption=hostile) + bullets([hostile]) + definitions([(hostile, hostile)])
    )

    names = "div table caption thead tbody tr th td ul li dl dt dd"
    assert {name for name, _ in found.tags} == set(names.split())
    assert found.words == [hostile] * 6


@pytest.mark.parametrize("hostile", [*HOSTILE, "</script><script>alert(1)</script>", "<!--<script>", "\u2028"])
def test_data_for_the_script_cannot_end_its_element(hostile):
    block = json_block({"name": hostile})

    inside = block.removeprefix('<script type="application/json">').removesuffix("</script>")
    assert not set("<>&\u2028") & set(inside)
    assert json.loads(inside) == {"name": hostile}


def test_invisible_marks_and_very_long_texts_are_cut():
    assert text("a\u202eb\x00c") == "a b c"
    assert len(text("x" * 1000)) == 120


def test_an_attribute_without_a_value_is_left_out():
    assert tag("div", NOTHING, class_="a", id=None, hidden=True, open=False) == '<div class="a" hidden></div>'


def test_what_stands_between_backticks_is_code():
    assert code_words("run `a <b>` now") == "run <code>a &lt;b&gt;</code> now"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (1234.567, "1,235"), (12.345678, "12.35"), (0.034567, "0.03457"), (2e12, "2e+12"), (-0.5, "-0.5"),
     (3.10, "3.1"), (1e-7, "1e-07"), (700.0, "700")],
)  # fmt: skip
def test_numbers_have_about_four_digits(value, shown):
    assert short_number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "–"), (float("nan"), "–"), (1234, "1,234"), (True, "yes"), ("a", "a"), (0.5, "0.5")],  # noqa: RUF001 -- the dash that is shown
)
def test_values_are_shown_as_people_read_them(value, shown):
    assert number_text(value) == shown


def test_numbers_and_percentages_stand_to_the_right():
    assert [is_number(cell) for cell in (1, 2.0, None, "47%", "+3.5%", "-1.250", "1,234.500")] == [True] * 7
    assert [is_number(cell) for cell in ("a", "5% of it", True, "2024.01", "7")] == [False] * 5
    assert '<td class="num">47%</td>' in table(["share"], [["47%"], [None]])


def test_the_row_that_is_ones_own_stands_out_and_no_other():
    html = table(["forecaster", "MASE"], [["lstm", 0.5], ["naive", 1.25]], own=0)

    rows = [(tag, attributes) for tag, attributes in Tags(html).tags if tag == "tr"]
    assert rows == [("tr", {}), ("tr", {"class": "own"}), ("tr", {})]


def test_a_number_has_as_many_digits_as_are_asked_for():
    assert [short_number(1234.5678, digits) for digits in (4, 6, 9)] == ["1,235", "1,234.57", "1,234.5678"]
    assert [short_number(1.25e9, digits) for digits in (4, 5)] == ["1.25e+09", "1,250,000,000"]
    assert 'class="num">1,234.57<' in table(["MW"], [[1234.5678]], digits=6)
