"""The contract of a model with its data: what later data must look like for its forecasts to mean anything."""

from typing import Annotated

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.covariate.covariate_facts import CovariateFacts
from lstmcast.data.panel import Panel, keys_of
from lstmcast.errors import ContractError
from lstmcast.kinds import Limits
from lstmcast.plurals import name_some
from lstmcast.records import KeyFault, Record
from lstmcast.spelling import did_you_mean

ABSURD = 10.0  # a forecast this many historical ranges outside the history is not published,
ABSURD_BOUND = 1000.0  # nor one whose interval reaches this far
MOST_STEPS = 2**53
MOST = 0.5  # of the newest values
SHRUNK = 30.0  # times smaller than ever: values that were always above zero are in another unit
SMALLEST_RANGE = 1e-9
SMALLEST_RATIO = 2.0  # of the highest to the lowest value, where a history hardly varied
NAMED_IN_MESSAGES = 3
SERIES_AT_ONCE = 256  # whose forecasts are looked through: they stay close to the processor
UNSEEN = -1
Steps = Annotated[int, Limits(ge=0, le=MOST_STEPS)]


class Contract(Record):
    """What a model was trained on, as far as later data have to agree with it."""

    frequency: dict[str, str | int]
    time_format: dict[str, str | int | None]
    target: str
    id_names: tuple[str, ...]
    ids: tuple[tuple[str, ...], ...]  # one column for each id name
    past: tuple[str, ...]
    future: tuple[str, ...]
    cutoff: str  # the newest known stamp, in the user's format
    positive: bool
    lowest: tuple[float, ...]  # of each series
    highest: tuple[float, ...]
    covariates: CovariateFacts = CovariateFacts()
    known: tuple[Steps, ...] = ()  # of each series, how many values; older versions do not say, as all that follows
    behind: tuple[Steps, ...] = ()  # of each series, how many steps before the newest it ended; () if all end together
    made_up: tuple[float, ...] = ()  # of each series, the share of the newest values that a gap policy made up
    covariate_lowest: tuple[float, ...] = ()  # of each past, then future covariate
    covariate_highest: tuple[float, ...] = ()

    def check_together(self) -> None:
        """Refuse facts that are not there for each series or covariate."""
        series, covariates = len(self.lowest), len(self.past) + len(self.future)
        sizes = {"highest": series, "known": series, "behind": series, "made_up": series}
        sizes |= {"covariate_lowest": covariates, "covariate_highest": covariates}
        for name, size in sizes.items():
            is_older = name != "highest" and not getattr(self, name)
            if len(getattr(self, name)) != size and not is_older:
                raise KeyFault(name, f"there must be {size} of them")
        for name, other in (("known", "made_up"), ("covariate_lowest", "covariate_highest")):
            if bool(getattr(self, name)) != bool(getattr(self, other)):
                raise KeyFault(name, f"must be there if {other!r} is")


def check_contract(panel: Panel, frequency: dict[str, str | int], contract: Contract) -> IntArray:
    """Return the place of each series of `panel` in the contract, or raise a ContractError that names what differs."""
    if frequency != contract.frequency:
        raise ContractError(
            f"data: a step is now {frequency.get('alias')!r}, "
            f"the model was trained on {contract.frequency.get('alias')!r}; "
            "give data of that frequency, or train again"
        )
    if panel.id_names != contract.id_names:
        raise ContractError(
            f"data: series are named by {panel.id_names}, the model's by {contract.id_names}; train again"
        )
    if panel.target != contract.target:
        raise ContractError(
            f"data.target: is {panel.target!r}, the model was trained on {contract.target!r}; "
            "set it back, or train again"
        )
    if (panel.past_names, panel.future_names) != (contract.past, contract.future):
        raise _other_covariates(panel, contract)
    places = places_of(panel, contract)
    _check_known(panel, contract, places)
    if contract.positive:
        _check_positive(panel, contract)
    return places


def find_implausible(values: FloatArray, contract: Contract, places: IntArray) -> IntArray:
    """Return which of the (S, H, Q) forecasts are not finite, or absurdly far from the history of training."""
    medians, all_quantiles = _extremes(values)
    plausible = _lies_within(medians, *_limits(contract, places, ABSURD))
    if contract.positive:
        plausible &= medians[1] * SHRUNK >= np.asarray(contract.lowest)[places]
    low, high = _limits(contract, places, ABSURD_BOUND, of_medians=False)
    return np.flatnonzero(~(plausible & _lies_within(all_quantiles, low, high)))


def find_outsized(panel: Panel, contract: Contract, places: IntArray, count: int) -> IntArray:
    """Return which series have their newest `count` values absurdly far from the history of training.

    Most of them, since one alone may be a fault of the moment. Where all values were above zero, so are those that all
    lie far below the lowest: what is written in thousands now is within the other bounds.
    """
    series = np.flatnonzero((places != UNSEEN) & (panel.known > 0))
    starts, places = panel.offsets[series], places[series]
    last = starts + panel.known[series]
    newest = panel.values[np.maximum(last[:, None] - np.arange(1, count + 1), starts[:, None])]
    low, high = _limits(contract, places, ABSURD)
    outsized = ((newest < low[:, None]) | (newest > high[:, None])).mean(axis=1) > MOST
    if contract.positive:
        outsized |= newest.max(axis=1) * SHRUNK < np.asarray(contract.lowest)[places]
    found: IntArray = series[outsized]
    return found


