"""Which rows lie on their grid as the file has them."""

import numpy as np
import pytest

from lstmcast.data.grid.in_order import find_series, is_even
from lstmcast.data.table.codes import Cycle


def test_series_that_come_again_or_are_not_sorted_have_no_runs():
    codes = [[0, 0, 1, 2], [1, 0], [0, 1, 0], [0, 2]]

    found = [find_series(np.array(of_rows)) for of_rows in codes]

    assert [runs and runs.lengths.tolist() for runs in found] == [[2, 1, 1], None, None, None]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([0, 1, 0, 1], True), ([1, 2, 0, 1], True), ([0, 1, 1, 0], False), ([0, 1, 0, 0], False), ([1, 0, 0, 1], False)],
)
def test_rows_are_even_where_each_is_one_tick_after_the_one_before_in_its_series(codes, expected):
    assert is_even(np.array([7, 8, 9]), np.array(codes), np.array([0, 2])) is expected


@pytest.mark.parametrize(("starts", "expected"), [([0, 2, 4], True), ([0, 4], False), ([0, 1, 4], False)])
def test_a_cycle_is_even_where_each_series_has_it_once(starts, expected):
    times = Cycle(np.array([0, 1]), 0, 6)

    assert is_even(np.array([7, 8]), times, np.array(starts)) is expected
