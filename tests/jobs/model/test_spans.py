import numpy as np
import pytest

from lstmcast.errors import ShortError
from lstmcast.jobs.model.spans import plan_spans


def test_training_validation_and_test_follow_one_another():
    spans = plan_spans(np.array([100]), horizon=10, test_rounds=3, test_step=5)

    assert spans.test_start.tolist() == [80]  # three horizons of 10, 5 apart, end with the known values
    assert (spans.validation_rounds, spans.validation_step) == (3, 5)
    assert spans.validation_start.tolist() == [60]


@pytest.mark.parametrize("length", [33, 60, 200, 5000])
@pytest.mark.parametrize("rounds", [1, 3])
def test_what_validates_ends_where_the_test_begins_and_leaves_most_for_training(length, rounds):
    spans = plan_spans(np.array([length]), horizon=6, test_rounds=rounds, test_step=6)

    assert spans.test_start.tolist() == [length - 6 * rounds]
    assert spans.validation_start[0] <= spans.test_start[0] - 6
    assert spans.validation_start[0] >= 0.5 * spans.test_start[0]


def test_many_series_need_few_validation_origins():
    assert plan_spans(np.full(500, 300), horizon=10, test_rounds=1, test_step=10).validation_rounds == 1
    assert plan_spans(np.full(20, 300), horizon=10, test_rounds=1, test_step=10).validation_rounds == 10


def test_a_short_series_among_long_ones_has_no_past_but_no_negative_one_either():
    spans = plan_spans(np.array([100, 5]), horizon=10, test_rounds=1, test_step=10)

    assert spans.test_start.tolist() == [90, 0]
    assert spans.validation_start[1] == 0


def test_too_little_data_say_what_is_needed_and_what_is_there():
    with pytest.raises(ShortError) as caught:
        plan_spans(np.array([30, 42]), horizon=10, test_rounds=2, test_step=10)

    assert str(caught.value) == (
        "data: the longest series has 42 known values, but 43 are needed: 20 for 2 test windows, 10 for validation, "
        "10 to learn from and 3 before; lower forecast.horizon or evaluate.windows, or give more data"
    )
    assert plan_spans(np.array([30, 43]), horizon=10, test_rounds=2, test_step=10).validation_rounds == 1


def test_no_data_are_too_little():
    with pytest.raises(ShortError, match="has 0 known values"):
        plan_spans(np.array([], np.int64), horizon=1, test_rounds=1, test_step=1)
