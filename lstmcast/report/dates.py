"""What stands at the ticks of a time axis: the finest part of each time, and below it what it belongs to."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.ticker import Formatter

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Spelling = Callable[[datetime], str]


def date_labels(moments: Sequence[datetime]) -> list[str]:
    """Return a label for each of rising times: below the first one, and wherever it changes, its day, month or year.

    Where any label has two lines, all have, or they would not stand on one level.
    """
    fine, coarse = _spellings(moments)
    labels: list[str] = []
    for place, moment in enumerate(moments):
        before = moments[place - 1] if place else None
        is_new = before is None or coarse(before) != coarse(moment)
        below = coarse(moment) if is_new else ""
        if before is not None and before.year == moment.year and coarse is not _year:
            below = below.removesuffix(f" {_year(moment)}")
        labels.append(f"{fine(moment)}\n{below}")
    return labels if any(label[-1] != "\n" for label in labels) else [label.rstrip() for label in labels]


def date_formatter() -> "Formatter":
    """Return what writes the labels of a time axis; ticks outside of it get none."""
    from matplotlib.dates import num2date
    from matplotlib.ticker import Formatter

    class DateFormatter(Formatter):
        def __call__(self, value: float, position: int | None = None) -> str:  # noqa: ARG002 -- as matplotlib calls it
            return self.format_ticks([value])[0]

        def format_ticks(self, values: Any) -> list[str]:
            low, high = sorted(self.axis.get_view_interval()) if self.axis is not None else (min(values), max(values))
            inside = [place for place, value in enumerate(values) if low <= value <= high]
            labels = [""] * len(values)
            shown = date_labels([num2date(values[place]) for place in inside])  # type: ignore[no-untyped-call]  # matplotlib lacks types here
            for place, label in zip(inside, shown, strict=True):
                labels[place] = label
            return labels

    return DateFormatter()


def _spellings(moments: Sequence[datetime]) -> tuple[Spelling, Spelling]:
    """Return how the finest part of the times is written that any of them needs, and what it belongs to."""
    if any(moment.second or moment.microsecond for moment in moments):
        return _second, _date
    if any(moment.hour or moment.minute for moment in moments):
        return lambda moment: f"{moment:%H:%M}", _date
    if any(moment.day > 1 for moment in moments):
        return lambda moment: str(moment.day), _month
    if any(moment.month > 1 for moment in moments):
        return lambda moment: MONTHS[moment.month - 1], _year
    return _year, lambda _: ""


def _second(moment: datetime) -> str:
    return f"{moment:%H:%M:%S.%f}".rstrip("0").rstrip(".") if moment.microsecond else f"{moment:%H:%M:%S}"


def _date(moment: datetime) -> str:
    return f"{moment.day} {_month(moment)}"


def _month(moment: datetime) -> str:
    return f"{MONTHS[moment.month - 1]} {_year(moment)}"


def _year(moment: datetime) -> str:
    return str(moment.year)
