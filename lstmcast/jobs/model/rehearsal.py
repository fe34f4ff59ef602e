"""A rehearsal: networks trained up to a moment forecast the windows after it, at every look of their training.

What they would have said had training stopped there decides the recipe, and scores it, without their ever having
seen the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.config.auto import LEAST_PAST, MemberSizes
from lstmcast.data.panel import Panel
from lstmcast.data.scaling import SeriesArrays
from lstmcast.data.windows import rolling_windows
from lstmcast.errors import ShortError
from lstmcast.evaluation.backtest import HeldOutWindows, hold_out, thin_out, thin_out_series
from lstmcast.evaluation.held_out import HeldOut, window_losses
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.model.fitting import LOOKS, Material, make_member, make_spec, make_tasks, material_of
from lstmcast.jobs.model.problem import Problem
from lstmcast.jobs.model.workshop import Workshop
from lstmcast.network.cells import Floats
from lstmcast.network.ensemble import combine, forecast_member
from lstmcast.network.scales import ScaledPanels, scale_for_members
from lstmcast.network.spec import ModelSpec
from lstmcast.training.checkpoint import Checkpoint
from lstmcast.training.freeing import give_back
from lstmcast.training.members import TrainedMember

MOST_VALIDATION_WINDOWS, MOST_TEST_WINDOWS = 2000, 10_000  # more of them tell nothing new
SEED_OFFSET = 100  # apart from the seeds of the final members


@dataclass(frozen=True)
class Rehearsal:
    """Networks of both scales, what they forecast at every look, and what they can be asked for."""

    spec: ModelSpec
    scaled: ScaledPanels
    trained: tuple[TrainedMember, ...]
    medians: tuple[dict[int, FloatArray], ...]  # of each member, by step: (N, H) over the windows of all blocks
    weights: tuple[dict[int, dict[str, Floats]], ...]  # of each member, by step
    blocks: tuple[HeldOutWindows, ...]  # held-out windows, in the order of the rows of `medians`


@dataclass(frozen=True)
class Block:
    """One block of held-out windows of a rehearsal."""

    rehearsal: Rehearsal
    place: int

    @property
    def windows(self) -> HeldOutWindows:
        """Return the windows."""
        return self.rehearsal.blocks[self.place]

    @property
    def truth(self) -> HeldOut:
        """Return the truth on the scale on which the members combine."""
        return on_common_scale(self.windows, self.rehearsal.scaled, self.rehearsal.spec)

    def members_on(self, log: bool) -> list[int]:
        """Return the members that work on the logarithmic, or on the linear scale."""
        return [place for place, member in enumerate(self.rehearsal.spec.members) if member.log == log]

    def median_of(self, member: int, step: int) -> FloatArray:
        """Return the (N, H) medians of one member at a look."""
        start = sum(len(block.windows) for block in self.rehearsal.blocks[: self.place])
        return self.rehearsal.medians[member][step][start : start + len(self.windows.windows)]


def rehearse(
    problem: Problem,
    known: IntArray,
    blocks: Sequence[HeldOutWindows],
    sizes: Sequence[MemberSizes],
    workshop: Workshop,
    label: str,
    coming: Sequence[MemberSizes] = (),
) -> Rehearsal:
    """Return networks of all scales and sizes trained on the `known` values, with their forecasts of the blocks.

    Networks of the `coming` sizes follow in a later one: they are compiled already.
    """
    past = problem.panel.until(known)
    logs = (True, False) if problem.positive else (False,)
    seed = problem.seed + SEED_OFFSET
    members = [make_member(problem, size, log, seed + place) for place, size in enumerate(sizes) for log in logs]
    spec = make_spec(problem, past, members)
    scaled = scale_for_members(problem.panel, past, spec, members, "unrest")
    has_earlier = problem.panel.earlier is not None
    material = material_of(past, spec) if has_earlier else Material(known, _arrays_until(scaled, known))
    del past  # a copy of all values
    together = [block.windows for block in blocks]
    truth = on_common_scale(blocks[0], scaled, spec)
    medians: tuple[dict[int, FloatArray], ...] = tuple({} for _ in members)
    weights: tuple[dict[int, dict[str, Floats]], ...] = tuple({} for _ in members)

    def watch(place: int, checkpoint: Checkpoint) -> None:
        forecasts = [forecast_member(scaled, one, spec, members[place], checkpoint.weights) for one in together]
        medians[place][checkpoint.step] = np.concatenate([forecast[..., spec.median] for forecast in forecasts])
        weights[place][checkpoint.step] = checkpoint.weights
        score = window_losses(truth, medians[place][checkpoint.step][: len(truth.truth)]).mean()
        workshop.talk.progress(label, sum(map(len, weights)), LOOKS * len(members), f"held-out error {score:.3f}")
        give_back()

    steps = problem.settings.steps
    tasks = make_tasks(problem, material, spec, members, [steps] * len(members))
    after = [make_member(problem, size, logs[0], seed) for size in coming]
    later = make_tasks(problem, material, spec, after, [steps] * len(after))
    trained = workshop.train(spec, tasks, watch, workshop.stage(label, every_look=True), later)
    return Rehearsal(spec, scaled, tuple(trained), medians, weights, tuple(blocks))


def _arrays_until(scaled: ScaledPanels, known: IntArray) -> dict[bool, SeriesArrays]:
    return {log: arrays.until(known) for log, arrays in scaled.arrays.items()}


def forecast_with(
    rehearsal: Rehearsal, held: HeldOutWindows, members: Sequence[int], stops: dict[bool, int]
) -> FloatArray:
    """Return the raw (N, H, Q) forecast of any windows by some of the members, each as it was at its stop."""
    return combine(
        [
            forecast_member(
                rehearsal.scaled, held.windows, rehearsal.spec, member, rehearsal.weights[place][stops[member.log]]
            )
            for place, member in enumerate(rehearsal.spec.members)
            if place in members
        ]
    )


def hold_out_rounds(panel: Panel, trained: IntArray, problem: Problem, rounds: int, step: int) -> HeldOutWindows:
    """Return the windows of the newest origins, with what happened.

    `trained` is how many values of each series training knew: one that was hardly there has no scale to be judged on.
    """
    season = problem.settings.season
    for least in (max(LEAST_PAST, season + 1), LEAST_PAST):  # where a season does not fit, score by single steps
        known = np.where(trained >= least, panel.known, 0)
        windows = rolling_windows(known, problem.horizon, rounds, step, least)
        if any(len(one) for one in windows):
            break
    return hold_out(panel, windows, problem.horizon, step, season)


def hold_out_validation(problem: Problem) -> HeldOutWindows:
    """Return the validation windows of a problem: as many as decide well, and nothing of the test."""
    spans = problem.spans
    known = problem.panel.until(spans.test_start)
    windows = hold_out_rounds(known, spans.validation_start, problem, spans.validation_rounds, spans.validation_step)
    return thin_out(windows, MOST_VALIDATION_WINDOWS)


def hold_out_every_test(problem: Problem, trained: IntArray) -> HeldOutWindows:
    """Return all test windows of a problem, or raise a ShortError where no series has any."""
    spans = problem.spans
    held = hold_out_rounds(problem.panel, trained, problem, spans.test_rounds, spans.test_step)
    if not len(held.windows):
        raise ShortError("data: no series is long enough to be tested; lower evaluate.windows, or give more data")
    return held


def hold_out_test(problem: Problem, trained: IntArray, talk: Talk) -> HeldOutWindows:
    """Return the test windows of a problem: all those of as many series as tell how good the forecast is."""
    windows = hold_out_every_test(problem, trained)
    found = thin_out_series(windows, MOST_TEST_WINDOWS)
    if found is not windows:
        some, every = (len(np.unique(one.windows.series)) for one in (found, windows))
        talk.say(f"tested on {some:,} of {every:,} series, evenly taken")
    return found


def on_common_scale(held: HeldOutWindows, scaled: ScaledPanels, spec: ModelSpec) -> HeldOut:
    """Return the truth on the scale on which the members combine; it does not count of series that stood still so far.

    They have no usual change to be judged by, unless none has.
    """
    series = held.windows.series
    truth = np.log(np.maximum(held.truth, scaled.extent.take(series).floor[:, None])) if spec.positive else held.truth
    stood_still = scaled.scalings[spec.positive].flat[series]
    if not stood_still.all():
        truth = np.where(stood_still[:, None], np.nan, truth)
    return HeldOut(truth, scaled.usual_change(spec.positive, series), held.round_of, held.overlap)


def joined_truth(blocks: Sequence[Block]) -> HeldOut:
    """Return the truth of all blocks together; no moment of one is a moment of another."""
    parts = [block.truth for block in blocks]
    firsts = np.cumsum([0, *(part.moment.max(initial=-1) + 1 for part in parts)])
    return HeldOut(
        truth=np.concatenate([part.truth for part in parts]),
        unit=np.concatenate([part.unit for part in parts]),
        moment=np.concatenate([part.moment + first for part, first in zip(parts, firsts, strict=False)]),
        overlap=max(part.overlap for part in parts),
    )
