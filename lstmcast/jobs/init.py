"""`init`: look at a file that nobody has described and write a config that `check` and `train` accept."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lstmcast.config.data_config import CsvConfig, DataConfig
from lstmcast.config.folders import folder_of
from lstmcast.config.json_schema import json_schema_text
from lstmcast.config.overrides import set_settings
from lstmcast.config.schema import Config
from lstmcast.config.settings import Plain
from lstmcast.config.values import names_in
from lstmcast.config.yaml_file import read_config
from lstmcast.data.clock.spacing import OffGridError
from lstmcast.data.clock.times import Frequency
from lstmcast.data.layout.csv_guess import doubt_last_line, guess_csv
from lstmcast.data.read import Reading, read_panel
from lstmcast.data.rows import DoubledError
from lstmcast.data.survey.columns import look_at_columns
from lstmcast.data.survey.number_style import doubt_points
from lstmcast.data.survey.profile import profile_reading
from lstmcast.data.survey.roles import Roles, guess_roles
from lstmcast.data.survey.turned import header_of, refuse_turned
from lstmcast.data.table.csv_file import open_sources
from lstmcast.errors import ConfigError, DataError
from lstmcast.files import check_folder_of, is_same, is_there, safe_file_name, write_whole
from lstmcast.jobs.common.talk import SilentTalk, Talk
from lstmcast.jobs.model.problem import make_problem
from lstmcast.jobs.setup.config_text import override, write_config_text
from lstmcast.jobs.setup.draft import Found, draft_head, draft_lines, draft_notes
from lstmcast.jobs.setup.first_plan import FirstPlan, choose_plan

SCHEMA_NAME = "lstmcast.schema.json"
YEAR = re.compile(r"(?i)year|jahr|ann[eé]e|^y?yr$")
UNITS = "data.csv.units."
MOST_PLANS = 4  # until data and horizon fit
ROLES = ("time", "id", "target", "past", "future", "static")
SKELETON = 'data: {path: "?", time: "\\0", target: "\\a"}\nforecast: {horizon: 1}\n'  # what --set is checked against


@dataclass(frozen=True)
class InitResult:
    """A config that was written."""

    path: Path
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return {"path": str(self.path), "notes": list(self.notes)}


def init(csv: Path, *, output: Path, force: bool, sets: Sequence[str], talk: Talk | None = None) -> InitResult:
    """Write a commented config for the file `csv` to `output`."""
    talk = talk or SilentTalk()
    if is_same(csv, output):
        raise ConfigError(f"{output}: is the file to look at, and would be lost; name another by -o")
    if is_there(output) and not force:
        raise ConfigError(f"{output}: is there already; add --force to replace it, or -o to name another file")
    check_folder_of(output)
    wanted = read_config(SKELETON, output, sets=sets)
    flat = dict(_flatten(set_settings(sets).values))
    given = {key: value for key, value in flat.items() if not key.startswith(UNITS)}  # those join what is found
    if "data.path" in given:
        raise ConfigError("--set data.path: the file is the argument CSV already; leave it out")
    found = _look(csv, output, wanted, given, talk)
    lines = override(draft_lines(found), _with_paths(given, wanted, output), "set with --set")
    text = write_config_text(draft_head(found, SCHEMA_NAME, output.name), lines)
    config = read_config(text, output)
    reading = read_panel(config.data, horizon=config.forecast.horizon, progress=partial(talk.progress, "reading"))
    make_problem(config, reading.panel)  # what `train` would refuse is refused here
    schema = output.parent / SCHEMA_NAME
    notes = draft_notes(found, given)
    if csv.is_fifo():
        notes.append("data.path names a pipe: name a file there, unless the pipe will be there again")
    if not is_there(schema):
        write_whole(schema, json_schema_text().encode())
        notes.append(f"wrote {schema}, by which editors complete and check the config")
    write_whole(output, text.encode())
    return InitResult(output, tuple(notes))


def _look(csv: Path, output: Path, wanted: Config, given: Mapping[str, Plain], talk: Talk) -> Found:
    """Return what is found in the file, read with the policies that it needs."""
    path = str(Path(folder_of(csv), csv.name))
    fixed = frozenset(key.removeprefix("data.csv.").partition(".")[0] for key in given if key.startswith("data.csv."))
    guess = guess_csv(path, wanted.data.csv, fixed)
    options, doubts = guess.csv, dict(guess.doubts)
    sources = open_sources(path, options)
    tell = partial(talk.progress, "looking at columns")
    columns = look_at_columns(sources, options.changed({"last_line": "keep"}), tell)
    separator = sources.files[0].separator
    if "data.target" not in given:
        refuse_turned(header_of(str(csv), sources.columns, columns, options, separator), columns, sources.rows)
    known = _given_roles(wanted.data, given)
    roles = guess_roles(str(csv), columns, sources.rows, known, names_in(wanted.data.time_format), separator)
    if roles.style[0] == "." and (doubt := doubt_points(columns, separator, roles.time_format)):
        doubts.setdefault("decimal", doubt)
    if options.last_line == "auto" and (doubt := doubt_last_line(sources, roles.used)):
        options, doubts["last_line"] = options.changed({"last_line": "keep"}), doubt
    data = _describe(path, roles, wanted.data, options)
    reading, used = _read_as_needed(data, given)
    reading, plan = _split_by_plan(reading, used, partial(_plan, roles=roles, wanted=wanted, given=given))
    folder = folder_of(output)
    name = output.stem if output.stem != "lstmcast" else csv.name.split(".")[0]
    return Found(
        os.path.relpath(path, folder), f"runs/{safe_file_name(name)}",
        roles, reading, profile_reading(reading), plan, _settled(data.csv, reading), doubts,
        used.duplicates, used.gaps, used.off_grid, _doubles_an_hour(used, reading),
    )  # fmt: skip


def _split_by_plan(
    reading: Reading, data: DataConfig, plan_for: Callable[[Reading], FirstPlan]
) -> tuple[Reading, FirstPlan]:
    """Return data and plan that fit each other: a horizon says which gaps split series, and those say the horizon."""
    plan = plan_for(reading)
    if not reading.fills.any():
        return reading, plan
    for _ in range(MOST_PLANS):
        reading = read_panel(data, horizon=plan.horizon)
        previous, plan = plan, plan_for(reading)
        if plan.horizon == previous.horizon:
            return reading, plan
    return read_panel(data, horizon=plan.horizon), plan


def _plan(reading: Reading, roles: Roles, wanted: Config, given: Mapping[str, Plain]) -> FirstPlan:
    profile = profile_reading(reading)
    return choose_plan(
        reading.panel.frequency,
        profile.typical,
        season=profile.hidden_season.period if profile.hidden_season else None,
        are_years=_are_years(reading),
        ahead=profile.ahead if roles.future else None,
        horizon=wanted.forecast.horizon if "forecast.horizon" in given else None,
        windows=wanted.evaluate.windows if "evaluate.windows" in given else None,
    )


def _given_roles(data: DataConfig, given: Mapping[str, Plain]) -> dict[str, tuple[str, ...]]:
    """Return the columns that --set names, by role."""
    return {role: names_in(getattr(data, role)) for role in ROLES if f"data.{role}" in given}


def _describe(path: str, roles: Roles, wanted: DataConfig, options: CsvConfig) -> DataConfig:
    decimal, thousands = roles.style
    signs: dict[str, object] = {"decimal": decimal, "thousands": thousands} if roles.style != (".", None) else {}
    signs |= {"units": {**roles.units, **options.units}}
    missing = tuple(dict.fromkeys((*options.missing, *roles.missing)))
    return wanted.changed(
        {
            "path": path,
            "time": roles.time,
            "time_format": roles.time_format[0] if len(roles.time_format) == 1 else roles.time_format,
            "id": roles.ids or None,
            "target": roles.targets if len(roles.targets) > 1 else roles.targets[0],
            "future": roles.future,
            "csv": options.changed({**signs, "missing": missing}),
        }
    )


def _settled(csv: CsvConfig, reading: Reading) -> CsvConfig:
    """Return the settings with what the reader found in place of `auto`."""
    facts = reading.csv
    return csv.changed({"separator": facts.separator, "decimal": facts.decimal, "encoding": facts.encoding})


def _read_as_needed(data: DataConfig, given: Mapping[str, Plain]) -> tuple[Reading, DataConfig]:
    """Return the reading, and the policies for rows off the grid, doubled and missing that it needs and no more."""
    lenient = {
        **({} if "data.duplicates" in given else {"duplicates": "mean"}),
        **({} if "data.gaps" in given else {"gaps": "interpolate"}),
    }
    try:
        reading = read_panel(data.changed(lenient))
    except OffGridError:
        if {"data.off_grid", "data.freq"} & given.keys():
            raise
        lenient["off_grid"] = "nearest"
        reading = read_panel(data.changed(lenient))
    if "duplicates" in lenient:
        policy = _duplicates_policy(data, lenient, reading)
        lenient["duplicates"] = policy
    if "gaps" in lenient and not reading.fills.any() and not reading.covariate_fills:
        strict = data.changed({**lenient, "gaps": "error"})
        try:
            reading = read_panel(strict)
            lenient["gaps"] = "error"
        except DataError:
            pass  # rows without a target at the end
    return reading, data.changed(lenient)


def _duplicates_policy(data: DataConfig, lenient: Mapping[str, str], reading: Reading) -> str:
    """Return `first` where doubled rows say the same, else their mean."""
    if not reading.duplicates_dropped:
        return "error"
    firsts, lasts = (read_panel(data.changed({**lenient, "duplicates": policy})).panel for policy in ("first", "last"))
    return "first" if np.array_equal(firsts.values, lasts.values, equal_nan=True) else "mean"


def _doubles_an_hour(data: DataConfig, reading: Reading) -> bool:
    """Return whether the first doubled time is one that clocks show twice when they are set back."""
    if not reading.duplicates_dropped:
        return False
    try:
        read_panel(data.changed({"duplicates": "error"}))
    except DataError as error:
        return isinstance(error, DoubledError) and error.is_clock_change
    return False


def _are_years(reading: Reading) -> bool:
    """Return whether whole numbers count years."""
    panel = reading.panel
    ticks = np.append(panel.first, panel.cutoffs)
    in_range = panel.frequency == Frequency("integer", 1) and ticks.min() >= 1500 and ticks.max() <= 2200
    return bool(in_range and YEAR.search(reading.time_name))


def _with_paths(given: Mapping[str, Plain], wanted: Config, output: Path) -> dict[str, Plain]:
    """Return the values of --set as the file has to say them: its paths start from its own folder."""
    if "output.dir" not in given:
        return dict(given)
    return {**given, "output.dir": os.path.relpath(wanted.output.dir, folder_of(output))}


def _flatten(values: Plain, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Plain]]:
    """Yield the dotted key and the value of each setting."""
    if not isinstance(values, dict):
        yield ".".join(path), values
        return
    for key, value in values.items():
        yield from _flatten(value, (*path, key))
