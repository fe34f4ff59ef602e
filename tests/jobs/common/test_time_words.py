import pytest

from lstmcast.data.clock.times import parse_frequency
from lstmcast.jobs.common.time_words import count_in_words, ticks_in_words


@pytest.mark.parametrize(
    ("freq", "ticks", "words"),
    [
        ("h", 87.4, "87 hours (3.6 days)"),
        ("h", 30, "30 hours"),
        ("15min", 96, "96 steps of 15 minutes (24 hours)"),
        ("D", 20.7, "21 days"),
        ("D", 1, "1 day"),
        ("MS", 42, "42 months (3.5 years)"),
        ("MS", 3.64, "3.6 months"),
        ("YS", 3, "3 years"),
        ("5", 12, "12 steps"),
        ("10min", 1, "1 step of 10 minutes"),
        ("2MS", 6, "6 steps of 2 months"),
        ("2B", 3, "3 steps of 2 business days"),
        ("B", 9, "9 business days"),
    ],
)
def test_ticks_are_told_in_the_units_that_people_count(freq, ticks, words):
    assert ticks_in_words(parse_frequency(freq), ticks) == words


def test_what_is_counted_is_one_or_several():
    assert count_in_words("held-out origin", 1) == "1 held-out origin"
    assert count_in_words("held-out origin", 3) == "3 held-out origins"
