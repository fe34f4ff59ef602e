import numpy as np

from lstmcast.data.covariate.ahead import drop_beyond, is_ahead
from lstmcast.data.covariate.known_ahead import with_future_columns, with_rows_ahead
from lstmcast.data.rows import Rows
from tests.examples import a_panel


def some_rows(series, stamps, target):
    count = len(series)
    nothing = np.empty((count, 0))
    return Rows(np.array(series), np.array(stamps), np.array(target, float), nothing, nothing, np.arange(count))


def test_rows_after_the_last_target_of_their_own_series_are_ahead():
    rows = some_rows([1, 0, 0, 1, 1, 0], [9, 3, 1, 7, 8, 2], [np.nan, np.nan, 5, 5, np.nan, 5])

    assert is_ahead(rows).tolist() == [True, True, False, False, True, False]


def test_a_hole_among_targets_is_not_ahead():
    assert is_ahead(some_rows([0, 0, 0], [1, 2, 3], [5, np.nan, 5])).tolist() == [False] * 3


def test_only_the_stamps_of_the_horizon_are_kept_in_the_order_of_the_file():
    rows = some_rows([0, 0, 0, 0, 0, 1, 1], [4, 3, 3, 2, 1, 2, 1], [np.nan, np.nan, np.nan, np.nan, 5, np.nan, 5])

    assert drop_beyond(rows, 2).origin.tolist() == [1, 2, 3, 4, 5, 6]
    assert drop_beyond(rows, 1).origin.tolist() == [3, 4, 5, 6]
    assert drop_beyond(rows, None) is rows
    assert drop_beyond(rows, 3) is rows


def test_rows_ahead_take_the_place_of_those_that_were_there():
    panel = a_panel({"a": [1, 2], "b": [3]}, ahead=1, past={"wind": [1, 2, 0, 3, 0]}, future={"warm": [1, 2, 8, 3, 9]})

    longer = with_rows_ahead(panel, np.array([2, 0]), np.array([[5.0], [6.0]]))

    assert longer.offsets.tolist() == [0, 4, 5]
    np.testing.assert_array_equal(longer.values, [1, 2, np.nan, np.nan, 3])
    np.testing.assert_array_equal(longer.past[:, 0], [1, 2, np.nan, np.nan, 3])
    assert longer.future[:, 0].tolist() == [1, 2, 5, 6, 3]
    assert not longer.filled.any()


def test_more_columns_stand_behind_those_that_were_there():
    panel = with_future_columns(
        a_panel({"a": [1, 2]}, future={"warm": [5, 6]}), ("x", "y"), [np.array([[1, 2], [3, 4]])]
    )

    assert panel.future_names == ("warm", "x", "y")
    assert panel.future.tolist() == [[5, 1, 2], [6, 3, 4]]
