"""What is measured of the rows that a window brings, in single precision."""

import numpy as np
import pytest

from lstmcast.export.statistics import extent_of_rows, log_against, rows_of, scale_rows
from lstmcast.training.backend import tf


def in_single_precision(values):
    return np.asarray(values, np.float32)


@pytest.mark.parametrize("share", [1e-6, 0.1, 0.49, 0.5, 0.999, 1.0, 1.001, 1.5, 3.0, 1e6])
def test_logarithms_against_the_newest_value_are_right_near_and_far(share):
    newest = in_single_precision([[40.0]])
    values = in_single_precision(newest * share)

    found = np.asarray(log_against(tf.constant(values), tf.constant(newest)))

    assert found == pytest.approx(np.log(values.astype(float) / newest.astype(float)), rel=1e-6, abs=0)


def test_small_changes_of_large_values_keep_their_digits():
    values = in_single_precision([[np.nan, 1e9 + 640, 1e9 - 1280, 1e9]])

    rows = rows_of(tf.constant(values))
    scaling = scale_rows(rows, extent_of_rows(rows, 1), 1, log=True)

    logs = np.log1p(np.array([640.0, -1280.0, 0.0]) / 1e9)
    assert np.asarray(scaling.scaled)[0] == pytest.approx([0.0, *(logs - logs.mean())], rel=1e-5)
    assert not scaling.flat.numpy()[0, 0]
