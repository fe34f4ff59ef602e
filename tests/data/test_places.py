"""Rows that go through all series again and again are brought into the order of the series."""

import numpy as np

from lstmcast.data.places import ROUNDS_AT_ONCE, Turned


def test_columns_and_blocks_of_them_are_turned_round_by_round():
    rounds = 2 * ROUNDS_AT_ONCE + 1
    column = np.arange(3.0 * rounds)
    turned = Turned(np.array([2, 0, 1]), rounds)

    values, block = turned.out(column), turned.out(np.column_stack([column, -column]))

    assert values.tolist() == [*column[2::3], *column[0::3], *column[1::3]]
    assert block.tolist() == [[value, -value] for value in values]
    assert Turned(np.arange(3), rounds).out(column).tolist() == [*column[0::3], *column[1::3], *column[2::3]]
    assert turned.out(np.empty((len(column), 0))).shape == (len(column), 0)
