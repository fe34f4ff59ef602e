import pytest

from lstmcast.data.clock.time_guess import candidate_patterns, clock_pattern, part_patterns, split_interval


@pytest.mark.parametrize(
    ("text", "patterns"),
    [("2024-01-31", ("%Y-%m-%d",)), ("2024/1", ("%Y/%m",)), ("31.12.2024", ("%d.%m.%Y", "%m.%d.%Y")),
     ("01/02/24", ("%d/%m/%y", "%m/%d/%y", "%y/%m/%d")), ("2024-W07", ("%G-W%V",)), ("2024-W07-3", ("%G-W%V-%u",)),
     ("2024Q3", ("%YQ%q",)), ("Q3 2024", ("Q%q %Y",)), ("3 May 2024", ("%d %b %Y", "%d %B %Y")),
     ("Mon, 01 Jan 2024", ("%a, %d %b %Y",)), ("January 3, 2024", ("%B %d, %Y",)), ("Jan-05", ("%b-%y",)),
     ("01-Jan-2024 13:00", ("%d-%b-%Y %H:%M",)), ("1/13/2024 2:05 PM", ("%d/%m/%Y %I:%M %p", "%m/%d/%Y %I:%M %p")),
     ("20240101T050000Z", ("%Y%m%dT%H%M%S%z",)), ("2024-01-01 05:00:00.25+0100", ("%Y-%m-%d %H:%M:%S.%f%z",)),
     ("2024-01-01 00:00 - 00:15", ("%Y-%m-%d %H:%M - %H:%M",)),
     ("2024-01-01T00:00/2024-01-01T01:00", ("%Y-%m-%dT%H:%M/%Y-%m-%dT%H:%M",)),
     ("1-01", ()), ("12:00", ()), ("1-Jan", ()), ("Sales of May 2024", ()), ("Q13019", ()),
     ("2024-01-01 nonsense", ())],
)  # fmt: skip
def test_a_text_with_a_year_is_what_it_looks_like_and_nothing_more(text, patterns):
    assert candidate_patterns(text) == patterns


@pytest.mark.parametrize(
    ("name", "texts", "patterns"),
    [("Hour", ["0", "23"], ("%H",)), ("hour", ["1", "24"], ("%K",)), ("year", ["2024"], ("%Y",)),
     ("YR", ["24"], ("%y",)),
     ("month", ["1", "12"], ("%m",)), ("Monat", ["Jan"], ("%b",)), ("quarter", ["Q1", "Q4"], ("Q%q",)),
     ("week", ["53"], ("%V",)), ("at", ["23:30"], ("%H:%M",)), ("Datum", ["2024-01-31"], ("%Y-%m-%d",)),
     ("hour", ["noon"], ())],
)  # fmt: skip
def test_a_part_of_a_time_is_known_by_its_name_and_texts(name, texts, patterns):
    assert part_patterns(name, texts) == patterns


def test_a_time_of_day_needs_no_date():
    assert [clock_pattern(text) for text in ("7:05", "19:05:30", "7:05 PM", "7", "2024-01-01 7:05")] == [
        "%H:%M", "%H:%M:%S", "%I:%M %p", None, None,
    ]  # fmt: skip


def test_an_interval_ends_where_a_part_comes_again():
    assert split_interval("%d.%m.%Y %H:%M - %H:%M") == ("%d.%m.%Y %H:%M", " - %H:%M")
    assert split_interval("%Y-%m-%d") == ("%Y-%m-%d", "")
