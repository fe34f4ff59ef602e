"""Small panels and models that tests of several floors share."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lstmcast.data.clock.times import Frequency
from lstmcast.data.covariate.covariates import Covariates
from lstmcast.data.panel import Panel
from lstmcast.data.scaling import SeriesArrays, fit_scaling, scale_panel
from lstmcast.data.windows import Windows
from lstmcast.network.bank import build_bank
from lstmcast.network.cells import Floats
from lstmcast.network.spec import CovariateScale, Cycle, MemberSpec, ModelSpec, member_shapes

Columns = Mapping[str, Sequence[float]]


def a_panel(
    series: Mapping[str, Sequence[float]],
    *,
    ahead: int = 0,
    filled: Sequence[bool] | None = None,
    first: int = 0,
    past: Columns | None = None,
    future: Columns | None = None,
) -> Panel:
    """Return a panel on integer steps: each series with `ahead` rows after its known ones.

    Covariates are columns over all rows, series after series.
    """
    known = np.array([len(values) for values in series.values()], np.int64)
    offsets = np.append(0, np.cumsum(known + ahead))
    values = np.concatenate([np.append(np.asarray(v, float), np.full(ahead, np.nan)) for v in series.values()])
    return Panel(
        frequency=Frequency("integer", 1),
        target="load",
        id_names=("name",),
        ids=(np.array(list(series), object),),
        offsets=offsets,
        known=known,
        first=np.full(len(known), first, np.int64),
        values=values,
        filled=np.zeros(len(values), bool) if filled is None else np.asarray(filled),
        past_names=tuple(past or ()),
        past=_block(past, len(values)),
        future_names=tuple(future or ()),
        future=_block(future, len(values)),
    )


def windows_at(*places: tuple[int, int]) -> Windows:
    """Return the windows at (series, origin)."""
    series, origin = zip(*places, strict=True)
    return Windows(np.array(series, np.int64), np.array(origin, np.int64))


def a_member(**changes: Any) -> MemberSpec:
    """Return a member with a context of 8 steps in segments of 2, without a bank unless one is named."""
    return MemberSpec.from_plain({"context": 8, "segment": 2, "log": False, "bank": (), "seed": 1} | changes)


def a_spec(**changes: Any) -> ModelSpec:
    """Return a model of one small member that sees values only."""
    fields = {
        "cell": "lstm",
        "units": 3,
        "layers": 1,
        "state": 4,
        "horizon": 3,
        "season": 2,
        "periods": (2,),
        "quantiles": (0.1, 0.3, 0.5, 0.7, 0.9),
        "positive": False,
        "past": (),
        "future": (),
        "calendar": (),
        "members": (a_member(),),
    }
    return ModelSpec.from_plain(fields | changes)


def a_scale(name: str, **changes: Any) -> CovariateScale:
    """Return how a covariate is scaled: not at all, unless told otherwise."""
    return CovariateScale.from_plain({"name": name, "offset": 0.0, "scale": 1.0, "centred": False} | changes)


def a_full_spec(**changes: Any) -> ModelSpec:
    """Return a model that uses everything: the bank, a past and a future covariate, the calendar."""
    bank = tuple(build_bank(8, 3, (2,)))
    fields: dict[str, Any] = {
        "past": (a_scale("wind", centred=True),),
        "future": (a_scale("price", centred=True),),
        "calendar": (Cycle(name="four", period=4.0, harmonics=2),),
        "members": (a_member(bank=bank),),
    }
    return a_spec(**(fields | changes))


def random_weights(spec: ModelSpec, member: MemberSpec, seed: int = 0, size: float = 0.5) -> dict[str, Floats]:
    """Return weights that no training would give: each counts."""
    random = np.random.default_rng(seed)
    weights = {
        name: (size * random.standard_normal(shape)).astype(np.float32)
        for name, shape in member_shapes(spec, member).items()
    }
    return weights | {"typical_error": np.abs(weights["typical_error"]) + np.float32(0.1)}


def arrays_of(panel: Panel, *, season: int = 2, log: bool = False, periods: tuple[float, ...] = ()) -> SeriesArrays:
    """Return what windows are gathered from; covariates as they are."""
    covariates = Covariates(panel.past.astype(np.float32), panel.future.astype(np.float32), periods)
    return scale_panel(panel, fit_scaling(panel, log=log, season=season), covariates)


def _block(columns: Columns | None, rows: int) -> np.ndarray:
    return np.column_stack([np.asarray(c, float) for c in columns.values()]) if columns else np.empty((rows, 0))
