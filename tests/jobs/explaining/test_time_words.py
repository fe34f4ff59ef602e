import pytest

from lstmcast.data.clock.times import parse_frequency
from lstmcast.jobs.explaining.time_words import ticks_in_words


@pytest.mark.parametrize(
    ("freq", "ticks", "words"),
    [
        ("h", 87.4, "87 hours (3.6 days)"),
        ("h", 30, "30 hours"),
        ("15min", 96, "96 15-minute steps (24 hours)"),
        ("D", 20.7, "21 days"),
        ("D", 1, "1 day"),
        ("MS", 42, "42 months (3.5 years)"),
        ("MS", 3.64, "3.6 months"),
        ("YS", 3, "3 years"),
        ("5", 12, "12 steps"),
        ("B", 9, "9 business days"),
    ],
)
def test_ticks_are_told_in_the_units_that_people_count(freq, ticks, words):
    assert ticks_in_words(parse_frequency(freq), ticks) == words
