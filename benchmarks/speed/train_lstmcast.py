"""A worker that trains as lstmcast does, with the textbook network: no bank, no segments, no calendar.

python train_lstmcast.py SETTING MEMBERS THREADS
"""

import sys
from collections.abc import Callable

import numpy as np
from settings import ROWS, SERIES, Setting, make_values, serve

from lstmcast.data.scaling import SeriesArrays
from lstmcast.data.windows import training_origins
from lstmcast.network.spec import CovariateScale, MemberSpec, ModelSpec
from lstmcast.training.members import MemberTask, train_members, use_threads
from lstmcast.training.plan import FitPlan

QUANTILES = (0.1, 0.5, 0.9)
SEASON = 24


def prepare(setting: Setting) -> Callable[[], None]:
    """Return a run; everything is compiled."""
    members, threads = int(sys.argv[2]), int(sys.argv[3])
    use_threads(threads)
    spec, arrays = make_spec(setting, members), make_arrays(setting)
    origins = training_origins(np.full(SERIES, ROWS), setting.context, setting.horizon, SEASON)

    def run(steps: int = setting.steps) -> None:
        plan = FitPlan(steps, steps, setting.batch, 0.001, dropout=0.0, reports=1)
        tasks = [MemberTask(arrays, origins, member, plan) for member in spec.members]
        train_members(spec, tasks, threads, lambda _place, _checkpoint: None)

    run(2)
    return run


def make_spec(setting: Setting, members: int) -> ModelSpec:
    """Return the textbook network, and so many of it."""
    past = [CovariateScale(name=f"past{k}", offset=0, scale=1, centred=True) for k in range(1, setting.features)]
    return ModelSpec(
        cell="lstm",
        units=setting.units,
        layers=1,
        state=setting.units,
        horizon=setting.horizon,
        season=SEASON,
        periods=(),
        quantiles=QUANTILES,
        positive=False,
        past=tuple(past),
        future=(),
        calendar=(),
        members=tuple(
            MemberSpec(context=setting.context, segment=1, log=False, bank=(), seed=seed) for seed in range(members)
        ),
    )


def make_arrays(setting: Setting) -> SeriesArrays:
    """Return the values as training takes them."""
    values = make_values(setting).reshape(SERIES * ROWS, setting.features)
    return SeriesArrays(
        log=np.bool_(False),
        interpolated=np.bool_(False),
        flat=np.ascontiguousarray(values[:, 0]),
        trusted=np.ones(len(values), bool),
        start=np.arange(0, len(values), ROWS, dtype=np.int32),
        rows=np.full(SERIES, ROWS, np.int32),
        base=np.zeros(SERIES, np.float32),
        typical=np.ones(SERIES, np.float32),
        phase=np.zeros((SERIES, 0)),
        past=np.ascontiguousarray(values[:, 1:]),
        future=np.zeros((len(values), 0), np.float32),
    )


if __name__ == "__main__":
    serve(prepare)
