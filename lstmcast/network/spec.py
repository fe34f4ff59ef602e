"""What a trained network is made of: its sizes, its inputs, and the shape of every weight."""

from typing import Annotated, Literal

from lstmcast.config.auto import MEDIAN
from lstmcast.kinds import Limits, Size
from lstmcast.records import Record

Cell = Literal["lstm", "gru", "rnn", "linear"]  # the last has no cell: a gated mixture of linear forecasters
Shape = tuple[int, ...]
Period = Annotated[int, Limits(ge=2, le=100_000)]

WINDOW_FEATURES = 5  # relative scale, spread, scale against the usual, filling, level: see inputs.py
MOST_NUMBERS = 10_000_000  # that are read of one window: 500 covariates beside 20,000 steps


class CovariateScale(Record):
    """How a covariate comes to the network's scale: (value - offset) / scale, minus the context's mean if centred."""

    name: str
    offset: float
    scale: Annotated[float, Limits(gt=0)]
    centred: bool


class Cycle(Record):
    """A calendar cycle, given to the network as sines and cosines of the tick."""

    name: str
    period: Annotated[float, Limits(ge=2, le=1e12)]  # in ticks
    harmonics: Annotated[int, Limits(ge=1, le=64)]


class MemberSpec(Record):
    """One network of the ensemble."""

    context: Annotated[int, Limits(ge=2, le=20_000)]
    segment: Annotated[int, Limits(ge=1, le=100_000)]
    log: bool
    bank: Annotated[tuple[str, ...], Size(most=64)]  # the classical forecasters it starts from
    seed: int

    def check_together(self) -> None:
        if self.context % self.segment:
            raise ValueError(f"context {self.context} is not a multiple of segment {self.segment}")

    @property
    def segments(self) -> int:
        """Return how many steps the recurrent cell takes."""
        return self.context // self.segment


class ModelSpec(Record):
    """The ensemble: what all members share, and each member."""

    cell: Cell
    units: Annotated[int, Limits(ge=1, le=4096)]
    layers: Annotated[int, Limits(ge=1, le=3)]
    state: Annotated[int, Limits(ge=1, le=4096)]  # width of the dense layer on top of the cell
    horizon: Annotated[int, Limits(ge=1, le=100_000)]
    season: Annotated[int, Limits(ge=1, le=100_000)]  # the short season: it sets level and scale
    periods: Annotated[tuple[Period, ...], Size(most=8)]  # the seasons of the bank, short to long
    quantiles: Annotated[tuple[float, ...], Size(3, 199)]
    positive: bool  # all training values were above zero: members and calibration combine as logarithms
    past: tuple[CovariateScale, ...]
    future: tuple[CovariateScale, ...]
    calendar: Annotated[tuple[Cycle, ...], Size(most=16)]
    members: Annotated[tuple[MemberSpec, ...], Size(1, 16)]

    def check_together(self) -> None:
        rising = all(low < high for low, high in zip(self.quantiles, self.quantiles[1:], strict=False))
        mirrored = [round(1 - q, 9) for q in reversed(self.quantiles)] == [round(q, 9) for q in self.quantiles]
        if not (rising and mirrored and MEDIAN in self.quantiles and self.quantiles[0] > 0):
            raise ValueError("quantiles have to rise, to mirror around 0.5 and to hold 0.5")
        if any(member.log for member in self.members) and not self.positive:
            raise ValueError("a member on the logarithmic scale needs positive data")
        read = [self.horizon * self.horizon_features]
        read += [member.segments * self.segment_features(member) for member in self.members]
        if max(read) > MOST_NUMBERS:
            raise ValueError(f"{max(read):,} numbers would be read of one window, more than {MOST_NUMBERS:,}")

    @property
    def recurrent_layers(self) -> int:
        """Return how many recurrent layers there are."""
        return 0 if self.cell == "linear" else self.layers

    @property
    def context(self) -> int:
        """Return how many values of a series are read at most."""
        return max(member.context for member in self.members)

    @property
    def least_past(self) -> int:
        """Return how many values of a series have to be known before a forecast of it is worth a look."""
        return max(3, min(2 * self.season, self.context))

    @property
    def median(self) -> int:
        """Return the place of the median among the quantiles."""
        return len(self.quantiles) // 2

    def place_of(self, quantile: float) -> int:
        """Return the place of the quantile that is nearest to this one."""
        return min(range(len(self.quantiles)), key=lambda place: abs(self.quantiles[place] - quantile))

    @property
    def calendar_features(self) -> int:
        """Return how many numbers describe one tick."""
        return sum(2 * cycle.harmonics for cycle in self.calendar)

    @property
    def horizon_features(self) -> int:
        """Return how many numbers are known ahead for each step of the horizon."""
        return len(self.future) + self.calendar_features

    def segment_features(self, member: MemberSpec) -> int:
        """Return how many numbers the cell reads at each of its steps."""
        per_step = 1 + len(self.past) + len(self.future)
        return member.segment * per_step + 1 + WINDOW_FEATURES + self.calendar_features


def member_name(member: int, weight: str) -> str:
    """Return the name of a member's weight among all weights."""
    return f"member{member}/{weight}"


def member_shapes(spec: ModelSpec, member: MemberSpec) -> dict[str, Shape]:
    """Return the shape of each weight of one member."""
    horizon, quantiles, forecasters = spec.horizon, len(spec.quantiles), len(member.bank)
    shapes = _cell_shapes(spec, spec.segment_features(member))
    shapes |= _dense("state", (spec.units if spec.recurrent_layers else 0) + WINDOW_FEATURES, spec.state)
    shapes |= _dense("correction", spec.state, horizon)
    shapes |= _dense("spread", spec.state, horizon * (quantiles - 1))
    if forecasters:
        shapes |= {"bank/kernel": (member.context, forecasters * horizon)}
        shapes |= _dense("gate", spec.state, forecasters * horizon)
    if spec.horizon_features:
        shapes |= _dense("ahead", spec.horizon_features, spec.state)
        shapes |= {"ahead_state/kernel": (spec.state, spec.state)}
        shapes |= _dense("ahead_effect", spec.state, quantiles)
    return shapes | {"typical_error": (horizon,)}


def expected_shapes(spec: ModelSpec) -> dict[str, Shape]:
    """Return the shape of each weight of the whole ensemble."""
    return {
        member_name(index, name): shape
        for index, member in enumerate(spec.members)
        for name, shape in member_shapes(spec, member).items()
    }


def _dense(name: str, inputs: int, outputs: int) -> dict[str, Shape]:
    return {f"{name}/kernel": (inputs, outputs), f"{name}/bias": (outputs,)}


def _cell_shapes(spec: ModelSpec, inputs: int) -> dict[str, Shape]:
    gates = {"lstm": 4, "gru": 3, "rnn": 1, "linear": 0}[spec.cell]
    width = gates * spec.units
    bias = (2, width) if spec.cell == "gru" else (width,)
    shapes: dict[str, Shape] = {}
    for layer in range(spec.recurrent_layers):
        shapes[f"cell{layer}/kernel"] = (inputs if layer == 0 else spec.units, width)
        shapes[f"cell{layer}/recurrent"] = (spec.units, width)
        shapes[f"cell{layer}/bias"] = bias
    return shapes
