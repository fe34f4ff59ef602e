"""How a job speaks to people while it works: never the answer, always beside it."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Talk(Protocol):
    """Something that can tell a person how a job is going."""

    def say(self, text: str) -> None:
        """Tell one line that is good to know."""

    def warn(self, text: str) -> None:
        """Tell one line that deserves a look, although the job goes on."""

    def progress(self, label: str, done: int, total: int, detail: str = "") -> None:
        """Tell that `done` of `total` steps of the work called `label` are behind us."""

    def step(self, name: str) -> AbstractContextManager[None]:
        """Return a context in which the job is at the step `name`; a log tells how long it took."""


class SilentTalk:
    """Says nothing: for `--quiet`, and for programs that call the jobs themselves."""

    def say(self, text: str) -> None:
        """Say nothing."""

    def warn(self, text: str) -> None:
        """Say nothing."""

    def progress(self, label: str, done: int, total: int, detail: str = "") -> None:
        """Say nothing."""

    def step(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002 -- as the others
        """Say nothing."""
        return nullcontext()
