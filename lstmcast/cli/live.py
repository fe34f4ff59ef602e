"""Talk with a progress bar, for a terminal; rich is imported when the first bar is needed."""

import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from lstmcast.cli.streams import one_line, write_talk

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

BETWEEN_PICTURES = 0.1  # seconds


class LiveTalk:
    """Talks in lines of text above bars that move and leave no trace."""

    def __init__(self) -> None:
        """Start without a bar."""
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._drawn = -math.inf
        self._is_heard = True

    def say(self, text: str) -> None:
        """Write one line."""
        self._write(text)

    def warn(self, text: str) -> None:
        """Write one line that starts with `warning:`."""
        self._write(f"warning: {text}")

    def progress(self, label: str, done: int, total: int, detail: str = "") -> None:
        """Move the bar called `label`."""
        if self._is_heard:
            with self._silent_if_gone():
                self._move(label, done, total, detail)

    def step(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002 -- a person sees what comes
        """Write nothing."""
        return nullcontext()

    def close(self) -> None:
        """Take the bars away and give the terminal back."""
        bars, self._bars, self._tasks = self._bars, None, {}
        if bars is not None:
            with suppress(OSError):
                bars.stop()

    def _move(self, label: str, done: int, total: int, detail: str) -> None:
        bars = self._bars = self._bars or _open_bars()
        if label not in self._tasks:
            self._tasks[label] = bars.add_task(one_line(label), total=total, detail="")
        bars.update(self._tasks[label], completed=done, total=total, detail=one_line(detail))
        if done >= total:
            bars.remove_task(self._tasks.pop(label))
        now = time.monotonic()
        if done >= total or now - self._drawn >= BETWEEN_PICTURES:
            self._drawn = now
            bars.refresh()

    def _write(self, text: str) -> None:
        if self._bars is None:
            write_talk(text)
        else:
            with self._silent_if_gone():
                console = self._bars.console
                console.print(one_line(text), markup=False, emoji=False, highlight=False, soft_wrap=True)

    @contextmanager
    def _silent_if_gone(self) -> Iterator[None]:
        """Draw no more once the terminal has gone away: that nobody can hear is no reason to fail."""
        try:
            yield
        except OSError:
            self._is_heard = False
            self.close()


def _open_bars() -> "Progress":
    """Return running progress bars on stderr, which vanish when they are stopped."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    bars = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=32),
        TaskProgressColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("left  {task.fields[detail]}", markup=False),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,  # by a thread, beside which this process could not be copied (`network.copies`)
    )
    bars.start()
    return bars
