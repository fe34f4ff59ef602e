"""Processes of which one system call kills or fails, forked from one that has imported everything.

Each such case wants a process for every call that a command makes, and to start Python takes ten times what the command
takes. strace counts the calls of each process by themselves and strikes at number LAST; who is to be struck earlier
makes calls that do nothing beforehand.
"""

import json
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.runs import Ended, environment_with_package, under_strace

Doomed = Callable[..., Ended]
LAST = 200  # more than any case needs, and more than the parent makes itself
PATIENCE = 120  # seconds; no command here takes one
COMMAND = "from lstmcast.cli.main import main; main()"
PARENT = """
import json, os, sys
from contextlib import suppress

import lstmcast.cli.main, lstmcast.cli.models, lstmcast.cli.predict, lstmcast.cli.run
import lstmcast.config.yaml_file, lstmcast.jobs.models, lstmcast.jobs.predict, lstmcast.jobs.run
import lstmcast.store.artifact

NO_FILE = 1_000_000
BARREN = {
    "fsync": lambda: os.fsync(NO_FILE),
    "rename": lambda: os.rename("", ""),
    "unlink": lambda: os.unlink(""),
    "write": lambda: os.write(NO_FILE, b""),
}

for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child == 0:
        for number, path in enumerate(order["streams"]):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666), number)
        sys.argv = order["words"]
        for _ in range(order["barren"]):
            with suppress(OSError):
                BARREN[order["call"]]()
        code = 0
        try:
            exec(order["script"], {"__name__": "__main__"})
        except SystemExit as error:
            code = error.code or 0
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # to take apart what was imported takes longer than most commands
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@contextmanager
def doomed_processes(folder: Path, call: str, fate: str) -> Iterator[Doomed]:
    """Yield what runs a command, or `script`, in a process whose system call of this kind and number meets its fate."""
    trace = under_strace("-e", f"trace={call}", "-e", f"inject={call}:{fate}:when={LAST}")
    out, err = folder / "out", folder / "err"

    def run(number: int, *words: object, script: str = COMMAND) -> Ended:
        order = {"call": call, "barren": LAST - number, "script": script}
        order |= {"words": ["lstmcast", *map(str, words)], "streams": ["/dev/null", str(out), str(err)]}
        parent.stdin.write(json.dumps(order) + "\n")
        parent.stdin.flush()
        has_ended = select.select([parent.stdout], [], [], PATIENCE)[0]
        if not has_ended:
            parent.kill()
        assert has_ended, order
        return Ended(int(parent.stdout.readline()), out.read_bytes(), err.read_text())

    command = [*trace, sys.executable, "-c", PARENT]
    env = environment_with_package() | {"OPENBLAS_NUM_THREADS": "1"}  # no thread of the parent may hinder a fork
    with subprocess.Popen(
        command, cwd="/", env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        yield run
    assert parent.returncode == 0
