from dataclasses import replace

import numpy as np
import pytest

from lstmcast.data.windows import NUMPY
from lstmcast.network.inputs import make_inputs, make_targets
from lstmcast.training.backend import ops
from tests.examples import a_full_spec, a_panel, arrays_of


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("interpolated", [False, True])
def test_training_and_prediction_see_the_same_inputs(log, interpolated):
    random = np.random.default_rng(1)
    panel = a_panel(
        {"a": random.uniform(5, 15, 30), "b": random.uniform(500, 900, 4)},
        ahead=3,
        first=10**6,
        past={"wind": random.normal(size=40)},
        future={"price": random.normal(size=40)},
        filled=np.isin(np.arange(40), (14, 15, 16, 34)),
    )
    panel = replace(panel, interpolated=interpolated)
    spec = a_full_spec()
    arrays = arrays_of(panel, log=log, periods=(4.0,))
    series, origin = np.array([0, 0, 0, 1, 1]), np.array([30, 17, 3, 4, 2])

    ours = make_inputs(NUMPY, arrays, series, origin, spec, spec.members[0])
    theirs = make_inputs(ops, arrays, series.astype(np.int32), origin.astype(np.int32), spec, spec.members[0])
    our_truth, our_counts = make_targets(NUMPY, arrays, series, origin, ours, 3)
    their_truth, their_counts = make_targets(ops, arrays, series, origin, theirs, 3)

    for name, mine, other in zip(ours._fields, ours, theirs, strict=True):
        assert np.asarray(other) == pytest.approx(mine, rel=1e-5, abs=1e-5), name
    assert np.asarray(their_counts).tolist() == our_counts.tolist()
    assert np.asarray(their_truth) == pytest.approx(our_truth, rel=1e-4, abs=1e-4)
