"""Rows are brought into the order of the series, and some of them are left out."""

import numpy as np
import pytest

from lstmcast.data.grid.places import ROUNDS_AT_ONCE, Turned, without_rows


def test_columns_and_blocks_of_them_are_turned_round_by_round():
    rounds = 2 * ROUNDS_AT_ONCE + 1
    column = np.arange(3.0 * rounds)
    turned = Turned(np.array([2, 0, 1]), rounds)

    values, block = turned.out(column), turned.out(np.column_stack([column, -column]))

    assert values.tolist() == [*column[2::3], *column[0::3], *column[1::3]]
    assert block.tolist() == [[value, -value] for value in values]
    assert Turned(np.arange(3), rounds).out(column).tolist() == [*column[0::3], *column[1::3], *column[2::3]]
    assert turned.out(np.empty((len(column), 0))).shape == (len(column), 0)


@pytest.mark.parametrize("rows", [3, 400])
@pytest.mark.parametrize("width", [0, 2])
def test_some_rows_of_a_block_are_left_out_however_few_they_are(rows, width):
    block = np.arange(rows * width, dtype=np.float64).reshape(rows, width)

    kept = without_rows(block, np.array([0, 2]))

    np.testing.assert_array_equal(kept, block[[row for row in range(rows) if row not in (0, 2)]])
