"""What lies at the top of the repository: nothing that a test or a trial has left there."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXPECTED = {
    *{".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "pyproject.toml"},
    *{"benchmarks", "configs", "data", "docs", "lstmcast", "tests"},
}


def test_the_top_of_the_repository_holds_what_it_should():
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: what is kept cannot be told from what is not")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert {line.split("/")[0] for line in listed.stdout.splitlines()} == EXPECTED
