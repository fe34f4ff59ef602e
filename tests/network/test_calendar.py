import numpy as np
import pytest

from lstmcast.data.windows import NUMPY
from lstmcast.network.calendar import calendar_features
from lstmcast.network.spec import Cycle

CYCLES = (Cycle(name="day", period=4.0, harmonics=2), Cycle(name="year", period=365.25, harmonics=1))
STEPS = np.array([-1, 0, 1])


def features_at(phase, origin):
    return calendar_features(NUMPY, np.array(phase), np.array(origin), STEPS, CYCLES)


def test_a_step_is_the_sine_and_cosine_of_where_it_stands_in_each_cycle():
    features = features_at([[1.0, 0.0]], [2])

    quarter, half = 0.5 * np.pi, np.pi
    now = 2 * np.pi * 2 / 365.25
    assert features.shape == (1, 3, 6)
    assert features[0, 1, :4] == pytest.approx(
        [np.sin(3 * quarter), np.cos(3 * quarter), np.sin(3 * half), np.cos(3 * half)], abs=1e-6
    )
    assert features[0, 1, 4:] == pytest.approx([np.sin(now), np.cos(now)], abs=1e-6)


def test_windows_at_the_same_moment_share_one_calendar_though_their_series_began_at_different_times():
    features = features_at([[1.0, 10.0], [3.0, 8.0]], [2, 4])

    assert features.strides[0] == 0
    assert features[1] == pytest.approx(features_at([[3.0, 8.0]], [4])[0], abs=1e-6)


def test_windows_at_different_moments_have_each_their_own_calendar():
    phase, origin = [[1.0, 10.0], [1.0, 10.0], [0.0, 3.0]], [2, 5, 2]

    features = features_at(phase, origin)

    for window in range(3):
        alone = features_at(phase[window : window + 1], origin[window : window + 1])
        assert features[window] == pytest.approx(alone[0], abs=1e-6)
