import numpy as np
import pytest

from lstmcast.data.clock.spacing import infer_frequency
from lstmcast.errors import DataError, ShortError


def show(stamps: np.ndarray) -> np.ndarray:
    return np.array([str(stamp)[:16] for stamp in stamps], object)


def infer(*texts: str):
    return infer_frequency(np.array(texts, "datetime64[us]"), np.zeros(len(texts), np.int64), show)


@pytest.mark.parametrize(
    ("texts", "alias"),
    [(["2024-01-01", "2024-02-01", "2024-03-01"], "MS"), (["2024-01-31", "2024-02-29", "2024-03-31"], "ME"),
     (["2024-01-15", "2024-02-15", "2024-04-15"], "M-15"), (["2024-01-30", "2024-02-29", "2024-03-30"], "M-30"),
     (["2023-11-01", "2024-02-01", "2024-05-01"], "QS-FEB"), (["2023-12-31", "2024-03-31", "2024-06-30"], "QE"),
     (["2022-01-01", "2023-01-01", "2024-01-01"], "YS"), (["2022-06-30", "2023-06-30", "2024-06-30"], "YE-JUN"),
     (["2024-01-04", "2024-01-11", "2024-01-18"], "W-THU"), (["2024-02-29", "2024-03-01", "2024-03-04"], "B"),
     (["2024-03-01", "2024-03-02", "2024-03-04"], "D"), (["2024-03-04", "2024-03-05", "2024-03-06"], "D"),
     (["2024-01-01T00:15", "2024-01-01T00:30", "2024-01-01T01:30"], "15min"),
     (["2024-01-01T00:53", "2024-01-01T01:53", "2024-01-01T02:53"], "h")],
)  # fmt: skip
def test_the_usual_step_is_the_frequency(texts, alias):
    assert infer(*texts).alias == alias


def test_the_usual_step_is_counted_over_all_series():
    stamps = np.array([0, 5, 10, 0, 1, 2, 3, 4])

    frequency = infer_frequency(stamps, np.array([0, 0, 0, 1, 1, 1, 1, 1]), show)

    assert frequency.alias == "1"


def test_rows_off_the_grid_are_named():
    with pytest.raises(DataError) as caught:
        infer("2024-01-01T00:00", "2024-01-01T01:00", "2024-01-01T02:00", "2024-01-01T02:40", "2024-01-01T04:00")

    assert str(caught.value) == (
        "data.time: 2024-01-01T02:00 and 2024-01-01T02:40 do not lie on one grid with the usual step of 'h'; "
        "bring the rows to one step, set data.freq to one that fits all, or data.off_grid: nearest to move them"
    )


def test_a_series_on_another_minute_is_off_the_grid():
    stamps = np.array(["2024-01-01T00", "2024-01-01T01", "2024-01-01T00:30", "2024-01-01T01:30"], "datetime64[us]")

    with pytest.raises(DataError, match="nor does 1 other time;"):
        infer_frequency(stamps, np.array([0, 0, 1, 1]), show)


def test_single_rows_have_no_step():
    with pytest.raises(ShortError, match="no series has two rows"):
        infer("2024-01-01")
