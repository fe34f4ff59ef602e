import numpy as np

from lstmcast.data.scaling import ALIGNMENT, fit_scaling, scale_panel
from lstmcast.network.scales import scale_covariates
from lstmcast.training.lending import WORTH_LENDING, lend
from tests.examples import a_panel, a_spec

LONG = 2 * WORTH_LENDING // 4


def scaled_series(length):
    panel = a_panel({"a": np.arange(1.0, length + 1).tolist()})
    return scale_panel(panel, fit_scaling(panel, log=False, season=1), scale_covariates(panel, a_spec()))


def test_long_series_are_lent_and_not_copied():
    flat = scaled_series(LONG).flat

    tensor = lend(flat)
    flat[0] = 77.0

    assert flat.ctypes.data % ALIGNMENT == 0
    assert tensor[0].numpy() == 77.0


def test_what_is_trusted_is_lent_too():
    trusted = scaled_series(2 * LONG).trusted

    tensor = lend(trusted)
    trusted[0] = False

    assert not tensor[0].numpy()
    assert tensor[1].numpy()


def test_a_tensor_outlives_the_array_that_was_lent():
    tensor = lend(scaled_series(LONG).flat)

    assert np.isfinite(tensor.numpy()).all()
    assert len(tensor) == LONG


def test_a_short_array_and_one_that_begins_elsewhere_are_copied():
    short, shifted = np.zeros(3, np.float32), scaled_series(LONG).flat[1:]

    tensors = lend(short), lend(shifted)
    short[0] = shifted[0] = 77.0

    assert [float(tensor[0]) for tensor in tensors] != [77.0, 77.0]
    assert float(tensors[0][0]) == 0.0
    assert float(tensors[1][0]) < 10.0
