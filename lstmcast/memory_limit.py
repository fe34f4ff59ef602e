"""How much memory the container or systemd unit that this process runs in may have: beyond it, it is killed."""

from collections.abc import Iterator
from pathlib import Path

from lstmcast.files import text_or_nothing

GROUPS, MOUNTS = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")
NO_LIMIT = 2**60  # what older kernels say instead is a little below 2**63


def memory_limit(groups: Path = GROUPS, mounts: Path = MOUNTS) -> int | None:
    """Return the tightest limit in bytes on the control groups of this process; None where there is none."""
    limits = [limit for path in _limit_files(groups, mounts) if (limit := _read_limit(path)) is not None]
    return min(limits, default=None)


def _limit_files(groups: Path, mounts: Path) -> Iterator[Path]:
    """Yield where the limits may stand: those of each group of this process, and of all groups around it."""
    for words in (line.split(":", 2) for line in text_or_nothing(groups).splitlines()):
        if len(words) == 3 and (words[1] == "" or "memory" in words[1].split(",")):
            root, name = (mounts / "memory", "memory.limit_in_bytes") if words[1] else (mounts, "memory.max")
            group = root / words[2].lstrip("/")
            yield from (folder / name for folder in (group, *group.parents) if folder.is_relative_to(root))


def _read_limit(path: Path) -> int | None:
    """Return the limit that a file states, if it states one."""
    text = text_or_nothing(path).strip()
    return int(text) if text.isdecimal() and int(text) < NO_LIMIT else None
