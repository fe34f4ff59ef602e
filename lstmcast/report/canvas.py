"""An empty page in the style of the house, and its PNG; matplotlib is imported here, when the first page is needed."""

import io
import logging
import os
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lstmcast.errors import MissingError
from lstmcast.one_line import on_one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

INK = "#2b2b2b"
MUTED = "#707070"  # dark enough on white for small letters
GRID = "#e6e6e6"
BLUE = "#0072b2"  # this and the next two can be told apart by colour-blind eyes (Okabe and Ito)
ORANGE = "#d55e00"
GREEN = "#009e73"
MEMBER_COLOURS = (BLUE, ORANGE, GREEN, "#cc79a7", "#e69f00", "#56b4e9")

LONGEST_LABEL = 48  # letters
LONGEST_TITLE = 70  # letters
LEGEND_MARK, LEGEND_LETTER = 0.65, 0.08  # inches
STALE_LOCK = 60.0  # seconds after which a lock on the font cache was left by a killed run

STYLE: "dict[RcKeyType, Any]" = {
    "font.size": 9.0,
    "text.color": INK,
    "text.parse_math": False,  # an id may hold dollars
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.xmargin": 0.01,
    "axes.formatter.useoffset": False,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "legend.frameon": False,
    "figure.dpi": 150.0,
    "savefig.dpi": 150.0,
    "date.epoch": "1970-01-01T00:00:00",
}
FALLBACK_FONTS = (  # for letters that DejaVu Sans lacks, as far as the machine has one of them
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Source Han Sans",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Noto Sans",
    "Arial Unicode MS",
)


@contextmanager
def drawing_style(cache: Path) -> Iterator[None]:
    """Let figures be drawn in the style of the house, whatever matplotlibrc lies about; its cache goes to `cache`."""
    prepare_cache(cache)
    if "matplotlib" not in sys.modules:
        _import_matplotlib()
    import matplotlib
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    families = ["DejaVu Sans", *(font for font in FALLBACK_FONTS if font in installed)]
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)  # drawn as a box
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({**STYLE, "font.family": families})
        yield


def prepare_cache(cache: Path) -> None:
    """Name the folder for matplotlib's font cache before its import, so that it writes nowhere else."""
    os.environ.setdefault("MPLCONFIGDIR", str(cache))
    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)
    for lock in cache.glob("*.matplotlib-lock"):
        with suppress(OSError):  # the run that held it has ended, or it is another user's
            if time.time() - lock.stat().st_mtime > STALE_LOCK:  # matplotlib would wait for it at each start
                lock.unlink()


def _import_matplotlib() -> None:
    """Import it without what the machine sets for others: of a backend that it does not know, it makes an error."""
    others = {name: os.environ.pop(name) for name in ("MATPLOTLIBRC", "MPLBACKEND") if name in os.environ}
    os.environ["MATPLOTLIBRC"] = os.devnull
    try:
        import matplotlib
    except (OSError, ValueError) as error:  # of a file `matplotlibrc` in the current folder, which it always reads
        raise MissingError(f"matplotlib: cannot be loaded: {error}; mend or remove ./matplotlibrc") from error
    finally:
        del os.environ["MATPLOTLIBRC"]
        os.environ.update(others)
    with suppress(ValueError):  # we need none, but who imports us may go on with pyplot
        if backend := others.get("MPLBACKEND"):
            matplotlib.rcParams["backend"] = backend


def empty_figure(width: float, height: float) -> "Figure":
    """Return a white figure of that many inches, without pyplot and its global state."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def png_bytes(figure: "Figure") -> bytes:
    """Return the figure as a PNG that holds neither date nor program, so that the same picture has the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def set_titles(figure: "Figure", title: str, note: str = "") -> None:
    """Write the figure's title at the top left, with a smaller note beside it."""
    figure.suptitle(label_text(title, LONGEST_TITLE), x=0.01, ha="left", fontsize=12, fontweight="bold")
    if note:
        figure.text(0.99, 0.99, label_text(note), ha="right", va="top", fontsize=8, color=MUTED)


def thousands_apart(axes: "Axes") -> None:
    """Write large numbers of the value axis as 12,000, unless they are too large for that."""
    from matplotlib.ticker import FuncFormatter

    low, high = axes.get_ylim()
    if 10_000 <= max(abs(low), abs(high)) < 10_000_000:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:,.0f}"))


def label_text(text: str, longest: int = LONGEST_LABEL) -> str:
    """Return a label on one line, without invisible marks, and short enough to stand in a picture."""
    shown = on_one_line(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def place_legend(figure: "Figure", panes: Sequence["Axes"]) -> None:
    """Put one legend with each label once below the panes, in as many columns as the page has room for."""
    handles: dict[str, Any] = {}
    for pane in panes:
        for handle, label in zip(*pane.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    if handles:
        columns = legend_columns([len(label) for label in handles], figure.get_figwidth())
        figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=columns)


def legend_columns(letters: Sequence[int], width: float) -> int:
    """Return how many columns of labels, which have so many letters, fit into a width in inches."""
    for columns in range(len(letters), 1, -1):
        widest = [int(column.max()) for column in np.array_split(letters, columns)]  # as matplotlib fills them
        if sum(LEGEND_MARK + LEGEND_LETTER * count for count in widest) <= width:
            return columns
    return 1


def note_in_corner(pane: "Axes", text: str) -> None:
    """Write what does not fit into a pane at its top right, over what is drawn there."""
    pane.annotate(
        text,
        (0.99, 0.97),
        xycoords="axes fraction",
        ha="right",
        va="top",
        fontsize=8,
        color=MUTED,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        zorder=5,
    )
