import pytest

from lstmcast.spelling import did_you_mean


@pytest.mark.parametrize(
    ("name", "names", "near"),
    [
        ("s07", ["s37", "s07_new", "s07_new_2"], " (did you mean 's07_new'?)"),
        ("horizn", ["horizon", "levels"], " (did you mean 'horizon'?)"),
        ("Sales", ["date", "SALES"], " (did you mean 'SALES'?)"),
        ("x", ["date"], ""),
        ("", ["date"], ""),
    ],
)
def test_the_name_that_was_probably_meant(name, names, near):
    assert did_you_mean(name, names) == near
