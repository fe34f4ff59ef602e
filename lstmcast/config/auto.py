"""The rules behind `auto`: every setting that the config leaves open is decided here, from the data and nothing else.

| setting | rule |
| --- | --- |
| seasons | those of the frequency (hourly 24 and 168, weekly 52, daily 7 and 365, monthly 12, quarterly 4) that fit |
|         | one and a quarter times into the median series, six times from 300 steps on if there is a shorter one; |
|         | `evaluate.season` replaces them |
| context | twice the longest season or twice the horizon, whichever is more; every second member half as much again |
| segment | one short season (a quarter of it, if long and the context short), or several, so that the cell takes at |
|         | most 32 steps |
| units   | 64, one layer, no dropout |
| members | 4; 3 where steps times context are over 400,000: each takes minutes there and the last adds little; 2 from |
|         | 5,000 series on and 1 from 50,000 on: so many teach them much the same, and every forecast pays for each |
| steps   | for n horizons in s series 10 √n, at most 200 or 10 √s, or n / 5 if that is more, between 60 and 1500; for |
|         | series of under 7 horizons n / 5 is lessened in proportion, at most to half: they tell of the same years |
| batch   | 128; for fewer windows than that the power of two below, at least 32 |
| rate    | 0.003 |
| season of the scores | the short season |
| step between test origins | the horizon; less where that would hold out more than half of the longest series |
| test    | an ensemble of its own, trained up to the first test origin, while that takes at most 400 steps a member; |
|         | above, the networks of the validation are tested, which have seen a little less |
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.config.schema import MOST_CONTEXT, Config
from lstmcast.plurals import count_things

LEAST_PAST = 3  # values that are known before the first one that is learnt
MOST_SEGMENTS = 32
FEWEST_ROUNDS = 1.25  # of a season: a quarter of it is seen to come again
LONG_SEASON, ROUNDS_OF_LONG_SEASON = 300, 6
CONTEXT_SPREAD = (1.0, 1.5)  # the members take turns
MEMBERS, MEMBERS_OF_MANY = 4, {50_000: 1, 5_000: 2}  # from so many series on
MEMBERS_OF_LONG, LONG_TRAINING = 3, 400_000  # values of a window that a member reads, in all its steps
CHEAP_STEPS = 400
STEPS_OF_FEW = 200
DEEP_SERIES = 7.0  # horizons in a series from which on each one counts fully
MEDIAN = 0.5
QUANTILES = (0.025, 0.05, 0.1, 0.2, 0.3, 0.4, MEDIAN)  # the lower half: the upper mirrors it


@dataclass(frozen=True)
class MemberSizes:
    """What may differ between members."""

    context: int
    segment: int


@dataclass(frozen=True)
class Settings:
    """Every setting of the model and its training, decided."""

    season: int
    periods: tuple[int, ...]
    units: int
    layers: int
    members: tuple[MemberSizes, ...]
    quantiles: tuple[float, ...]
    dropout: float
    steps: int
    batch: int
    learning_rate: float
    test_step: int
    test_refit: bool


def decide_settings(config: Config, lengths: IntArray, natural_periods: tuple[int, ...]) -> Settings:
    """Return the settings for series of these lengths whose frequency has these seasons."""
    model, train, horizon = config.model, config.train, config.forecast.horizon
    periods = _periods(config, float(np.median(lengths)), natural_periods)
    season = periods[0] if periods else 1
    context = _member_sizes(config, periods, CONTEXT_SPREAD[0]).context
    windows = int(np.maximum(lengths - enough_past(context, horizon, season), 1).sum())
    steps = _steps(windows / horizon, len(lengths)) if train.steps == "auto" else train.steps
    count = members_for(len(lengths), steps * context) if model.members == "auto" else model.members
    sizes = tuple(_member_sizes(config, periods, CONTEXT_SPREAD[k % len(CONTEXT_SPREAD)]) for k in range(count))
    return Settings(
        season=season,
        periods=periods,
        units=64 if model.units == "auto" else model.units,
        layers=1 if model.layers == "auto" else model.layers,
        members=sizes,
        quantiles=quantiles_for(config.forecast.levels),
        dropout=0.0 if model.dropout == "auto" else model.dropout,
        steps=steps,
        batch=_batch(windows) if train.batch == "auto" else train.batch,
        learning_rate=0.003 if train.learning_rate == "auto" else train.learning_rate,
        test_step=_test_step(config, int(lengths.max(initial=0))),
        test_refit=steps <= CHEAP_STEPS,
    )


def describe_asked_in_vain(config: Config, lengths: IntArray) -> tuple[str, ...]:
    """Return what to say of what the config names and the model does not use.

    A season that `evaluate.season` names may be too long for series of these lengths or lie between two others; one of
    one step says that there is none. A linear network has nothing that reads covariates of the past.
    """
    is_deaf = config.model.cell == "linear" and bool(config.data.past)
    past = (
        [f"model.cell: linear does not read what only the past knows: {', '.join(config.data.past)}"] if is_deaf else []
    )
    return (*past, *_dropped_seasons(config, lengths))


def _dropped_seasons(config: Config, lengths: IntArray) -> tuple[str, ...]:
    wanted, median = _seasons_set(config), float(np.median(lengths))
    kept = fitting_seasons(wanted, median)
    values = count_things(int(median), "value") if len(lengths) == 1 else f"the median series ({int(median):,} values)"
    too_long = (
        f"evaluate.season: {season} does not fit {_rounds_missed(season, median)} into {values}, so it is not used"
        for season in wanted
        if season > 1 and season not in kept
    )
    between = (
        f"evaluate.season: {season} lies between {kept[0]} and {kept[-1]}, the shortest and the longest, which are used"
        for season in kept[1:-1]
    )
    return (*too_long, *between)


def fitting_seasons(seasons: Sequence[int], median_length: float) -> list[int]:
    """Return which of these rising seasons fit often enough into the typical series."""
    kept = [season for season in seasons if 2 <= season <= median_length / FEWEST_ROUNDS]
    if len(kept) > 1 and kept[-1] >= LONG_SEASON and median_length < ROUNDS_OF_LONG_SEASON * kept[-1]:
        kept.pop()
    return kept


def members_for(series: int, training: int = 0) -> int:
    """Return how many networks forecast so many series, each trained for steps times context."""
    for many, members in MEMBERS_OF_MANY.items():
        if series >= many:
            return members
    return MEMBERS if training <= LONG_TRAINING else MEMBERS_OF_LONG


def enough_past(context: int, horizon: int, season: int) -> int:
    """Return how many values have to be known for a network to have something to go by."""
    return max(3, min(context, max(2 * season, horizon)))


def quantiles_for(levels: tuple[float, ...]) -> tuple[float, ...]:
    """Return the quantiles that the network learns: a fixed grid and those of the wanted levels."""
    return tuple(sorted({*_mirrored(QUANTILES), *quantiles_of(levels)}))


def quantiles_of(levels: tuple[float, ...]) -> tuple[float, ...]:
    """Return the quantiles that a forecast with these levels shows: the median and both bounds of each."""
    return tuple(sorted({MEDIAN, *_mirrored(round((1 - level / 100) / 2, 6) for level in levels)}))


def _mirrored(lower: Iterable[float]) -> set[float]:
    return {round(side, 6) for q in lower for side in (q, 1 - q)}


def _periods(config: Config, median_length: float, natural: tuple[int, ...]) -> tuple[int, ...]:
    kept = fitting_seasons(natural if config.evaluate.season == "auto" else _seasons_set(config), median_length)
    return (kept[0], kept[-1]) if len(kept) > 1 else tuple(kept)


def _seasons_set(config: Config) -> tuple[int, ...]:
    wanted = config.evaluate.season
    if wanted == "auto":
        return ()
    return tuple(sorted({wanted} if isinstance(wanted, int) else set(wanted)))


def _rounds_missed(season: int, median_length: float) -> str:
    """Return how often a season that is not used would have to fit: by itself, or beside a shorter one."""
    return "one and a quarter times" if season > median_length / FEWEST_ROUNDS else f"{ROUNDS_OF_LONG_SEASON} times"


def _member_sizes(config: Config, periods: tuple[int, ...], spread: float) -> MemberSizes:
    model, horizon = config.model, config.forecast.horizon
    season, longest = (periods[0], periods[-1]) if periods else (1, 1)
    wanted = ceil(spread * max(2 * longest, 2 * horizon))
    context = wanted if model.context == "auto" else model.context
    segment = _segment(season, context) if model.segment == "auto" else model.segment
    least = ceil(max(context, season + 1) / segment)  # the scale is a change over a season: one has to fit
    segments = min(max(1, least), MOST_CONTEXT // segment)
    return MemberSizes(context=segments * segment, segment=segment)


def _segment(season: int, context: int) -> int:
    segment = season
    if season > 24 and context / season < 8:
        segment = ceil(season / 4)
    while context / segment > MOST_SEGMENTS:
        segment += season
    return segment


def _steps(horizons: float, series: int) -> int:
    few = min(10 * horizons**0.5, max(STEPS_OF_FEW, 10 * series**0.5))
    depth = np.clip(horizons / series / DEEP_SERIES, 0.5, 1)
    return int(np.clip(max(few, 0.2 * horizons * depth), 60, 1500))


def _test_step(config: Config, longest: int) -> int:
    """Return how far apart test origins are: those of a short series share some of the steps that they forecast."""
    horizon, gaps = config.forecast.horizon, config.evaluate.windows - 1
    if config.evaluate.step != "auto":
        return config.evaluate.step
    room = min(longest // 2, longest - 2 * horizon - LEAST_PAST) - horizon
    return int(np.clip(room // gaps, 1, horizon)) if gaps else horizon


def _batch(windows: int) -> int:
    return int(np.clip(2 ** int(np.log2(max(windows, 1))), 32, 128))
