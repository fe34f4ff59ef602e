import numpy as np
import pytest

from lstmcast.data.panel import Panel
from lstmcast.data.windows import latest_windows
from lstmcast.errors import DataError

GAP = "time,load\n" + "".join(f"{step},{step}\n" for step in (1, 2, 3, 10, 11, 13))


@pytest.mark.parametrize("policy", ["interpolate", "previous"])
def test_a_gap_longer_than_the_horizon_splits_a_series_and_shorter_ones_are_filled(read, policy):
    reading = read(GAP, gaps=policy, horizon=5)

    newest, earlier = reading.panel, reading.panel.earlier
    assert (newest.first.tolist(), newest.known.tolist()) == ([10], [4])
    assert newest.filled.tolist() == [False, False, True, False]
    assert isinstance(earlier, Panel)
    assert (earlier.first.tolist(), earlier.values.tolist()) == ([1], [1, 2, 3])
    assert reading.fills.tolist() == [1]
    assert reading.notes[-1] == (
        "a gap of more than 5 steps, the longest of 6, not filled: what came before only trains, "
        "and forecasts start from the newest part of 'load' (10)"
    )


def test_a_gap_as_long_as_the_horizon_is_filled(read):
    reading = read(GAP, gaps="interpolate", horizon=6)

    assert reading.panel.earlier is None
    assert reading.panel.values.tolist() == list(range(1, 14))


def test_a_gap_must_outlast_a_season_too(read):
    days = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-11", "2024-01-12"]
    rows = "".join(f"{day},1\n" for day in days)

    one_week = read(f"time,load\n{rows}", gaps="previous", horizon=1)
    longer = read(f"time,load\n{rows}2024-01-21,1\n2024-01-22,1\n", gaps="previous", horizon=1)

    assert one_week.panel.earlier is None
    assert longer.panel.known.tolist() == [2]


def test_zero_says_what_a_missing_row_means_so_that_nothing_is_split(read):
    panel = read(GAP, gaps="zero", horizon=1).panel

    assert panel.earlier is None
    assert panel.values.tolist() == [1, 2, 3, 0, 0, 0, 0, 0, 0, 10, 11, 0, 13]
    assert panel.filled.tolist() == [False] * 3 + [True] * 6 + [False, False, True, False]


def test_without_a_policy_a_gap_of_any_length_is_refused(read):
    with pytest.raises(DataError, match="after this row, 4 is missing, and 6 more"):
        read(GAP, horizon=1)


def test_only_the_series_with_the_gap_is_split_and_parts_train_behind_all_series(read):
    text = "time,id,load\n" + "".join(f"{step},a,{step}\n" for step in (1, 2, 8, 9, 20)) + "1,b,5\n2,b,6\n"

    panel = read(text, id="id", gaps="previous", horizon=3).panel
    whole = panel.with_earlier()

    assert (panel.ids[0].tolist(), panel.first.tolist(), panel.known.tolist()) == (["a", "b"], [20, 1], [1, 2])
    assert whole.ids[0].tolist() == ["a", "b", "a", "a"]
    assert whole.offsets.tolist() == [0, 1, 3, 5, 7]
    assert whole.values.tolist() == [20, 5, 6, 1, 2, 8, 9]
    assert whole.earlier is None
    assert len(latest_windows(panel)) == 2


def test_rows_without_a_target_in_a_long_gap_belong_to_no_part(read):
    text = "time,load,wind\n1,1,0\n2,2,0\n" + "".join(f"{step},,9\n" for step in range(3, 9)) + "9,9,0\n10,10,0\n"

    panel = read(text, gaps="previous", horizon=2, past=("wind",)).panel

    assert (panel.first.tolist(), panel.past.tolist()) == ([9], [[0.0], [0.0]])
    assert panel.earlier.past.tolist() == [[0.0], [0.0]]


def test_what_is_hidden_from_the_past_leaves_earlier_parts_as_they_are(read):
    panel = read(GAP, gaps="previous", horizon=3).panel

    past = panel.until(np.array([2]))

    assert past.with_earlier().is_known.tolist() == [True, True, False, False, True, True, True]
