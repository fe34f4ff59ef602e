import numpy as np
import pytest

from lstmcast.network.batch import Batch
from lstmcast.network.scales import scale_for_members
from tests.examples import a_panel, a_spec, windows_at


@pytest.mark.parametrize("periods", [(), (2,)])
@pytest.mark.parametrize("short", [[5.0, 9.0, 4.0, 8.0, 6.0], [5.0, 9.0, 4.0, 8.0], [5.0, 9.0]])
def test_smoothing_of_a_short_history_is_the_same_beside_a_longer_one(short, periods):
    spec, panel = a_spec(season=1, periods=periods), a_panel({"long": np.arange(20.0), "short": short})
    scaled = scale_for_members(panel, panel, spec, spec.members)
    windows = windows_at((0, 20), (1, len(short)))

    _, beside = Batch(scaled, windows, spec).history_forecast()
    (alone,) = Batch(scaled, windows_at((1, len(short))), spec).history_forecast()

    assert beside == pytest.approx(alone)
