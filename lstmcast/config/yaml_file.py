"""Turns a YAML file and its overrides into a `Config`, and a `Config` into YAML."""

import glob
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from lstmcast.config.folders import current_folder, folder_of, from_here
from lstmcast.config.settings import Fault, Place, Plain, Settings, config_error, overlay
from lstmcast.config.yaml_text import read_scalar, read_yaml
from lstmcast.errors import ConfigError, MissingError
from lstmcast.pipes import read_input
from lstmcast.spelling import did_you_mean

if TYPE_CHECKING:
    from lstmcast.config.schema import Config

LARGEST = 512_000  # bytes, as a wide table of 20,000 columns takes; the slowest text of this size takes five seconds

_NO_ENVIRONMENT: Mapping[str, str] = {}


def load_config(path: Path, *, sets: Sequence[str] = (), environment: Mapping[str, str] = _NO_ENVIRONMENT) -> "Config":
    """Return the config of the file at `path`; options count before variables, and variables before the file.

    Its paths come back absolute: those of the file start from its folder, those of overrides from the current one.
    """
    return read_config(_read_text(path), path, sets=sets, environment=environment)


def read_config(
    text: str, path: Path, *, sets: Sequence[str] = (), environment: Mapping[str, str] = _NO_ENVIRONMENT
) -> "Config":
    """Return the config that the file at `path` holds, or would hold, if `text` is what it says."""
    folder = folder_of(path)
    written = read_yaml(text, lambda line: Place(line, f"{path}:{line}", folder))

    from lstmcast.config.overrides import environment_settings, set_settings  # a text that is no YAML needs no schema
    from lstmcast.config.schema import Config
    from lstmcast.kinds import UnfitError

    settings = overlay(overlay(written, environment_settings(environment)), set_settings(sets))
    top = Place(0, str(path), folder)
    if not isinstance(settings.values, dict):
        problem = "holds no `key: value` lines; `lstmcast init FILE.csv` writes a config"
        raise config_error([*settings.faults, Fault(top, (), problem)])
    try:
        config = Config.from_plain(_with_sections(settings.values))
    except UnfitError as error:
        from lstmcast.config.faults import faults_of  # only here: a config without faults starts faster

        raise config_error(faults_of(error, settings, top)) from error
    if settings.faults:
        raise config_error(settings.faults)
    return _with_absolute_paths(config, settings, top)


def dump_config(config: "Config") -> str:
    """Return `config` as YAML with all values written out; `load_config` gives the same config back."""
    return yaml.dump(config.as_plain(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)


class _Dumper(yaml.SafeDumper):
    """Quotes each text that would be read as something else, as `1e-3`; writes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- the base class sets the signature
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    try:
        is_plain = read_scalar(text) == text and text.isprintable()
    except ValueError:
        is_plain = False
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_plain else '"')


_Dumper.add_representer(str, _represent_text)


def _read_text(path: Path) -> str:
    if path.name.endswith((".csv", ".csv.gz")):
        raise ConfigError(f"{path}: is a table, not a config; `lstmcast init {path}` writes a config for it")
    try:
        content = read_input(path, LARGEST + 1)
    except FileNotFoundError as error:
        raise MissingError(f"{path}: no such config{_similar(path)}; `lstmcast init FILE.csv` writes one") from error
    except OSError as error:
        raise MissingError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from error
    if len(content) > LARGEST:
        raise ConfigError(f"{path}: is larger than {LARGEST:,} bytes; a config is some lines of YAML")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"found the byte 0x{content[error.start]:02x}"
        raise ConfigError(f"{path}:{line}: is not UTF-8 text ({found}); save the file as UTF-8") from error


def _similar(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f" (there is no folder {str(folder)!r})"
    return did_you_mean(path.name, sorted(entry.name for entry in folder.glob("*.y*ml")))


def _with_sections(values: dict[str, Plain]) -> dict[str, Plain]:
    """Return `values` with each section there: a section without lines is one whose keys all have their defaults."""
    from lstmcast.config.keys import sections

    filled = dict(values)
    for path in sections():
        _fill_section(filled, path)
    return filled


def _fill_section(values: dict[str, Plain], path: tuple[str, ...]) -> None:
    for name in path:
        inner = values.get(name)
        if inner is not None and not isinstance(inner, dict):
            return  # left for the schema to refuse
        values[name] = values = dict(inner or {})


def _with_absolute_paths(config: "Config", settings: Settings, top: Place) -> "Config":
    output_folder = settings.places.get(("output", "dir"), top).folder
    files = {
        key: _absolute_globs(paths, settings.places.get(("data", key), top).folder)
        for key in ("path", "future_path")
        if (paths := getattr(config.data, key)) is not None
    }
    metrics = config.job.metrics
    metrics_folder = settings.places.get(("job", "metrics"), top).folder
    return config.changed(
        {
            "data": config.data.changed(files),
            "output": config.output.changed({"dir": _absolute(config.output.dir, output_folder)}),
            "job": config.job.changed({"metrics": metrics and _absolute(metrics, metrics_folder)}),
        }
    )


def _absolute(path: str, folder: str) -> str:
    absolute = os.path.normpath(from_here(Path(folder, path)))
    try:
        os.fsencode(absolute)
    except UnicodeEncodeError as error:
        raise ConfigError(
            f"{path}: has letters that file names cannot have here ({error.encoding}); set LC_ALL=C.UTF-8"
        ) from error
    return absolute


def _absolute_globs(paths: str | tuple[str, ...], folder: str) -> str | tuple[str, ...]:
    if isinstance(paths, str):
        return _absolute_glob(paths, folder)
    return tuple(_absolute_glob(path, folder) for path in paths)


def _absolute_glob(path: str, folder: str) -> str:
    """Return the absolute path; signs in the folder's name that a glob would take for its own are escaped."""
    return _absolute(path, glob.escape(folder or str(current_folder())) if glob.has_magic(path) else folder)
