import pytest

from lstmcast.data.clock.time_guess import candidate_patterns, clock_pattern, split_interval
from lstmcast.data.clock.time_parts import day_time_patterns, part_of, part_of_texts, part_patterns


@pytest.mark.parametrize(
    ("text", "patterns"),
    [("2024-01-31", ("%Y-%m-%d",)), ("2024/1", ("%Y/%m",)), ("31.12.2024", ("%d.%m.%Y", "%m.%d.%Y")),
     ("01/02/24", ("%d/%m/%y", "%m/%d/%y", "%y/%m/%d")), ("2024-W07", ("%G-W%V",)), ("2024-W07-3", ("%G-W%V-%u",)),
     ("2024Q3", ("%YQ%q",)), ("Q3 2024", ("Q%q %Y",)), ("3 May 2024", ("%d %b %Y", "%d %B %Y")),
     ("Mon, 01 Jan 2024", ("%a, %d %b %Y",)), ("January 3, 2024", ("%B %d, %Y",)), ("Jan-05", ("%b-%y",)),
     ("01-Jan-2024 13:00", ("%d-%b-%Y %H:%M",)), ("1/13/2024 2:05 PM", ("%d/%m/%Y %I:%M %p", "%m/%d/%Y %I:%M %p")),
     ("20240101T050000Z", ("%Y%m%dT%H%M%S%z",)), ("2024-01-01 05:00:00.25+0100", ("%Y-%m-%d %H:%M:%S.%f%z",)),
     ("20160101:0010", ("%Y%m%d:%H%M",)), ("20160101_001000", ("%Y%m%d_%H%M%S",)), ("2016:0010", ()),
     ("Mon 31/12/2024", ("%a %d/%m/%Y", "%a %m/%d/%Y")), ("Mon Jan 01 05:00:00 2024", ("%a %b %d %H:%M:%S %Y",)),
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
     ("year", ["1959.0", "2009.0"], ("%Y.0",)), ("quarter", ["1.0", "4.0"], ("%q.0",)), ("month", ["1.5"], ()),
     ("size", ["1.0", "4.0"], ()), ("hour", ["noon"], ())],
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


HOURS = [str(hour) for hour in range(24)]


@pytest.mark.parametrize(
    ("name", "texts", "patterns"),
    [("Time", ["18.00.00", "9.30.00"], ("%H.%M.%S",)), ("Zeit", ["18.00"], ("%H.%M",)), ("x", ["18.00"], ()),
     ("Date", ["01.02.20"], ()), ("HE", [str(hour + 1) for hour in range(24)], ("%K",)), ("Hour (UTC)", HOURS, ("%H",)),
     ("store", HOURS, ()), ("HHMM", ["0000", "0030", "2330"], ("%N",)), ("time", ["0", "100", "2400"], ("%N",)),
     ("time", ["0", "175"], ()), ("hour", ["7h", "24h"], ("%Kh",)), ("hour", ["07 h", "23 h"], ("%H h",)),
     ("time", ["063000"], ("%H%M%S",)), ("Time", ["6:30 PM"], ("%I:%M %p",)), ("heure", ["18h30"], ("%Hh%M",)),
     ("time", ["1704067200"], ())],
)  # fmt: skip
def test_a_time_of_day_is_known_by_its_texts_or_its_name(name, texts, patterns):
    assert day_time_patterns(name, texts) == patterns


@pytest.mark.parametrize(
    ("name", "texts", "patterns"),
    [("period", ["M01", "M12"], ("M%m",)), ("period", ["M13"], ()), ("x", ["W01", "W53"], ("W%V",)),
     ("unknown", ["1", "24"], ("%K",)), ("unknown", ["0", "2330"], ("%N",)), ("JulianDay", ["32", "366"], ("%j",))],
)  # fmt: skip
def test_a_part_that_the_user_names_is_known_by_its_texts(name, texts, patterns):
    assert part_patterns(name, texts) == patterns


def test_a_column_is_named_for_a_part_of_a_time():
    names = ("Hour Ending", "hour_ending", "HE", "DOY", "Julian Day", "Jahr", "HHMM", "Hour (UTC)", "heat", "M", "MO")

    assert [part_of(name) for name in names] == [
        "hour", "hour", "hour", "dayofyear", "dayofyear", "year", "clock", "hour", None, None, "month",
    ]  # fmt: skip
    assert [part_of_texts(texts) for texts in (["M01"], ["Q1"], ["Jan", "Feb"], ["Mon"], ["A", "Jan"], ["M13"])] == [
        "month", "quarter", "month", None, None, None,
    ]  # fmt: skip
