"""From a problem to trained networks: the members' sizes, their scales, and the training itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.config.auto import MemberSizes
from lstmcast.data.covariate.covariates import fit_covariate
from lstmcast.data.panel import Panel
from lstmcast.data.scaling import SeriesArrays
from lstmcast.data.windows import training_origins
from lstmcast.errors import ConfigError, ShortError
from lstmcast.jobs.model.problem import Problem
from lstmcast.jobs.model.workshop import Workshop
from lstmcast.kinds import UnfitError
from lstmcast.network.bank import bank_names
from lstmcast.network.cells import Floats
from lstmcast.network.scales import scale_for_members
from lstmcast.network.spec import CovariateScale, Cycle, MemberSpec, ModelSpec, expected_shapes, member_name
from lstmcast.training.checkpoint import Checkpoint
from lstmcast.training.members import MemberTask, TrainedMember
from lstmcast.training.plan import FitPlan, is_worth_compiling

LOOKS = 10  # at loss and score, while training
LARGEST_MODEL = 60_000_000  # weights; the file of a version may have 256 MB


@dataclass(frozen=True)
class Fitted:
    """A trained ensemble."""

    spec: ModelSpec
    weights: dict[str, Floats]
    trained: tuple[TrainedMember, ...]


@dataclass(frozen=True)
class Material:
    """What networks may learn from: series on the members' scales, and how many values of each are known."""

    known: IntArray
    arrays: Mapping[bool, SeriesArrays]


@dataclass(frozen=True)
class Recipe:
    """What validation decided."""

    mixes_scales: bool
    stops: dict[bool, int]  # steps, for members on the linear and on the logarithmic scale
    curves: dict[bool, tuple[tuple[int, float], ...]]  # validation score after so many steps


def fit_ensemble(problem: Problem, recipe: Recipe, workshop: Workshop, label: str) -> Fitted:
    """Return the whole ensemble, trained as validation decided on all that the problem knows."""
    scales = _scales_of_members(problem, recipe)
    members = [
        make_member(problem, size, log, problem.seed + place)
        for place, (size, log) in enumerate(zip(problem.settings.members, scales, strict=True))
    ]
    spec = make_spec(problem, problem.panel, members)
    done = [0] * len(members)

    def watch(place: int, checkpoint: Checkpoint) -> None:
        done[place] += 1
        workshop.talk.progress(label, sum(done), LOOKS * len(members), f"loss {checkpoint.loss:.3f}")

    tasks = make_tasks(problem, material_of(problem.panel, spec), spec, members, [recipe.stops[log] for log in scales])
    trained = workshop.train(spec, tasks, watch, workshop.stage(label, every_look=False))
    return Fitted(spec, _join_weights([one.weights for one in trained]), tuple(trained))


def check_size(problem: Problem) -> None:
    """Refuse networks that are too large to be saved, before they are trained."""
    members = [make_member(problem, size, problem.positive, 0) for size in problem.settings.members]
    try:
        shapes = expected_shapes(make_spec(problem, problem.panel, members))
    except UnfitError as error:
        advice = "lower model.context or forecast.horizon, or name fewer covariates"
        raise ConfigError(f"model: {error}; {advice}") from error
    numbers = sum(prod(shape) for shape in shapes.values())
    if numbers > LARGEST_MODEL:
        raise ConfigError(
            f"model: {numbers:,} weights, at most {LARGEST_MODEL:,} can be saved; "
            "lower model.members, model.units, model.context or forecast.horizon"
        )


def material_of(past: Panel, spec: ModelSpec) -> Material:
    """Return what there is to learn from in `past`, parts of series before long gaps included."""
    past = past.with_earlier()
    return Material(past.known, scale_for_members(past, past, spec, spec.members).arrays)


def make_tasks(
    problem: Problem, material: Material, spec: ModelSpec, members: Sequence[MemberSpec], stops: Sequence[int]
) -> list[MemberTask]:
    """Return what there is to do for each member: to be trained on the material, up to its own stop."""
    return [_task(problem, material, spec, member, stop) for member, stop in zip(members, stops, strict=True)]


def make_member(problem: Problem, size: MemberSizes, log: bool, seed: int) -> MemberSpec:
    """Return a member of this size."""
    names = bank_names(size.context, problem.horizon, problem.settings.periods) if problem.uses_bank else ()
    return MemberSpec(context=size.context, segment=size.segment, log=log, bank=names, seed=seed)


def make_spec(problem: Problem, past: Panel, members: Sequence[MemberSpec]) -> ModelSpec:
    """Return the model of these members, its covariates scaled as `past` has them."""
    settings = problem.settings
    return ModelSpec(
        cell=problem.cell,
        units=settings.units,
        layers=settings.layers,
        state=settings.units,
        horizon=problem.horizon,
        season=settings.season,
        periods=settings.periods,
        quantiles=settings.quantiles,
        positive=problem.positive,
        past=_covariate_scales(past, past.past_names, past.past),
        future=_covariate_scales(past, past.future_names, past.future),
        calendar=tuple(Cycle(name=c.name, period=c.period, harmonics=c.harmonics) for c in problem.cycles),
        members=tuple(members),
    )


def _task(problem: Problem, material: Material, spec: ModelSpec, member: MemberSpec, stop: int) -> MemberTask:
    origins = training_origins(material.known, member.context, spec.horizon, spec.season)
    if not origins.count:
        raise ShortError("data: nothing is left to learn from before the validation origins; give more data")
    settings = problem.settings
    compiled = is_worth_compiling(spec, member, settings.steps * _trainings_of_a_shape(problem))
    plan = FitPlan(settings.steps, stop, settings.batch, settings.learning_rate, settings.dropout, LOOKS, compiled)
    return MemberTask(material.arrays[member.log], origins, member, plan)


def _trainings_of_a_shape(problem: Problem) -> float:
    """Return how often members of one shape are trained in a short run: for validation, for the test, and to stay."""
    members = len(problem.settings.members)
    shapes = min(2, members)
    return (problem.scales * (1 + shapes) + members) / shapes


def _covariate_scales(past: Panel, names: tuple[str, ...], columns: FloatArray) -> tuple[CovariateScale, ...]:
    scales = []
    for place, name in enumerate(names):
        offset, scale, centred = fit_covariate(columns[:, place], past.is_known)
        scales.append(CovariateScale(name=name, offset=offset, scale=scale, centred=centred))
    return tuple(scales)


def _join_weights(members: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    """Return the weights of all members under the names that they have in the ensemble."""
    return {member_name(place, name): array for place, one in enumerate(members) for name, array in one.items()}


def _scales_of_members(problem: Problem, recipe: Recipe) -> list[bool]:
    count = len(problem.settings.members)
    if not problem.positive:
        return [False] * count
    if not recipe.mixes_scales:
        return [True] * count
    return [(place // 2) % 2 == 0 if count > 2 else place % 2 == 0 for place in range(count)]
