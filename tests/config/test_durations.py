from datetime import timedelta

import pytest

from lstmcast.config.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("10min", timedelta(minutes=10)),
        ("36h", timedelta(hours=36)),
        ("1.5h", timedelta(minutes=90)),
        ("2D", timedelta(days=2)),
        ("1W", timedelta(days=7)),
        ("6H", timedelta(hours=6)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(days=7)),
    ],
)
def test_parse_duration_reads_a_number_and_a_unit(text, length):
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "36", "h", "36 h", "-2D", "5m", "5M", "2S", "1e3h", "1h30min", "2D\n", "٣h"])
def test_parse_duration_refuses_what_could_be_read_two_ways_and_tells_the_units(text):
    with pytest.raises(ValueError, match="must be a number and a unit of s, min, h, D or W, such as 36h or 2D"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0h", "0.0D", "0.0000001s", "36526D", f"{'9' * 400}D"])
def test_parse_duration_refuses_nothing_and_more_than_a_century(text):
    with pytest.raises(ValueError, match="must be more than nothing and at most 100 years"):
        parse_duration(text)
