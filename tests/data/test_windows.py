import numpy as np

from lstmcast.config.data_config import DataConfig
from lstmcast.data.read import read_panel
from lstmcast.data.windows import (
    NUMPY,
    context_positions,
    horizon_positions,
    latest_windows,
    rolling_windows,
    training_origins,
    truth_of,
)
from tests.examples import a_panel, windows_at


def contexts(panel, windows, context, season):
    start = panel.offsets[windows.series]
    rows, exists = context_positions(NUMPY, start, windows.origin, context, season)
    return panel.values[rows].tolist(), exists.tolist()


def horizons(panel, windows, horizon):
    start, rows = panel.offsets[windows.series], np.diff(panel.offsets)[windows.series]
    positions, exists = horizon_positions(NUMPY, start, windows.origin, rows, horizon)
    return panel.values[positions].tolist(), exists.tolist()


def test_a_context_holds_the_values_right_before_its_origin():
    panel = a_panel({"a": [1, 2, 3, 4, 5]})

    values, exists = contexts(panel, windows_at((0, 3), (0, 5)), context=2, season=1)

    assert values == [[2, 3], [4, 5]]
    assert exists == [[True, True]]


def test_what_exists_of_contexts_that_are_alike_is_said_once():
    panel = a_panel({"a": [1, 2, 3], "b": [9, 7, 8, 9]})

    alike = contexts(panel, windows_at((0, 3), (1, 3)), context=4, season=2)
    unlike = contexts(panel, windows_at((0, 3), (1, 3), (1, 4)), context=4, season=2)

    assert alike == ([[2, 1, 2, 3], [7, 9, 7, 8]], [[False, True, True, True]])
    assert unlike[0] == [*alike[0], [9, 7, 8, 9]]
    assert unlike[1] == [*alike[1] * 2, [True] * 4]


def test_parts_that_are_the_same_for_all_windows_are_joined_to_each_of_them():
    one, same = np.array([[1.0], [2.0]]), np.array([[7.0]])

    joined = NUMPY.concatenate([same, one, same], axis=1)

    assert joined.tolist() == [[7, 1, 7], [7, 2, 7]]


def test_no_context_crosses_from_one_series_to_the_next():
    panel = a_panel({"a": [1, 2, 3], "b": [7, 8, 9]})

    values, exists = contexts(panel, windows_at((1, 1), (1, 2)), context=3, season=1)

    assert values == [[7, 7, 7], [7, 7, 8]]
    assert exists == [[False, False, True], [False, True, True]]


def test_a_short_past_is_continued_back_by_its_first_season_in_step():
    panel = a_panel({"a": [5, 6, 7, 8]})

    values, exists = contexts(panel, windows_at((0, 4)), context=9, season=3)

    assert values == [[6, 7, 5, 6, 7, 5, 6, 7, 8]]
    assert exists == [[False] * 5 + [True] * 4]


def test_a_past_shorter_than_a_season_is_continued_back_by_its_first_value():
    panel = a_panel({"a": [5, 6, 7, 8]})

    values, _ = contexts(panel, windows_at((0, 2)), context=4, season=3)

    assert values == [[5, 5, 5, 6]]


def test_the_continued_past_never_shows_a_value_after_the_origin():
    panel = a_panel({"a": range(12)})
    windows = windows_at(*((0, origin) for origin in range(1, 13)))

    values, _ = contexts(panel, windows, context=20, season=5)

    assert [max(row) for row in values] == [origin - 1 for origin in range(1, 13)]


def test_a_horizon_holds_the_values_right_after_its_origin():
    panel = a_panel({"a": [1, 2, 3, 4], "b": [7, 8, 9]})

    values, exists = horizons(panel, windows_at((0, 2), (1, 1)), horizon=2)

    assert values == [[3, 4], [8, 9]]
    assert exists == [[True, True], [True, True]]


def test_no_horizon_crosses_from_one_series_to_the_next():
    panel = a_panel({"a": [1, 2, 3], "b": [7, 8, 9]})

    values, exists = horizons(panel, windows_at((0, 2), (1, 3)), horizon=3)

    assert values == [[3, 3, 3], [9, 9, 9]]
    assert exists == [[True, False, False], [False, False, False]]


def test_the_latest_windows_begin_where_the_known_values_end():
    panel = a_panel({"a": [1, 2, 3], "b": [7]}, ahead=2)

    windows = latest_windows(panel)

    assert windows.series.tolist() == [0, 1]
    assert windows.origin.tolist() == [3, 1]


def test_rolling_windows_end_with_the_known_values_and_go_back_by_the_step():
    rounds = rolling_windows(np.array([20, 30]), horizon=4, count=3, step=2, minimum_past=1)

    assert [(w.series.tolist(), w.origin.tolist()) for w in rounds] == [
        ([0, 1], [12, 22]),
        ([0, 1], [14, 24]),
        ([0, 1], [16, 26]),
    ]


def test_a_series_sits_out_the_origins_before_which_it_has_too_little_past():
    rounds = rolling_windows(np.array([10, 30]), horizon=4, count=3, step=2, minimum_past=5)

    assert [w.series.tolist() for w in rounds] == [[1], [1], [0, 1]]


def test_training_starts_once_there_is_enough_past_and_ends_while_a_third_of_the_horizon_is_known():
    origins = training_origins(np.array([30]), context=8, horizon=6, season=2)

    assert (origins.series.tolist(), origins.first.tolist(), origins.last.tolist()) == ([0], [6], [27])
    assert origins.count == 22


def test_a_short_series_gives_up_past_down_to_a_season_so_that_eight_horizons_are_left_to_learn_from():
    def first(known):
        return training_origins(np.array([known]), context=40, horizon=2, season=10).first.tolist()

    assert (first(200), first(36), first(30), first(26), first(20)) == ([20], [20], [14], [10], [10])
    assert first(8) == [6]  # not even a season: all but the last horizon


def test_no_training_target_lies_after_what_is_known():
    known = np.arange(1, 40)

    origins = training_origins(known, context=12, horizon=5, season=4)

    assert (origins.first >= 2).all()
    assert (origins.last < known[origins.series]).all()


def test_series_that_are_too_short_to_learn_from_give_no_training_windows():
    origins = training_origins(np.array([0, 1, 2, 40]), context=8, horizon=3, season=2)

    assert origins.series.tolist() == [3]


def test_what_a_gap_policy_made_up_while_reading_is_no_truth(tmp_path):
    (tmp_path / "load.csv").write_text("time,load\n1,1\n2,2\n3,3\n4,4\n6,6\n")
    config = DataConfig(path=str(tmp_path / "load.csv"), time="time", target="load", gaps="interpolate")

    truth = truth_of(read_panel(config).panel, windows_at((0, 3)), horizon=3)

    np.testing.assert_array_equal(truth, [[4, np.nan, 6]])


def test_windows_know_how_many_they_are():
    assert len(windows_at((0, 1), (0, 2))) == 2
