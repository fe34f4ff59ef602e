"""What `lstmcast doctor` finds out about the machine and the installation."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lstmcast import __version__
from lstmcast.config.schema import Config
from lstmcast.control_groups import memory_limit
from lstmcast.cores import usable_cores
from lstmcast.errors import OutputError
from lstmcast.files import is_folder, is_there, text_or_nothing

PACKAGES = ("numpy", "pandas", "keras", "tensorflow", "matplotlib", "safetensors")
CPU_FLAGS = ("avx2", "avx512f", "amx_bf16")  # what decides how fast training can be
THREAD_VARIABLES = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
GIB = 2**30
DEEP_SECONDS = 120


@dataclass(frozen=True)
class DeepResult:
    """How the import of TensorFlow went, in a process of its own."""

    works: bool
    seconds: float
    message: str


@dataclass(frozen=True)
class DoctorResult:
    """The facts; None where one could not be found out or was not asked for."""

    lstmcast: str
    python: str
    system: str
    packages: Mapping[str, str | None]
    cores: int
    usable_cores: int
    threads: Mapping[str, str]
    cpu_flags: Mapping[str, bool] | None
    memory: int | None  # bytes
    memory_available: int | None  # bytes
    memory_limit: int | None  # bytes
    workspace: str | None
    workspace_writable: bool | None
    tensorflow_import: DeepResult | None

    def as_json(self) -> dict[str, Any]:
        """Return the result as a JSON document."""
        return asdict(self)

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield each fact with its name, for people."""
        yield "lstmcast", self.lstmcast
        yield "python", self.python
        yield "system", self.system
        yield from ((name, found or "missing: install lstmcast again") for name, found in self.packages.items())
        yield "cores", f"{self.usable_cores} of {self.cores} usable"
        yield from self.threads.items()
        if self.cpu_flags is not None:
            yield from ((name, "yes" if there else "no") for name, there in self.cpu_flags.items())
        if self.memory is not None and self.memory_available is not None:
            yield "memory", f"{self.memory / GIB:.1f} GiB, {self.memory_available / GIB:.1f} GiB available"
        if self.memory_limit is not None:
            yield "memory limit", f"{self.memory_limit / GIB:.1f} GiB, of the container or unit"
        if self.workspace is not None:
            yield "workspace", f"{self.workspace}: {'writable' if self.workspace_writable else 'NOT writable'}"
        if self.tensorflow_import is not None:
            yield "import tensorflow", self.tensorflow_import.message


def doctor(config: Config | None, *, environment: Mapping[str, str], deep: bool) -> DoctorResult:
    """Return what this machine is; of the workspace only with a config, of TensorFlow's import only if `deep`."""
    workspace = None if config is None else Path(config.output.dir)
    memory = read_memory()
    return DoctorResult(
        lstmcast=__version__,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        packages={name: installed_version(name) for name in PACKAGES},
        cores=os.cpu_count() or 1,
        usable_cores=usable_cores(),
        threads={name: environment[name] for name in THREAD_VARIABLES if name in environment},
        cpu_flags=read_cpu_flags(),
        memory=memory.get("MemTotal"),
        memory_available=memory.get("MemAvailable"),
        memory_limit=memory_limit(),
        workspace=None if workspace is None else str(workspace),
        workspace_writable=None if workspace is None else is_writable(workspace),
        tensorflow_import=_import_tensorflow_elsewhere() if deep else None,
    )


def installed_version(package: str) -> str | None:
    """Return the version of an installed package without importing it."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def read_cpu_flags(path: Path = Path("/proc/cpuinfo")) -> dict[str, bool] | None:
    """Return which of the flags that matter the processor has; None where the system does not tell."""
    text = text_or_nothing(path)
    found = next((line.split() for line in text.splitlines() if line.startswith("flags")), None)
    return None if found is None else {flag: flag in found for flag in CPU_FLAGS}


def read_memory(path: Path = Path("/proc/meminfo")) -> dict[str, int]:
    """Return the sizes that the system tells, in bytes, by their names."""
    lines = (line.split() for line in text_or_nothing(path).splitlines())
    return {words[0].rstrip(":"): int(words[1]) * 1024 for words in lines if len(words) == 3}


def is_writable(workspace: Path) -> bool:
    """Return whether files can be made in the workspace, or the workspace itself where it is not there yet."""
    try:
        nearest = next(folder for folder in (workspace, *workspace.parents) if is_there(folder))
        return is_folder(nearest) and os.access(nearest, os.W_OK | os.X_OK)
    except OutputError:
        return False


def _import_tensorflow_elsewhere() -> DeepResult:
    """Import TensorFlow in a process of its own: where the processor is too old for it, that process dies, not this."""
    start = time.perf_counter()
    try:
        ended = subprocess.run(
            [sys.executable, "-c", "import tensorflow"], capture_output=True, text=True, timeout=DEEP_SECONDS
        )
    except subprocess.TimeoutExpired:
        return DeepResult(False, float(DEEP_SECONDS), f"not done within {DEEP_SECONDS} s")
    seconds = round(time.perf_counter() - start, 1)
    if ended.returncode == 0:
        return DeepResult(True, seconds, f"works, {seconds} s")
    last = (ended.stderr.strip().splitlines() or [""])[-1]
    return DeepResult(False, seconds, f"fails with exit code {ended.returncode}: {last}")
