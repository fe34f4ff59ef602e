"""What `check` finds, as records."""

from dataclasses import dataclass

from lstmcast.data.survey.profile import PanelProfile


@dataclass(frozen=True)
class Span:
    """A stretch of the longest series, and how many forecast origins lie in it."""

    first: str
    last: str
    origins: int
    series: int  # that are long enough to take part


@dataclass(frozen=True)
class Found:
    """What is in the data."""

    files: str
    series_names: tuple[str, ...]  # the first few
    time: str
    profile: PanelProfile
    past: tuple[str, ...]
    future: tuple[str, ...]
    calendar: tuple[str, ...]
    age: str  # of the newest row, "" where it has none


@dataclass(frozen=True)
class Plan:
    """What would be trained, validated and tested."""

    cell: str
    units: int
    layers: int
    contexts: tuple[int, ...]  # of each member
    segments: tuple[int, ...]
    seasons: tuple[int, ...]
    steps: int
    batch: int
    horizon: int
    levels: tuple[float, ...]
    training: Span
    validation: Span
    test: Span


@dataclass(frozen=True)
class Workspace:
    """Where the results would go."""

    folder: str
    problem: str  # why nothing can be written there, or nothing
