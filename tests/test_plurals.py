import pytest

from lstmcast.plurals import count_things


@pytest.mark.parametrize(("count", "words"), [(0, "0 rows"), (1, "1 row"), (1203, "1,203 rows")])
def test_count_things_says_how_many_there_are(count, words):
    assert count_things(count, "row") == words
