"""Whether covariates pay: the model trained once more without them, on the same origins."""

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from lstmcast.config.schema import Config
from lstmcast.data.panel import Panel
from lstmcast.errors import ConfigError
from lstmcast.evaluation.bootstrap import Skill
from lstmcast.evaluation.titles import skill_interval
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.model.problem import make_problem

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
    plain = roll_origins(make_problem(config, _strip(panel)), config, (), refit, talk).tallies[config.model.cell]
    (model, own), *others = rolled.tallies.items()
    return replace(rolled, tallies={model: own, PLAIN: plain, **dict(others)})


def _strip(panel: Panel) -> Panel:
    """Return the panel without its covariates."""
    nothing = np.empty((len(panel.values), 0))
    earlier = None if panel.earlier is None else _strip(panel.earlier)
    return replace(panel, past_names=(), past=nothing, future_names=(), future=nothing, earlier=earlier)


def spell_rival(name: str) -> str:
    """Return whom the model is compared with, in words; without covariates it is itself."""
    return "itself without covariates" if name == PLAIN else name.replace("_", " ")


def describe_worth(found: Skill, title: str, reach: str) -> str:
    """Return what may be said of the covariates, from the model's skill against itself without them.

    `reach` says how far it holds, such as ` at this origin`.
    """
    if not isfinite(found.skill):
        return "whether the covariates help cannot be said: there is no score"
    interval = ""
    if found.low is not None and found.high is not None:
        interval = f" (95% interval: {skill_interval(found.low, found.high)})"
    saved = f"save {found.skill:.1%} of" if found.skill >= 0 else f"add {-found.skill:.1%} to"
    effect = f"they {saved} the {title}{interval}"
    match found.verdict:
        case "better":
            return f"the covariates help{reach}: {effect}"
        case "worse":
            return f"the covariates do harm{reach}: {effect}; leave them out, or look at their values"
        case _:
            return f"it is not clear that the covariates help: {effect}; without them the model is simpler"
