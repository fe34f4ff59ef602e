"""Faults planted into a series: where they are, and that nothing else is changed."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
ROWS, SEASON = 4000, 24


@pytest.fixture
def planted(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    return SimpleNamespace(**runpy.run_path(str(FOLDER / "anomalies" / "planted.py")))


@pytest.fixture
def ground(planted):
    values = 50 + 10 * np.sin(2 * np.pi * np.arange(ROWS) / SEASON) + np.random.default_rng(0).normal(size=ROWS)
    return planted.Ground("a series", values, SEASON, "h")


@pytest.mark.parametrize("seed", range(1, 9))
def test_nothing_is_changed_before_the_first_fault_and_each_lies_in_its_window(planted, ground, seed):
    found = planted.plant(ground, seed)

    first = min(fault.row for fault in found.faults)
    assert first >= 600  # the probationary rows
    assert np.flatnonzero(found.values != ground.values)[0] >= first
    for fault, (begins, ends) in zip(found.faults, found.windows, strict=True):
        assert begins <= fault.row <= ends
    assert all(earlier[1] < later[0] for earlier, later in zip(found.windows, found.windows[1:], strict=False))


def test_the_same_seed_plants_the_same_faults(planted, ground):
    once, again = planted.plant(ground, 3), planted.plant(ground, 3)

    assert once.faults == again.faults
    assert once.values.tolist() == again.values.tolist()


def test_every_kind_changes_what_it_is_planted_into(planted, ground):
    for change in planted.KINDS.values():
        at = planted.Place(ground.values[2000:].copy(), ground.values[1904:2000], SEASON, 2.0, np.random.default_rng(1))

        changed = change(at)

        assert len(changed) == 2000
        assert (changed[:SEASON] != ground.values[2000 : 2000 + SEASON]).any()
