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


def draw_in(home, **environment):
    """Draw in a new process that is in its home, with a cache elsewhere."""
    return subprocess.run(
        [sys.executable, "-c", DRAW, str(home.parent / "runs" / "cache")],
        capture_output=True,
        text=True,
        env={"HOME": str(home), "PATH": os.environ["PATH"], **environment},
        cwd=home,
    )


def test_drawing_writes_into_its_cache_and_nowhere_else(tmp_path):
    home = tmp_path / "home"
    home.mkdir()

    ended = draw_in(home)

    assert (ended.stdout, ended.stderr) == ("False\nFalse\n", "")
    assert list(home.iterdir()) == []
    assert any(path.name.startswith("fontlist") for path in (tmp_path / "runs" / "cache").iterdir())


def test_settings_of_matplotlib_for_others_do_not_matter(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    settings = tmp_path / "settings"
    settings.write_bytes(b"lines.linewidth: \xff\n")

    ended = draw_in(home, MPLBACKEND="nonsense", MATPLOTLIBRC=str(settings))

    assert (ended.stdout, ended.stderr) == ("False\nFalse\n", "")


def test_the_backend_of_who_imports_us_stays_the_one_of_pyplot(tmp_path):
    check = (
        "import os, matplotlib; print(matplotlib.get_backend(), os.environ['MPLBACKEND'], 'MATPLOTLIBRC' in os.environ)"
    )
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "MPLBACKEND": "svg"}

    ended = subprocess.run(
        [sys.executable, "-c", f"{DRAW}\n{check}", str(tmp_path)], capture_output=True, text=True, env=environment
    )

    assert (ended.stdout, ended.stderr) == ("False\nFalse\nsvg svg False\n", "")


def test_settings_in_the_current_folder_that_cannot_be_read_are_named(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "matplotlibrc").write_bytes(b"lines.linewidth: \xff\n")

    ended = draw_in(home)

    assert ended.stderr.splitlines()[-1].startswith(
        "lstmcast.errors.MissingError: matplotlib: cannot be loaded: 'utf-8'"
    )
    assert ended.stderr.splitlines()[-1].endswith("; mend or remove ./matplotlibrc")


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
