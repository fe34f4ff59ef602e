"""Whether covariates pay: the model trained once more without them, on the same origins."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lstmcast.config.schema import Config
from lstmcast.data.panel import Panel
from lstmcast.errors import ConfigError
from lstmcast.jobs.backtesting.backtest_tables import SkillRow
from lstmcast.jobs.model.problem import make_problem
from lstmcast.jobs.talk import Talk

if TYPE_CHECKING:
    from lstmcast.jobs.model.rolling import Refit, Rolled

PLAIN = "without_covariates"


def check_has_covariates(panel: Panel) -> None:
    """Refuse to look for the worth of nothing."""
    if not (panel.past_names or panel.future_names):
        raise ConfigError(
            "--covariates: the config names none; set data.past, data.future, data.static or data.holidays"
        )


def roll_without(rolled: "Rolled", panel: Panel, config: Config, refit: "Refit", talk: Talk) -> "Rolled":
    """Return the scores with those of the model without covariates right behind the model's own."""
    from lstmcast.jobs.model.rolling import roll_origins

    talk.say("once more, without covariates")
    plain = roll_origins(make_problem(config, strip(panel)), config, (), refit, talk).tallies[config.model.cell]
    (model, own), *others = rolled.tallies.items()
    return replace(rolled, tallies={model: own, PLAIN: plain, **dict(others)})


def strip(panel: Panel) -> Panel:
    """Return the panel without its covariates."""
    nothing = np.empty((len(panel.values), 0))
    earlier = None if panel.earlier is None else strip(panel.earlier)
    return replace(panel, past_names=(), past=nothing, future_names=(), future=nothing, earlier=earlier)


def describe_worth(row: SkillRow, title: str) -> str:
    """Return what may be said of the covariates, from the model's skill against itself without them."""
    if row.skill is None:
        return "whether the covariates help cannot be said: there is no score"
    interval = "" if row.low is None or row.high is None else f" (95% interval: {row.low:+.1%} to {row.high:+.1%})"
    saved = f"save {row.skill:.1%} of" if row.skill >= 0 else f"add {-row.skill:.1%} to"
    effect = f"they {saved} the {title}{interval}"
    verdict, _, where = row.verdict.partition(" at ")
    here = f" at {where}" if where else ""
    match verdict:
        case "better":
            return f"the covariates help{here}: {effect}"
        case "worse":
            return f"the covariates do harm{here}: {effect}; leave them out, or look at their values"
        case _:
            return f"it is not clear that the covariates help: {effect}; without them the model is simpler"
