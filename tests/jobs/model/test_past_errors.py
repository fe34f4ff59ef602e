from lstmcast.jobs.model.past_errors import past_windows
from tests.examples import a_panel


def test_the_past_is_tried_from_where_two_seasons_are_known():
    panel = a_panel({"a": range(14), "b": range(5, 18)})

    held = past_windows(panel, horizon=3, season=4)

    assert held.windows.series.tolist() == [0, 0, 1, 0, 1]
    assert held.windows.origin.tolist() == [9, 10, 9, 11, 10]
    assert held.truth[-1].tolist() == [15, 16, 17]


def test_where_two_seasons_nowhere_fit_the_past_is_tried_from_where_some_of_one_comes_again():
    held = past_windows(a_panel({"a": range(13)}), horizon=3, season=6)

    assert held.windows.origin.tolist() == [7, 8, 9, 10]


def test_where_no_season_fits_the_past_is_tried_from_three_values_on():
    held = past_windows(a_panel({"a": range(8)}), horizon=3, season=5)

    assert held.windows.origin.tolist() == [3, 4, 5]


def test_a_series_that_is_too_short_for_any_origin_tells_nothing():
    assert not len(past_windows(a_panel({"a": range(4)}), horizon=3, season=1).windows)


def test_a_long_past_is_tried_at_sixty_origins_evenly_up_to_its_end():
    held = past_windows(a_panel({"a": range(1000)}), horizon=10, season=5)

    origins = held.windows.origin.tolist()
    assert (len(origins), origins[-1], origins[-1] - origins[-2]) == (60, 990, 16)  # of the 980 from the 11th on
