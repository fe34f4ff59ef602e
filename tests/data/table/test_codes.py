import numpy as np
import pytest

from lstmcast.data.table import codes
from lstmcast.data.table.codes import number_together


@pytest.fixture(params=[2**62, 12, 1])
def most_keys(request, monkeypatch):
    """Set how many combinations one number tells apart: of all columns, of two, of one alone."""
    monkeypatch.setattr(codes, "MOST_KEYS", request.param)


@pytest.mark.usefixtures("most_keys")
def test_rows_of_several_columns_are_numbered_in_the_order_of_their_texts():
    first, second, third = np.array([1, 0, 1, -1, 0, 1]), np.array([0, 2, 0, 1, 2, 0]), np.array([1, 1, 0, 0, 1, 1])

    places, (of_first, of_second, of_third) = number_together([first, second, third], [3, 4, 3])

    assert places.tolist() == [3, 1, 2, 0, 1, 3]
    assert of_first.tolist() == [0, 1, 2, 2]  # an empty cell comes before all texts
    assert of_second.tolist() == [2, 3, 1, 1]
    assert of_third.tolist() == [1, 2, 1, 2]


def test_columns_with_more_combinations_than_a_number_can_hold_are_told_apart():
    size, columns = 100_000, [np.random.default_rng(column).permutation(100_000) for column in range(5)]

    places, found = number_together(columns, [size + 1] * 5)

    assert sorted(places.tolist()) == list(range(size))
    for column, of_column in zip(columns, found, strict=True):
        np.testing.assert_array_equal(of_column[places] - 1, column)
