import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from lstmcast.data.windows import training_origins
from lstmcast.errors import DivergedError
from lstmcast.network.spec import member_shapes
from lstmcast.training.checkpoint import forget
from lstmcast.training.fit import fit_member
from lstmcast.training.initial import initial_weights
from lstmcast.training.loss_units import measure_units
from tests.examples import a_panel, arrays_of
from tests.training.conftest import PLAN, a_task, wavy_panel

REPOSITORY = Path(__file__).parents[2]


def fit(task, event=None, *, start=None, keep=forget, **changes):
    plan = replace(PLAN, **changes)
    return list(fit_member(task.arrays, task.origins, task.spec, task.member, plan, event, start=start, keep=keep))


def digest(weights):
    content = b"".join(name.encode() + weights[name].tobytes() for name in sorted(weights))
    return hashlib.sha256(content).hexdigest()


def print_digest():
    """Print the digest of the weights of the shared task; run by a fresh interpreter."""
    print(digest(fit(a_task())[-1].weights))


def test_training_lowers_the_loss(task):
    looks = fit(task, steps=100, stop=100, reports=10)

    assert looks[-1].loss < 0.9 * looks[0].loss
    assert all(0 <= look.clipped <= 1 for look in looks)


def test_there_is_a_look_after_each_share_of_the_steps_and_at_the_stop(task):
    assert [look.step for look in fit(task)] == [5, 10]
    assert [look.step for look in fit(task, stop=7, reports=3)] == [2, 5, 7]
    assert [look.step for look in fit(task, stop=2, reports=10)] == [1, 2]


def test_the_weights_have_the_shapes_of_the_specification(task):
    weights = fit(task)[-1].weights

    assert {name: array.shape for name, array in weights.items()} == member_shapes(task.spec, task.member)
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in weights.values())


def test_the_same_seed_gives_the_same_weights_to_the_last_bit(task):
    assert digest(fit(task)[-1].weights) == digest(fit(task)[-1].weights)


FOREIGN_FLAGS = {"XLA_FLAGS": "--xla_no_such_flag", "TF_XLA_FLAGS": "--tf_xla_no_such_flag"}


@pytest.mark.parametrize("flags", [{}, FOREIGN_FLAGS], ids=["plain", "flags for other programs"])
def test_the_same_seed_gives_the_same_weights_in_a_fresh_process(task, flags):
    command = [sys.executable, "-c", "from tests.training.test_fit import print_digest; print_digest()"]

    fresh = subprocess.Popen(command, cwd=REPOSITORY, env={**os.environ, **flags}, stdout=subprocess.PIPE, text=True)
    here = digest(fit(task)[-1].weights)

    assert fresh.communicate(timeout=100)[0].strip() == here


def test_another_seed_gives_other_weights(task):
    assert digest(fit(task)[-1].weights) != digest(fit(a_task(seed=2))[-1].weights)


def test_the_path_to_a_step_does_not_depend_on_where_training_stops_or_how_often_one_looks(task):
    long = {look.step: digest(look.weights) for look in fit(task, reports=10)}

    assert digest(fit(task, stop=6, reports=3)[-1].weights) == long[6]


class StopsSoon(Event):
    """Is set once it was asked so many times."""

    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def is_set(self):
        self.patience -= 1
        return self.patience < 0


@pytest.mark.parametrize(
    ("patience", "step", "looked"),
    [(0, 0, 0), (1, 16, 0), (2, 32, 0), (3, 40, 0), (4, 40, 40), (5, 56, 40), (6, 72, 40), (7, 80, 40), (8, 80, 80)],
)
def test_a_training_that_was_stopped_goes_on_to_the_same_weights_bit_for_bit(task, patience, step, looked):
    changes, kept = {"steps": 80, "stop": 80, "reports": 2}, []
    whole = fit(task, **changes)

    before = fit(task, StopsSoon(patience), keep=kept.append, **changes)
    after = fit(task, start=kept[-1], **changes)

    assert (kept[-1].step, kept[-1].looked) == (step, looked)
    seen = [(look.step, look.loss, look.clipped, digest(look.weights)) for look in (*before, *after)]
    assert seen == [(look.step, look.loss, look.clipped, digest(look.weights)) for look in whole]


