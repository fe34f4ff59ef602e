import numpy as np
import pytest

from lstmcast.store.artifact import load_version
from lstmcast.store.formats import FORMAT_VERSION, MIGRATIONS
from tests.store.golden import GOLDEN, weight_values

FOLDERS = sorted(GOLDEN.glob("format_*"))


def test_every_format_that_is_read_has_a_golden_version():
    read = {*MIGRATIONS, FORMAT_VERSION}

    kept = {int(folder.name.removeprefix("format_")) for folder in FOLDERS}

    assert read <= kept, "write it with `python -m tests.store.golden`"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_golden_version_loads_with_every_number_that_it_was_saved_with(folder):
    loaded = load_version(folder)

    artifact = loaded.artifact
    assert loaded.id.startswith("20260102-030405-")
    assert (artifact.spec.cell, artifact.spec.horizon) == ("lstm", 2)
    assert artifact.contract.ids == (("north", "south"),)
    assert artifact.calibration.weights == (0.75, 0.5)
    for name, array in artifact.weights.items():
        np.testing.assert_array_equal(array, weight_values(name, array.shape))
