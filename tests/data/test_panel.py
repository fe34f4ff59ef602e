from dataclasses import replace

import numpy as np
import pytest

from tests.data.conftest import plain
from tests.examples import a_panel


def test_a_panel_knows_which_rows_have_a_target():
    panel = a_panel({"a": [1, 2], "b": [7]}, ahead=1)

    assert panel.is_known.tolist() == [True, True, False, True, False]
    assert panel.series_of_row.tolist() == [0, 0, 0, 1, 1]
    assert panel.cutoffs.tolist() == [1, 0]


def test_a_single_series_knows_which_rows_have_a_target():
    panel = a_panel({"a": [1, 2]}, ahead=2)

    assert panel.is_known.tolist() == [True, True, False, False]


def test_until_hides_the_truth_and_past_covariates_but_not_what_is_known_ahead():
    panel = a_panel(
        {"a": [1, 2, 3], "b": [7, 8]}, past={"wind": [1, 2, 3, 4, 5]}, future={"price": [10, 20, 30, 40, 50]}
    )

    seen = panel.until(np.array([1, 2]))

    assert plain(seen.values.tolist()) == [1, None, None, 7, 8]
    assert plain(seen.past[:, 0].tolist()) == [1, None, None, 4, 5]
    assert seen.future[:, 0].tolist() == [10, 20, 30, 40, 50]
    assert seen.cutoffs.tolist() == [0, 1]
    assert panel.values.tolist() == [1, 2, 3, 7, 8]


def test_a_series_of_which_nothing_is_known_yet_hides_everything():
    panel = a_panel({"a": [1, 2], "b": [7, 8]})

    seen = panel.until(np.array([0, 1]))

    assert plain(seen.values.tolist()) == [None, None, 7, None]
    assert seen.is_known.tolist() == [False, False, True, False]


def with_gaps(interpolated=True):
    """Return a panel of two series with gaps of two steps, filled from both sides."""
    values = {"a": [1, 2, 2.5, 3, 4], "b": [7, 8, 9, 10, 20]}
    filled = [False, True, True, False, False, False, False, True, True, False]
    return replace(a_panel(values, filled=filled), interpolated=interpolated)


def test_what_was_made_up_from_a_later_value_is_not_known_before_it_came():
    seen = with_gaps().until(np.array([3, 4]))

    assert plain(seen.values.tolist()) == [1, 1, 1, None, None, 7, 8, 8, 8, None]
    assert seen.known.tolist() == [3, 4]


def test_a_gap_whose_end_is_known_stays_filled():
    assert plain(with_gaps().until(np.array([4, 5])).values.tolist()) == [1, 2, 2.5, 3, None, 7, 8, 9, 10, 20]


def test_what_was_made_up_from_earlier_values_stays():
    seen = with_gaps(interpolated=False).until(np.array([3, 4]))

    assert plain(seen.values.tolist()) == [1, 2, 2.5, None, None, 7, 8, 9, 10, None]


@pytest.mark.parametrize(
    ("origin", "newest"), [((1, 1), (0, 0)), ((2, 2), (0, 1)), ((3, 3), (0, 1)), ((4, 4), (3, 1)), ((5, 5), (4, 4))]
)
def test_the_newest_value_that_was_given_is_the_one_before_an_open_gap(origin, newest):
    panel, series = with_gaps(), np.arange(2)

    assert panel.newest_given(series, np.array(origin)).tolist() == list(newest)
    assert replace(panel, interpolated=False).newest_given(series, np.array(origin)).tolist() == [
        place - 1 for place in origin
    ]


def test_a_series_is_named_by_its_ids_or_by_the_target():
    panel = a_panel({"a": [1], "b": [7]})

    assert panel.name_of(1) == "b"


def test_a_part_of_a_panel_is_its_series_alone_with_their_rows_and_covariates():
    panel = a_panel(
        {"a": [1, 2, 3], "b": [7, 8], "c": [4]},
        ahead=1,
        past={"wind": [1, 2, 3, 0, 4, 5, 0, 6, 0]},
        future={"price": [10, 20, 30, 40, 50, 60, 70, 80, 90]},
    )

    part = panel.part(slice(1, 3))

    assert [part.name_of(0), part.name_of(1)] == ["b", "c"]
    assert part.offsets.tolist() == [0, 3, 5]
    assert (part.known.tolist(), part.first.tolist()) == ([2, 1], [0, 0])
    assert plain(part.values.tolist()) == [7, 8, None, 4, None]
    assert part.past[:, 0].tolist() == [4, 5, 0, 6, 0]
    assert part.future[:, 0].tolist() == [50, 60, 70, 80, 90]


def test_some_series_of_a_panel_stand_in_the_order_in_which_they_are_asked_for():
    panel = a_panel(
        {"a": [1, 2, 3], "b": [7, 8], "c": [4]},
        ahead=1,
        filled=[False] * 5 + [True] + [False] * 3,
        past={"wind": [1, 2, 3, 0, 4, 5, 0, 6, 0]},
        future={"price": [10, 20, 30, 40, 50, 60, 70, 80, 90]},
    )

    some = panel.some(np.array([2, 0]))

    assert [some.name_of(0), some.name_of(1)] == ["c", "a"]
    assert some.offsets.tolist() == [0, 2, 6]
    assert (some.known.tolist(), some.first.tolist()) == ([1, 3], [0, 0])
    assert plain(some.values.tolist()) == [4, None, 1, 2, 3, None]
    assert some.past[:, 0].tolist() == [6, 0, 1, 2, 3, 0]
    assert some.future[:, 0].tolist() == [80, 90, 10, 20, 30, 40]
    assert panel.some(np.array([1])).filled.tolist() == [False, True, False]


def test_rows_between_two_places_are_found_in_each_series_alone():
    panel = a_panel({"a": [1, 2, 3], "b": [7], "c": [4, 5]}, ahead=1)

    between = panel.rows_between(np.array([1, 1, 0]), np.array([3, 9, 1]))

    assert between.tolist() == [False, True, True, False, False, True, True, False, False]


def test_slices_hold_as_many_series_as_rows_and_number_allow_and_cut_none_in_two():
    panel = a_panel({"a": [1, 2, 3, 4, 5, 6], "b": [5, 4, 3, 2, 1, 2, 3], "c": [7, 8], "d": [9, 9], "e": [1]})

    assert panel.slices(5) == [slice(0, 1), slice(1, 2), slice(2, 5)]
    assert panel.slices(5, 2) == [slice(0, 1), slice(1, 2), slice(2, 4), slice(4, 5)]
    assert panel.slices(100) == [slice(0, 5)]
