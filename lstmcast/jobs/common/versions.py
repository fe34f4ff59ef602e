"""The versions that a job finds, and whether they are of its config and its data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from lstmcast.config.schema import Config
from lstmcast.errors import ArtifactError, NoModelError
from lstmcast.jobs.common.fingerprints import model_fingerprint, place_of_data
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.manifest import id_time
from lstmcast.store.versions import current_version, list_versions, models_folder, resolve_version

CLOCK_SLACK = timedelta(days=1)  # a clock may be set back a little; a training later than that is none to count from
CONFIG, DATA = "config_fingerprint", "data_path"  # among the metrics of a version


@dataclass(frozen=True)
class Versions:
    """The version that forecasts, the one that was trained last, whatever the gate said of it, and what is wrong."""

    present: LoadedVersion | None
    newest: LoadedVersion | None
    trouble: str | None = None

    @property
    def trained(self) -> datetime | None:
        """Return when a model was last trained."""
        return None if self.newest is None else datetime.fromisoformat(self.newest.manifest.created)


def find_versions(workspace: Path, now: datetime) -> Versions:
    """Return the versions of a workspace that can be loaded.

    One that was made while the clock was wrong, and is of the future, is the newest only where there is no other.
    """
    present, trouble = None, None
    try:
        present = load_version(resolve_version(workspace))
    except NoModelError as error:
        trouble = str(error) if current_version(workspace) else None
    except ArtifactError as error:
        trouble = str(error)
    versions, now_or_before = list_versions(workspace), id_time(now + CLOCK_SLACK)
    for version in sorted(versions, key=lambda version: version > now_or_before):
        if present is not None and version == present.id:
            return Versions(present, present, trouble)
        try:
            return Versions(present, load_version(models_folder(workspace) / version), trouble)
        except (ArtifactError, NoModelError):
            continue
    return Versions(present, present, trouble)


def is_of_config(version: LoadedVersion, config: Config) -> bool:
    """Return whether a version was trained by what the config says now, as far as that decides a model."""
    wanted = model_fingerprint(config)
    return bool(version.artifact.metrics.get(CONFIG, wanted) == wanted)


def describe_other_data(config: Config, version: LoadedVersion) -> str | None:
    """Return what to say where a version was trained on other files than those of the config, if so."""
    here = place_of_data(config)
    there = version.artifact.metrics.get(DATA)  # versions of before do not say
    if not isinstance(there, list) or there == here:
        return None
    return (
        f"{version.id} was trained on {', '.join(map(str, there))}, and data.path is {', '.join(here)} (as seen from "
        "the workspace); if this is the workspace of another config, set an output.dir of its own"
    )
