"""The refusal of a version that is not what `lstmcast train` saved."""

from lstmcast.errors import ArtifactError


class DamagedError(ArtifactError):
    """A part of a version is damaged or forged; the message ends with what can be done."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; go back with `lstmcast models rollback`, or train again")
