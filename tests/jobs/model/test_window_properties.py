"""Whatever the series and settings are, no window crosses from one series or from one part of the time to another."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from lstmcast.data.windows import NUMPY, context_positions, horizon_positions, rolling_windows, training_origins
from lstmcast.errors import ShortError
from lstmcast.jobs.model.spans import LEAST_PAST, plan_spans
from tests.drawn import drawn


def owners_and_steps(lengths):
    """Return for each row of the flat panel its series and its place in it."""
    return np.repeat(np.arange(len(lengths)), lengths), np.concatenate([np.arange(length) for length in lengths])


@drawn(150)
@given(
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=5),
    context=st.integers(1, 20),
    horizon=st.integers(1, 6),
    season=st.integers(1, 8),
    rounds=st.integers(1, 3),
    step=st.integers(1, 6),
)
def test_no_window_crosses_a_series_or_a_part_of_the_time(lengths, context, horizon, season, rounds, step):
    known = np.array(lengths)
    try:
        spans = plan_spans(known, horizon, rounds, step)
    except ShortError:
        assume(False)
    drawn = training_origins(spans.validation_start, context, horizon, season)
    parts = [
        (np.zeros(len(known), int), spans.validation_start, series, origin)
        for series, first, last in zip(drawn.series, drawn.first, drawn.last, strict=True)
        for origin in range(first, last + 1)
    ]
    for begin, end, count, apart in (
        (spans.validation_start, spans.test_start, spans.validation_rounds, spans.validation_step),
        (spans.test_start, known, spans.test_rounds, spans.test_step),
    ):
        rolled = rolling_windows(end, horizon, count, apart, LEAST_PAST)
        parts += [(begin, end, *pair) for one in rolled for pair in zip(one.series, one.origin, strict=True)]

    for begin, end, series, origin in parts:  # of a panel that knows no more than this part
        of_row, step_of_row = owners_and_steps(end)
        place = np.array([end[:series].sum()]), np.array([origin])
        seen, _ = context_positions(NUMPY, *place, context, season)
        told, exists = horizon_positions(NUMPY, *place, np.array([end[series]]), horizon)
        targets = told[exists]

        assert (of_row[seen] == series).all()
        assert (step_of_row[seen] < origin).all()
        assert (of_row[told] == series).all()
        assert len(targets)
        assert step_of_row[targets].min() == origin >= begin[series]
        assert step_of_row[targets].max() < end[series]
