"""How the fault cases call `lstmcast`, and what holds after every refusal."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from lstmcast.cli.border import run
from lstmcast.cli.main import lstmcast

PACKAGE_HOME = Path(__file__).parents[2]
NAMES = {
    2: "usage",
    10: "config",
    11: "missing",
    12: "data",
    13: "short",
    14: "stale",
    15: "partial",
    20: "no-model",
    21: "artifact",
    22: "contract",
    30: "diverged",
    31: "gate",
    32: "implausible",
    40: "locked",
    41: "output",
    42: "timeout",
    43: "memory",
}
NOW = "2024-01-15"
NOBODY = 65534
CHANGES_OF_ITSELF = {"lock"}  # the lock file stays; that it is free again is what counts


@dataclass(frozen=True)
class Ended:
    """How a call ended."""

    code: int
    out: bytes
    err: str

    @property
    def last_line(self) -> str:
        return self.err.splitlines()[-1] if self.err else ""


Call = Callable[..., Ended]


def call_here(*arguments: object) -> Ended:
    """Run the command line in this process: half a second less than a fresh one."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = run(lstmcast, [str(argument) for argument in arguments])
        out.flush()
        err.flush()
    return Ended(code, out.buffer.getvalue(), err.buffer.getvalue().decode())


def call_fresh(
    *arguments: object,
    before: Sequence[object] = (),
    cwd: Path | str = "/",
    environment: dict[str, str] | None = None,
    timeout: float = 120,
) -> Ended:
    """Run the installed command in a process of its own, behind the command `before`."""
    return run_fresh(
        *before, sys.executable, "-m", "lstmcast", *arguments, cwd=cwd, environment=environment, timeout=timeout
    )


def run_fresh(
    *words: object, cwd: Path | str = "/", environment: dict[str, str] | None = None, timeout: float = 120
) -> Ended:
    """Run any command that can import this package."""
    command, env = [str(word) for word in words], environment_with_package(environment)
    ended = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr.decode())


def environment_with_package(environment: dict[str, str] | None = None) -> dict[str, str]:
    """Return where this package can be imported; bytecode is not kept: to write it would count as calls of ours."""
    env = dict(os.environ if environment is None else environment)
    return env | {"PYTHONPATH": str(PACKAGE_HOME), "PYTHONDONTWRITEBYTECODE": "1"}


def snapshot(folder: Path) -> dict[str, bytes | str]:
    """Return all that a folder holds: the bytes of files, where links lead, and that folders are there."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            if path.name not in CHANGES_OF_ITSELF:
                found[name] = path.read_bytes()
        else:
            found[name] = "folder" if path.is_dir() else "neither a file nor a folder"
    return found


def assert_refusal(ended: Ended, code: int, *mentions: object) -> None:
    """Hold what every failure promises: the code, and a last line that names the kind and the place."""
    assert ended.code == code, ended
    assert "Traceback" not in ended.err
    assert ended.last_line.startswith(f"lstmcast: error[{NAMES[code]}]: "), ended.err
    for mention in mentions:
        assert str(mention) in ended.last_line


def assert_refused(
    folder: Path, code: int, mentions: Sequence[object], *arguments: object, call: Call = call_here
) -> None:
    """Call and hold that it is refused, and that nothing in `folder` came, went or changed."""
    before = snapshot(folder)

    ended = call(*arguments)

    assert_refusal(ended, code, *mentions)
    assert snapshot(folder) == before


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that has to be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@cache
def works(*words: str) -> bool:
    """Return whether the machine lets us run this."""
    if shutil.which(words[0]) is None:
        return False
    return subprocess.run(words, capture_output=True, timeout=60, check=False).returncode == 0


def as_nobody() -> tuple[str, ...]:
    """Return the command that makes the next one another user's; skip where that cannot be."""
    drop = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    if not works(
        *drop, sys.executable, "-c", f"import sys; sys.path.insert(0, {str(PACKAGE_HOME)!r}); import lstmcast"
    ):
        pytest.skip("cannot run the package as another user here")
    return drop


def with_mounts(script: str) -> tuple[str, ...]:
    """Return the command that mounts by `script` for the next one alone; skip where that cannot be."""
    alone = ("unshare", "--user", "--map-root-user", "--mount")
    if not works(*alone, "sh", "-c", "mount -t tmpfs none /mnt"):
        pytest.skip("cannot mount anything here")
    return (*alone, "sh", "-c", f'{script}\nexec "$@"', "sh")


def under_strace(*options: str) -> tuple[str, ...]:
    """Return the command that interferes with the next one's system calls; skip where that cannot be."""
    trace = ("strace", "-f", "-qq", "-o", "/dev/null")
    if not works(*trace, "-e", "trace=rename", "-e", "inject=rename:error=EIO:when=9", "true"):
        pytest.skip("cannot trace system calls here")
    return (*trace, *options)