def _limits(
    contract: Contract, places: IntArray, ranges: float, *, of_medians: bool = True
) -> tuple[FloatArray, FloatArray]:
    """Return so many ranges below and above the history of each series."""
    lowest, highest = np.asarray(contract.lowest), np.asarray(contract.highest)
    largest = np.maximum(np.abs(highest), np.abs(lowest))
    usual = float(np.median(largest)) + SMALLEST_RANGE
    lowest, highest, own = (limit[places] for limit in (lowest, highest, np.maximum(highest - lowest, largest)))
    size = np.where(own > SMALLEST_RANGE, own, usual)  # a series that was never but zero may begin to sell
    low, high = lowest - ranges * size, highest + ranges * size
    if contract.positive and of_medians:
        low = np.maximum(low, _least_in_size(lowest, highest))
    return low, high


def _least_in_size(lowest: FloatArray, highest: FloatArray) -> FloatArray:
    """Return above which values a positive forecast is not absurdly far from the history, as logarithms have it."""
    size = np.log(np.maximum(highest / lowest, SMALLEST_RATIO))
    return np.asarray(lowest * np.exp(-ABSURD * size))


def _extremes(values: FloatArray) -> FloatArray:
    """Return the lowest and the highest number of each series, (2, 2, S): of its medians, and of all its quantiles."""
    found = np.empty((2, 2, len(values)))
    for first in range(0, len(values), SERIES_AT_ONCE):
        some = slice(first, first + SERIES_AT_ONCE)
        quantiles = values[some]
        medians = quantiles[..., quantiles.shape[-1] // 2]
        found[0, :, some] = medians.min(axis=1), medians.max(axis=1)
        found[1, :, some] = quantiles.min(axis=(1, 2)), quantiles.max(axis=(1, 2))
    return found


def _lies_within(extremes: FloatArray, low: FloatArray, high: FloatArray) -> BoolArray:
    return np.asarray((extremes[0] >= low) & (extremes[1] <= high))  # NaN lies nowhere


def _other_covariates(panel: Panel, contract: Contract) -> ContractError:
    """Return what to say of covariates that are not those of the model."""
    now, before = (*panel.past_names, *panel.future_names), (*contract.past, *contract.future)
    added = [repr(name) for name in now if name not in before]
    lost = [repr(name) for name in before if name not in now]
    parts = [f"without {_listed(added)}"] * bool(added) + [f"with {_listed(lost)}"] * bool(lost)
    said = " and ".join(parts) or f"with them in another order or role ({', '.join(before)})"
    return ContractError(
        f"data: the model was trained {said}; set data.past, data.future, data.static and data.holidays back, or train "
        "again"
    )


def _listed(names: list[str]) -> str:
    return name_some(names[:NAMED_IN_MESSAGES], len(names))


def _known_series(contract: Contract) -> dict[tuple[str, ...], int]:
    """Return the place of each series in the contract by its ids."""
    return {key: place for place, key in enumerate(zip(*contract.ids, strict=True))} if contract.id_names else {(): 0}


def series_of(panel: Panel) -> list[tuple[str, ...]]:
    """Return the ids of each series; none, if there is only one."""
    if not panel.ids:
        return [()] * panel.series_count
    return keys_of(panel.ids)


def places_of(panel: Panel, contract: Contract) -> IntArray:
    """Return the place of each series in the contract, UNSEEN for one that is not there."""
    if [tuple(column.tolist()) for column in panel.ids] == list(contract.ids):  # so it is in most nights
        return np.arange(panel.series_count)
    known = _known_series(contract)
    return np.array([known.get(key, UNSEEN) for key in series_of(panel)], np.int64)


def _check_known(panel: Panel, contract: Contract, places: IntArray) -> None:
    unseen = [panel.ids_of(series) for series in np.flatnonzero(places == UNSEEN).tolist()]
    if unseen:
        names = name_some([repr("/".join(key)) for key in unseen[:NAMED_IN_MESSAGES]], len(unseen))
        near = did_you_mean("/".join(unseen[0]), ["/".join(key) for key in list(_known_series(contract))[:1000]])
        raise ContractError(f"data: the model has not seen series {names}{near}; train again to include it").of(
            unseen[0]
        )


def _check_positive(panel: Panel, contract: Contract) -> None:
    below = np.flatnonzero(panel.values <= 0)
    if len(below):
        series = int(np.searchsorted(panel.offsets, below[0], side="right")) - 1
        tick = panel.first[series] + below[:1] - panel.offsets[series]
        time = TimeFormat.from_json(contract.time_format).render(panel.frequency.stamps(tick))[0]
        raise ContractError(
            f"data: series {panel.name_of(series)!r} now has {panel.values[below[0]]:g} at {time}, "
            "the model was trained on values above zero only; train again"
        ).of(panel.ids_of(series))
