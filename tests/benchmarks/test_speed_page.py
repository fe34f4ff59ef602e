"""The page about speed is what its script writes: its words cannot fall behind."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_has_the_words_and_the_last_figures_of_the_script():
    script = runpy.run_path(str(ROOT / "benchmarks/speed/run.py"))

    sections = script["read_sections"]()

    assert "throughput" in sections
    assert (ROOT / "docs/speed.md").read_text(encoding="utf-8") == script["render_page"](sections)
