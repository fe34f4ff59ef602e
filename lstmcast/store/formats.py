"""The formats of a version that were ever written: which are read, and how an older one becomes the present one."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lstmcast import __version__
from lstmcast.errors import ArtifactError
from lstmcast.store.damage import DamagedError

FORMAT_VERSION = 1

Members = dict[str, bytes]  # contents by file name
Migration = Callable[[Members], Members]
MIGRATIONS: Mapping[int, Migration] = {}  # from format n to n + 1; all members but the manifest and the weights

_RELEASE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){1,3}")


def check_format(raw: Mapping[str, Any], where: Path) -> None:
    """Refuse a manifest of a format that is not read; it comes first, since other fields of it may be unknown here."""
    found = raw.get("format_version")
    if type(found) is not int or found < 1:
        raise DamagedError(f"{where}: has no valid format_version")
    if found > FORMAT_VERSION:
        libraries = raw.get("libraries")
        writer = str(libraries.get("lstmcast")) if isinstance(libraries, dict) else ""
        needed = f"{writer} or newer" if _RELEASE.fullmatch(writer) and writer != __version__ else "a newer release"
        raise ArtifactError(
            f"{where}: format {found} needs a newer lstmcast than this one "
            f"({__version__}, which reads format {FORMAT_VERSION}); install {needed} of lstmcast"
        )
    if found < FORMAT_VERSION and found not in MIGRATIONS:
        raise ArtifactError(f"{where}: format {found} is too old for lstmcast {__version__}; train again")


def migrate(members: Members, found: int) -> Members:
    """Return the members of a version of format `found` in the present format."""
    for older in range(found, FORMAT_VERSION):
        members = MIGRATIONS[older](members)
    return members
