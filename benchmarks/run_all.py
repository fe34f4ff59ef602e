"""Runs every benchmark and keeps what they print in RESULTS.md."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = ("startup.py", "cold_predict.py", "cold_imports.py", "read.py", "demo.py")
HEAD = "# The last figures\n\nWritten by `make bench`.\n"


def main() -> int:
    """Run the scripts one after the other and return 1 if one of them failed."""
    parts, failed = [HEAD], False
    for script in SCRIPTS:
        ended = subprocess.run([sys.executable, HERE / script], stdout=subprocess.PIPE, text=True)
        print(ended.stdout, flush=True)
        parts.append(ended.stdout)
        failed |= ended.returncode != 0
    (HERE / "RESULTS.md").write_text("\n".join(parts), encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
