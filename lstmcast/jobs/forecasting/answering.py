"""A version answers: data read as it knows them, held against its contract, forecast, and found plausible."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Generic, TypeVar

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.config.auto import quantiles_of
from lstmcast.config.data_config import DataConfig
from lstmcast.config.schema import Config
from lstmcast.data.contract import UNSEEN, check_contract, find_implausible, find_outsized, places_of
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.data.whole import check_covariates, check_whole
from lstmcast.errors import ContractError, ImplausibleError, LstmcastError
from lstmcast.evaluation.since_training import describe_stretch, stretch_since
from lstmcast.jobs.common.freshness import check_fresh, notes_of
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.common.version_data import read_as_known, trained_until
from lstmcast.network.calibration import stretched
from lstmcast.network.latest import forecast_latest
from lstmcast.network.spec import ModelSpec
from lstmcast.plurals import count_things, name_some
from lstmcast.spelling import nearest_name
from lstmcast.store.artifact import Artifact, LoadedVersion

Result = TypeVar("Result")

MOST_COMPARED = 1000  # series; to find the new name of one
MOST_LEFT_OUT = 100  # series; a file with more bad ones is bad
NO_ID = "(no id)"  # how rows of nobody are named


@dataclass(frozen=True)
class Answer:
    """The data that were read, the (S, H, Q) forecasts of their series, and the series that were left out.

    The bands are `stretch` times as wide as they were after training.
    """

    reading: Reading
    quantiles: tuple[float, ...]
    values: FloatArray
    stretch: float
    left_out: tuple[str, ...] = ()


def read_and_answer(
    config: Config,
    version: LoadedVersion,
    *,
    now: datetime,
    allow_partial: bool,
    talk: Talk,
    before: "Partial[Reading] | None" = None,
) -> Answer:
    """Return what a version forecasts from the newest data; of some series only, if that is allowed.

    `before` are the data as they were read already.
    """

    def work(without: Collection[tuple[str, ...]]) -> tuple[Reading, FloatArray, float]:
        if before is not None and set(without) == before.left_out.keys():
            reading = before.result
        else:
            progress = partial(talk.progress, "reading")
            reading = read_as_known(config.data, version.artifact.contract, config.forecast.horizon, without, progress)
        check_fresh(reading, config.job.max_age, now, version.artifact.contract)
        return reading, *answer(config, version, reading)

    found = leaving_out(work, allow_partial, before.left_out if before is not None else {})
    reading, values, stretch = found.result
    if before is None:
        for note in notes_of(reading, config.forecast.horizon):
            talk.say(note)
    for series, reason in found.left_out.items():
        if before is None or series not in before.left_out:
            talk.warn(f"left out: {reason}")
    if (words := describe_stretch(stretch)) is not None:
        talk.say(words)
    return Answer(reading, quantiles_of(config.forecast.levels), values, stretch, found.names)


@dataclass(frozen=True)
class Partial(Generic[Result]):
    """A result, and the series that had to be left out for it, with what was wrong with each."""

    result: Result
    left_out: Mapping[tuple[str, ...], LstmcastError]

    @property
    def names(self) -> tuple[str, ...]:
        """Return how messages name the series that were left out."""
        return tuple("/".join(part or NO_ID for part in series) for series in self.left_out)


def leaving_out(
    work: Callable[[Collection[tuple[str, ...]]], Result],
    allow_partial: bool,
    before: Mapping[tuple[str, ...], LstmcastError] = MappingProxyType({}),
) -> Partial[Result]:
    """Return what comes of the work; where one series is at fault and that is allowed, without that one."""
    left_out = dict(before)
    while True:
        try:
            return Partial(work(tuple(left_out)), left_out)
        except LstmcastError as error:
            if not (allow_partial and error.series) or error.series in left_out or len(left_out) >= MOST_LEFT_OUT:
                raise
            left_out[error.series] = error


def answer(config: Config, version: LoadedVersion, reading: Reading) -> tuple[FloatArray, float]:
    """Return the (S, H, Q) quantiles that are to be shown for the newest data, or say why the version cannot answer.

    Beside them, how many times as wide as after training the bands are.
    """
    artifact, panel = version.artifact, reading.panel
    spec, contract = artifact.spec, artifact.contract
    _check_wishes(config, spec)
    places = check_contract(panel, panel.frequency.to_json(), contract)
    check_whole(panel, contract, spec.context, config.data.gaps)
    _check_future_rows(reading, config.data, spec.horizon)
    check_size(panel, artifact, places)
    check_covariates(panel, contract, spec.context, spec.horizon)
    stretch = stretch_since(panel, known_before(panel, artifact, places), artifact.ensemble)
    ensemble = artifact.ensemble.calibrated_by(stretched(artifact.calibration, stretch))
    shown = [spec.place_of(quantile) for quantile in quantiles_of(config.forecast.levels)]
    values = forecast_latest(panel, ensemble, shown)
    implausible = find_implausible(values, contract, places)
    if len(implausible):
        raise ImplausibleError(
            f"forecast: that of series {panel.name_of(int(implausible[0]))!r} is not finite, or absurdly far "
            "from the history that the model was trained on; look at its newest rows"
        ).of(panel.ids_of(int(implausible[0])))
    return values, stretch


def check_size(panel: Panel, artifact: Artifact, places: IntArray) -> None:
    """Raise an ImplausibleError where the newest values of a series cannot be in the unit of training."""
    contract, spec = artifact.contract, artifact.spec
    count = max(spec.season, spec.horizon)
    for series in find_outsized(panel, contract, places, count)[:1].tolist():
        last = int(panel.offsets[series] + panel.known[series])
        newest = panel.values[max(last - count, int(panel.offsets[series])) : last]
        place = int(places[series])
        raise ImplausibleError(
            f"data: the newest {count_things(len(newest), 'value')} of series {panel.name_of(series)!r} lie around "
            f"{np.median(newest):.6g}, and the model was trained on {contract.lowest[place]:.6g} to "
            f"{contract.highest[place]:.6g}; are they in another unit? If they are right, run `lstmcast train`; if it "
            "was trained on wrong ones, `lstmcast models rollback`"
        ).of(panel.ids_of(series))


def known_before(panel: Panel, artifact: Artifact, places: IntArray) -> IntArray:
    """Return how many values of each series were there in training, or a forecast takes, if that is more.

    `places` are those of the series in the contract.
    """
    until = trained_until(artifact)
    if until is None:
        return panel.known
    needed = np.full(panel.series_count, artifact.spec.context)
    if artifact.contract.known:
        needed = np.minimum(needed, np.asarray(artifact.contract.known)[places])
    trained = np.maximum(until + 1 - panel.first, needed)
    return np.asarray(np.minimum(trained, panel.known))


def missing_series(panel: Panel, version: LoadedVersion) -> list[tuple[str, ...]]:
    """Return the series that a version knows and the data lack."""
    contract = version.artifact.contract
    if contract.id_names != panel.id_names or not contract.id_names:
        return []
    is_there = np.zeros(len(contract.lowest), bool)
    places = places_of(panel, contract)
    is_there[places[places != UNSEEN]] = True
    return [tuple(column[place] for column in contract.ids) for place in np.flatnonzero(~is_there).tolist()]


def _check_wishes(config: Config, spec: ModelSpec) -> None:
    """Refuse what the config asks for and the model was not trained for."""
    if config.forecast.horizon != spec.horizon:
        raise ContractError(
            f"forecast.horizon: is {config.forecast.horizon}, the model was trained for {spec.horizon}; train again"
        )
    for level in config.forecast.levels:
        if round((1 - level / 100) / 2, 6) not in spec.quantiles:
            raise ContractError(f"forecast.levels: the model was not trained for {level:g}%; train again")


def _check_future_rows(reading: Reading, config: DataConfig, horizon: int) -> None:
    """Refuse a panel that lacks the known-ahead covariates of a step of the horizon."""
    panel = reading.panel
    if not config.future:
        return
    ahead = np.diff(panel.offsets) - panel.known
    short = np.flatnonzero(ahead < horizon)
    if not len(short):
        return
    first_missing = panel.first[short] + np.diff(panel.offsets)[short]
    series = int(short[np.argmin(first_missing)])
    stamp = reading.time_format.render(panel.frequency.stamps(first_missing.min(keepdims=True)))[0]
    where = "the rows, with the target left empty" if config.future_path is None else "them to data.future_path"
    raise ContractError(
        f"data: {', '.join(config.future)} must be known {horizon} steps ahead, but series "
        f"{panel.name_of(series)!r} has no row that gives it for {stamp}; add {where}"
    ).of(panel.ids_of(series))


def refuse_missing_series(panel: Panel, version: LoadedVersion, left_out: Collection[tuple[str, ...]]) -> None:
    """Raise a ContractError that names a series which the model knows and the data lack."""
    missing = [key for key in missing_series(panel, version) if key not in left_out]
    if missing:
        named = name_some([repr("/".join(missing[0]))], len(missing))
        places = places_of(panel, version.artifact.contract)
        unseen = ["/".join(panel.ids_of(int(series))) for series in np.flatnonzero(places == UNSEEN)[:MOST_COMPARED]]
        renamed = nearest_name("/".join(missing[0]), unseen)
        hint = f" (it may be called {renamed!r} now, which is new)" if renamed else ""
        raise ContractError(
            f"data: series {named} of the model is not there any more{hint}; is the file whole? "
            "If it is gone for good, run `lstmcast train`; --allow-partial forecasts the others"
        ).of(missing[0])
