"""Everything that a user can mend, each kind with the exit code and the name that scripts rely on."""

import errno
from typing import Any, ClassVar, Protocol, Self


class Answer(Protocol):
    """What there is to tell although something failed."""

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON document."""


class LstmcastError(Exception):
    """A fault that a user can mend: `where: what is wrong; what to do`."""

    exit_code: ClassVar[int]
    name: ClassVar[str]
    answer: Answer | None = None  # what was found before it came to this
    series: tuple[str, ...] | None = None  # the ids of the one series that is at fault, if it is one
    faults: tuple[str, ...] = ()  # all that is wrong, the first one first, where it is more than one thing

    def of(self, series: tuple[str, ...]) -> Self:
        """Lay the fault at the door of one series: without it, the others are well."""
        self.series = series
        return self


class ConfigError(LstmcastError):
    """The config file, an override or an environment variable says something impossible."""

    exit_code, name = 10, "config"


class MissingError(LstmcastError):
    """An input is not there, or cannot be read."""

    exit_code, name = 11, "missing"


class DataError(LstmcastError):
    """The data are not what the config says they are."""

    exit_code, name = 12, "data"


class ShortError(LstmcastError):
    """There are too few data for what is asked."""

    exit_code, name = 13, "short"


class StaleError(LstmcastError):
    """The data are too old, or come from the future."""

    exit_code, name = 14, "stale"


class PartialError(LstmcastError):
    """Done, but for some series only (`--allow-partial`)."""

    exit_code, name = 15, "partial"


class NoModelError(LstmcastError):
    """There is no trained model to answer with."""

    exit_code, name = 20, "no-model"


class ArtifactError(LstmcastError):
    """A saved model is corrupt, unknown or unsafe, and was refused."""

    exit_code, name = 21, "artifact"


class ContractError(LstmcastError):
    """The data break what the model was trained on."""

    exit_code, name = 22, "contract"


class DivergedError(LstmcastError):
    """Training gave no finite model."""

    exit_code, name = 30, "diverged"


class GateError(LstmcastError):
    """The new model is worse than what it has to beat; the present one is kept."""

    exit_code, name = 31, "gate"


class ImplausibleError(LstmcastError):
    """The forecast is not finite or absurd; it was not published."""

    exit_code, name = 32, "implausible"


class AnomalyError(LstmcastError):
    """Done, and a fault began (`--fail-on-anomaly`)."""

    exit_code, name = 33, "anomaly"


class LockedError(LstmcastError):
    """Another run holds the workspace."""

    exit_code, name = 40, "locked"


class OutputError(LstmcastError):
    """A result could not be written."""

    exit_code, name = 41, "output"


class TimeoutReachedError(LstmcastError):
    """The command took longer than it was allowed to."""

    exit_code, name = 42, "timeout"


class OutOfMemoryError(LstmcastError):
    """The command needed more memory, or threads, than it could get."""

    exit_code, name = 43, "memory"


INTERRUPTED = 130
TERMINATED = 143
NO_THREAD = "can't start new thread"  # the words of Python's RuntimeError
CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}


def foreseen_fault(error: BaseException) -> LstmcastError | None:
    """Return the fault of ours that any error comes down to; None for a bug, or a wish to stop."""
    if isinstance(error, LstmcastError):
        return error
    if isinstance(error, MemoryError):
        told = f" ({error})" if str(error) else ""
        return OutOfMemoryError(f"memory: there was not enough of it{told}; allow more, or make the work smaller")
    if isinstance(error, RuntimeError) and str(error) == NO_THREAD:
        return OutOfMemoryError(
            "threads: no further one can be started; allow more of them (`ulimit -u`, the container, the unit)"
        )
    if isinstance(error, OSError) and error.errno in CANNOT_WRITE:
        where = error.filename or "standard output"
        return OutputError(f"{where}: {error.strerror}; see that it can be written")
    return None
