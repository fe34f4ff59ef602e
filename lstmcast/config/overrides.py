"""Reads what overrides the config file: `--set a.b=value` and the `LSTMCAST_*` variables."""

from collections.abc import Mapping, Sequence
from functools import reduce

from lstmcast.config.keys import dotted_keys
from lstmcast.config.settings import Fault, KeyPath, Place, Plain, Settings, overlay, shown
from lstmcast.config.yaml_text import read_scalar, read_yaml
from lstmcast.spelling import did_you_mean

PREFIX = "LSTMCAST_"

NOTHING = Settings({}, {})


def set_settings(sets: Sequence[str]) -> Settings:
    """Return what the `--set` options say; of two for one key, the last counts."""
    return reduce(overlay, map(_read_set, sets), NOTHING)


def environment_settings(environment: Mapping[str, str]) -> Settings:
    """Return what the `LSTMCAST_*` variables say; an unknown one is a fault."""
    keys = {_variable_name(key): key for key in dotted_keys()}
    found = sorted(name for name in environment if name.startswith(PREFIX))
    return reduce(overlay, (_read_variable(name, environment[name], keys) for name in found), NOTHING)


def _variable_name(key: str) -> str:
    """Return the variable that overrides `key`: `LSTMCAST_TRAIN_SEED` for `train.seed`."""
    return PREFIX + key.replace(".", "_").upper()


def _read_set(option: str) -> Settings:
    key, equals, text = option.partition("=")
    place = Place(0, f"--set {_one_line(option)}")
    if not equals or not key.strip():
        return Settings({}, {}, (Fault(place, (), "must be key=value, as `--set forecast.horizon=24`"),))
    return _nest(tuple(key.strip().split(".")), _read_value(text, place), place)


def _read_variable(name: str, text: str, keys: Mapping[str, str]) -> Settings:
    place = Place(0, f"{name}={_one_line(text)}")
    if name not in keys:
        return Settings({}, {}, (Fault(place, (), f"unknown variable{did_you_mean(name, keys)}"),))
    return _nest(tuple(keys[name].split(".")), _read_value(text, place), place)


def _read_value(text: str, place: Place) -> Settings:
    """Read lists, mappings and quoted text as YAML; anything else is one word or text, whatever signs it holds."""
    text = text.strip()
    if text.startswith(("[", "{", '"', "'")):
        return read_yaml(text, lambda _: place)
    try:
        return Settings(read_scalar(text), {})
    except ValueError as error:
        return Settings(None, {}, (Fault(place, (), str(error)),))


def _nest(path: KeyPath, value: Settings, place: Place) -> Settings:
    nested: Plain = value.values
    for part in reversed(path):
        nested = {str(part): nested}
    sections = {path[:length]: place for length in range(1, len(path) + 1)}
    inner = {(*path, *below): place for below in value.places}
    faults = tuple(fault._replace(path=(*path, *fault.path)) for fault in value.faults)
    return Settings(nested, {**sections, **inner}, faults)


def _one_line(text: str) -> str:
    return text if text.isprintable() and len(text) <= 80 else shown(text)
