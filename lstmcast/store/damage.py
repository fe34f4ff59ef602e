"""The refusals of files that are not what was saved; each message ends with what can be done."""

from typing import ClassVar

from lstmcast.errors import ArtifactError


class UnsoundFileError(ArtifactError):
    """A file of the workspace is damaged or forged."""

    advice: ClassVar[str]

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; {self.advice}")


class DamagedError(UnsoundFileError):
    """A part of a version is damaged or forged."""

    advice = "go back with `lstmcast models rollback`, or train again"


class DamagedPromotionsError(UnsoundFileError):
    """The file that names the promoted versions is damaged."""

    advice = "remove it, then promote a version with `lstmcast models promote`"


class DamagedScoresError(UnsoundFileError):
    """The table of scores is damaged."""

    advice = "move it away: it is made anew from the forecasts that are kept"


class DamagedForecastError(UnsoundFileError):
    """A published forecast or its manifest is damaged."""

    advice = "remove it, or run `lstmcast predict` again"


class DamagedDetectionError(UnsoundFileError):
    """The memory of `detect`, or its table, is damaged."""

    advice = "remove it: `lstmcast detect` then begins anew"