def test_a_rate_far_too_high_is_an_error_and_not_a_model(task):
    with pytest.raises(
        DivergedError, match=r"no longer finite numbers of a sensible size after \d+ steps; lower train"
    ):
        fit(task, learning_rate=1e30)


def test_weights_that_the_last_step_blew_up_are_noticed_although_its_loss_is_finite(task):
    with pytest.raises(DivergedError, match="after 1 steps"):
        fit(task, learning_rate=1e30, steps=1, stop=1)


def test_a_value_that_is_not_a_number_ends_training(task):
    broken = replace(task, arrays=replace(task.arrays, flat=np.full_like(task.arrays.flat, np.nan)))

    with pytest.raises(DivergedError, match="no longer finite numbers"):
        fit(broken)


def test_nothing_that_happens_after_the_known_values_reaches_the_weights(task):
    known = np.array([50, 50])
    panel = wavy_panel()
    later = np.tile(np.arange(60) >= 50, 2)
    changed = replace(panel, values=np.where(later, 1e6, panel.values))

    digests = [
        digest(fit(replace(task, arrays=arrays_of(past), origins=training_origins(known, 8, 3, 2)))[-1].weights)
        for past in (panel.until(known), changed.until(known))
    ]

    assert digests[0] == digests[1]


def test_later_values_that_are_there_teach_as_little_as_those_that_are_gone():
    whole = wavy_panel(80)
    known = whole.known - 20
    past = whole.until(known)
    task = a_task(past)
    arrays = arrays_of(whole, season=task.spec.season)
    statistics = arrays_of(past, season=task.spec.season)
    there = replace(arrays, **{name: getattr(statistics, name) for name in ("flat", "base", "typical")})
    there.flat[known[0] : 80] = 1000.0

    weights = fit(replace(task, arrays=there.until(known)), compiled=False)[-1].weights

    assert digest(weights) == digest(fit(task, compiled=False)[-1].weights)


def test_targets_that_were_made_up_teach_nothing():
    panel = wavy_panel()
    made_up = np.tile(np.arange(60) >= 57, 2)  # no context of a training window reaches so far
    wild = replace(panel, values=np.where(made_up, panel.values * 100, panel.values))

    digests = []
    for values in (panel.values, wild.values):
        task = a_task(replace(panel, filled=made_up))
        flat = arrays_of(panel).flat.copy()
        flat[made_up] = values[made_up]
        origins = replace(task.origins, last=np.minimum(task.origins.last, 57))
        digests.append(digest(fit(replace(task, arrays=replace(task.arrays, flat=flat), origins=origins))[-1].weights))

    assert digests[0] == digests[1]


def test_a_series_too_short_to_learn_from_changes_nothing_but_is_carried_along():
    panel = a_panel({"a": wavy_panel().values[:60], "b": wavy_panel().values[60:], "short": [1.0, 2.0]})

    looks = fit(a_task(panel), compiled=False)

    assert digest(looks[-1].weights) == digest(fit(a_task(), compiled=False)[-1].weights)


def test_a_constant_series_is_trained_on_without_harm():
    looks = fit(a_task(a_panel({"a": [0.1] * 60, "b": [7] * 60})))

    assert all(np.isfinite(look.loss) for look in looks)


def test_the_units_of_the_loss_come_from_the_untrained_forecast(task):
    weights = initial_weights(task.spec, task.member)

    units = measure_units(task.arrays, task.origins, task.spec, task.member, weights)

    assert units.typical_error.shape == (3,)
    assert (units.typical_error > 0).all()
    assert (units.scaled, units.relative) > (0, 0)
    assert units.use_relative == 0
