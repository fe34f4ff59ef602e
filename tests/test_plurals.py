import pytest

from lstmcast.plurals import count_things, list_all, name_some


@pytest.mark.parametrize(("count", "words"), [(0, "0 rows"), (1, "1 row"), (1203, "1,203 rows")])
def test_count_things_says_how_many_there_are(count, words):
    assert count_things(count, "row") == words


def test_name_some_says_how_many_more_there_are_than_those_shown():
    assert name_some(["a", "b"], 1205) == "a, b and 1,203 more"
    assert name_some(["a", "b"], 2) == "a, b"


def test_list_all_puts_an_and_before_the_last():
    assert [list_all("a"), list_all("ab"), list_all("abc")] == ["a", "a and b", "a, b and c"]
