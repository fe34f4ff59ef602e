"""How much the container or systemd unit that this process runs in may have: memory and time of the processor."""

from collections.abc import Iterator
from pathlib import Path

from lstmcast.files import text_or_nothing

GROUPS, MOUNTS = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")
NO_LIMIT = 2**60  # what older kernels say instead is a little below 2**63


def memory_limit(groups: Path = GROUPS, mounts: Path = MOUNTS) -> int | None:
    """Return the tightest limit in bytes on the groups of this process, beyond which it is killed; None without one."""
    limits = [
        limit
        for folder, is_old in _groups_with("memory", groups, mounts)
        if (limit := _number_in(folder / ("memory.limit_in_bytes" if is_old else "memory.max"))) is not None
    ]
    return min(limits, default=None)


def cpu_limit(groups: Path = GROUPS, mounts: Path = MOUNTS) -> float | None:
    """Return how many processors' time the groups of this process may take, beyond which it must wait; None for all."""
    limits = []
    for folder, is_old in _groups_with("cpu", groups, mounts):
        if is_old:
            quota, period = (_number_in(folder / f"cpu.cfs_{name}_us") for name in ("quota", "period"))
        else:
            words = text_or_nothing(folder / "cpu.max").split()
            quota, period = (_number(word) for word in words) if len(words) == 2 else (None, None)
        if quota and period:
            limits.append(quota / period)
    return min(limits, default=None)


def _groups_with(kind: str, groups: Path, mounts: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the folders of each group of this process and of all groups around it, and if an older kernel keeps them.

    Older ones have a tree for each kind of limit, newer ones have one tree for all.
    """
    for words in (line.split(":", 2) for line in text_or_nothing(groups).splitlines()):
        if len(words) == 3 and (words[1] == "" or kind in words[1].split(",")):
            root = mounts / kind if words[1] else mounts
            group = root / words[2].lstrip("/")
            for folder in (group, *group.parents):
                if folder.is_relative_to(root):
                    yield folder, bool(words[1])


def _number_in(path: Path) -> int | None:
    return _number(text_or_nothing(path).strip())


def _number(text: str) -> int | None:
    """Return the limit that a text states, if it states one."""
    return int(text) if text.isdecimal() and int(text) < NO_LIMIT else None
