import numpy as np
import pytest

from lstmcast.data.rows import Labels, Rows, merge_duplicates, sort_rows
from lstmcast.errors import DataError


def some_rows(series: list[int], stamps: list[object], target: list[float]) -> Rows:
    kind = np.int64 if isinstance(stamps[0], int) else "datetime64[us]"
    return Rows(
        series=np.array(series),
        stamps=np.array(stamps, kind),
        target=np.array(target, float),
        past=np.empty((len(series), 0)),
        future=np.array(target, float)[:, None] * 10,
        origin=np.arange(len(series)),
    )


def labels(*, has_zone: bool = False) -> Labels:
    return Labels(
        target=lambda series: "load",
        past=(),
        future=("temperature",),
        series=lambda series: f"s{series}",
        stamp=lambda stamps: np.array([str(stamp)[:16] for stamp in stamps], object),
        where=lambda row: f"load.csv: line {row + 2}",
        has_zone=has_zone,
    )


def test_sort_rows_sorts_by_series_and_time_and_says_so():
    rows, was_shuffled = sort_rows(some_rows([1, 0, 1, 0], [2, 1, 1, 2], [4, 1, 3, 2]))

    assert was_shuffled
    assert (rows.series.tolist(), rows.target.tolist()) == ([0, 0, 1, 1], [1, 2, 3, 4])


def test_sort_rows_does_not_call_interleaved_series_shuffled():
    rows, was_shuffled = sort_rows(some_rows([0, 1, 0, 1], [1, 1, 2, 2], [1, 3, 2, 4]))

    assert not was_shuffled
    assert rows.target.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("policy", "target", "future"),
    [("first", [1, 3], [10, 30]), ("last", [2, 3], [20, 30]), ("mean", [1.5, 3], [15, 30]), ("sum", [3, 3], [15, 30])],
)
def test_merge_duplicates_follows_the_policy_and_never_adds_up_covariates(policy, target, future):
    rows, dropped = merge_duplicates(some_rows([0, 0, 0], [1, 1, 2], [1, 2, 3]), policy, labels())

    assert dropped == 1
    assert (rows.target.tolist(), rows.future[:, 0].tolist()) == (target, future)


def test_merge_duplicates_takes_the_value_that_is_there_over_one_that_is_not():
    rows, _ = merge_duplicates(some_rows([0, 0, 0], [1, 1, 2], [np.nan, 2, 3]), "mean", labels())

    assert rows.target.tolist() == [2, 3]


def test_a_duplicate_is_named_with_its_series_its_time_and_both_lines():
    with pytest.raises(DataError) as caught:
        merge_duplicates(some_rows([0, 0, 1, 1, 1], [1, 2, 1, 2, 2], [1, 2, 3, 4, 5]), "error", labels())

    assert str(caught.value).startswith(
        "load.csv: line 6: 2 is there twice in series 's1', first in line 5; remove one"
    )


@pytest.mark.parametrize(("has_zone", "hinted"), [(False, True), (True, False)])
def test_a_doubled_hour_when_clocks_change_gets_a_hint(has_zone, hinted):
    stamps = ["2024-10-27T01:00", "2024-10-27T02:00", "2024-10-27T02:00", "2024-10-27T03:00"]

    with pytest.raises(DataError) as caught:
        merge_duplicates(some_rows([0] * 4, stamps, [1, 2, 3, 4]), "error", labels(has_zone=has_zone))

    assert ("DST" in str(caught.value)) == hinted
