"""The refusal of a version or a forecast that is not what was saved."""

from lstmcast.errors import ArtifactError


class DamagedError(ArtifactError):
    """A part of a version is damaged or forged; the message ends with what can be done."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; go back with `lstmcast models rollback`, or train again")


class DamagedPromotionsError(ArtifactError):
    """The file that names the promoted versions is damaged; the message ends with what can be done."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; remove it, then promote a version with `lstmcast models promote`")


class DamagedScoresError(ArtifactError):
    """The table of scores is damaged; the message ends with what can be done."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; move it away: it is made anew from the forecasts that are kept")


class DamagedForecastError(ArtifactError):
    """A published forecast or its manifest is damaged; the message ends with what can be done."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; remove it, or run `lstmcast predict` again")
