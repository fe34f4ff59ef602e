import os
import subprocess
import sys
import time

import pytest

from lstmcast.report.canvas import INK, MUTED, label_text, legend_columns, prepare_cache

DRAW = """
import sys
from pathlib import Path
from lstmcast.report.plots import history_plot
print("matplotlib" in sys.modules)
history_plot([], cache=Path(sys.argv[1]))
print("matplotlib.pyplot" in sys.modules)
"""


def test_drawing_writes_into_its_cache_and_nowhere_else(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}

    ended = subprocess.run(
        [sys.executable, "-c", DRAW, str(tmp_path / "runs" / "cache")],
        capture_output=True,
        text=True,
        env=environment,
        cwd=home,
    )

    assert (ended.stdout, ended.stderr) == ("False\nFalse\n", "")
    assert list(home.iterdir()) == []
    assert any(path.name.startswith("fontlist") for path in (tmp_path / "runs" / "cache").iterdir())


def test_a_cache_that_is_named_already_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLCONFIGDIR", "/elsewhere")

    prepare_cache(tmp_path)

    assert os.environ["MPLCONFIGDIR"] == "/elsewhere"


def test_a_lock_that_goes_while_it_is_looked_at_is_no_trouble(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    lock = tmp_path / "gone.json.matplotlib-lock"
    lock.symlink_to(tmp_path / "none")  # listed, and not there when asked for its age

    prepare_cache(tmp_path)

    assert lock.is_symlink()


def test_a_lock_that_a_killed_run_left_is_removed(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    old, young = tmp_path / "fontlist.json.matplotlib-lock", tmp_path / "other.json.matplotlib-lock"
    old.touch()
    young.touch()
    os.utime(old, (time.time() - 3600,) * 2)

    prepare_cache(tmp_path)

    assert list(tmp_path.iterdir()) == [young]


def test_a_label_stays_on_one_line_and_short():
    assert label_text("a\nb\x07c") == "a b c"
    assert label_text("d" * 50) == "d" * 47 + "…"


def test_a_legend_has_as_many_columns_as_its_labels_leave_room_for():
    assert legend_columns([4, 4, 4], width=8.0) == 3
    assert legend_columns([23, 18, 8, 8, 8, 8, 11], width=8.0) == 5
    assert legend_columns([200, 200], width=8.0) == 1


@pytest.mark.parametrize("colour", [INK, MUTED])
def test_letters_stand_out_from_the_paper(colour):
    def light(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (light(int(colour[place : place + 2], 16)) for place in (1, 3, 5))

    assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5  # as WCAG asks for small text
