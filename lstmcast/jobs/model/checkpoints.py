"""Keeps what a training has reached, member by member, so that an interrupted one goes on to the very same model.

Batches are drawn from seed and step alone, so that a member that goes on from its numbers is bit for bit the one that
was never interrupted. These numbers are written when training is interrupted, and now and then, so seldom that it costs
next to nothing.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version as installed_version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from lstmcast import __version__
from lstmcast.config.auto import Settings
from lstmcast.config.schema import Config
from lstmcast.errors import ArtifactError, DivergedError, OutputError
from lstmcast.jobs.common.fingerprints import training_fingerprint
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.model.checkpoint_part import Part, check_part, describe, pack_part, unpack_part
from lstmcast.jobs.model.opening import Opening
from lstmcast.network.spec import ModelSpec
from lstmcast.store.checkpoint import (
    Origin,
    begin_checkpoint,
    checkpoint_folder,
    read_origin,
    read_part,
    remove_checkpoint,
    write_part,
)
from lstmcast.training.checkpoint import Checkpoint, Position

if TYPE_CHECKING:
    from lstmcast.training.members import MemberTask, Watch

SELDOM = 30.0  # seconds between two writes,
SHARE = 0.02  # of all time is spent on them at most
COMPUTING = ("keras", "numpy", "tensorflow")


class Checkpoints:
    """What the members of one training have reached, and had reached when it was interrupted."""

    def __init__(self, workspace: Path, origin: Origin, talk: Talk, *, seldom: float = SELDOM) -> None:
        """Begin a training; what an earlier one had reached is left alone until there is something new to keep."""
        self.folder, self.origin = checkpoint_folder(workspace), origin
        self._talk, self._seldom, self._lock = talk, seldom, Lock()
        self._resumes = self._is_begun = False
        self._parts: dict[str, Part] = {}
        self._unwritten: set[str] = set()
        self._written, self._took = time.monotonic(), 0.0

    def resume(self) -> str | None:
        """Go on from what an earlier training had reached; return why that cannot be, if so."""
        try:
            before = read_origin(self.folder)
        except ArtifactError as error:
            return f"{error}; training begins anew"
        if before is None:
            return f"{self.folder}: there is no checkpoint; training begins anew"
        for name, what in (("config", "the config has"), ("data", "the data have"), ("release", "the release has")):
            if getattr(before, name) != getattr(self.origin, name):
                return f"{self.folder}: {what} changed since; training begins anew"
        self.origin, self._resumes, self._is_begun = before, True, True
        self._talk.say(f"training goes on from {self.folder}")
        return None

    @property
    def decided(self) -> tuple[int, int] | None:
        """Return how many members of how many steps the interrupted training had time for."""
        return (self.origin.members, self.origin.steps) if self._resumes and self.origin.members else None

    def decide(self, settings: Settings) -> None:
        """Note how much is trained."""
        decided = self.origin.changed({"members": len(settings.members), "steps": settings.steps})
        if decided != self.origin:
            self.origin, self._is_begun = decided, False  # what was interrupted before that has nothing to go on from

    def stage(self, label: str, *, every_look: bool) -> "Stage":
        """Return a part of the training: its members are kept under this label, with every look or the last one."""
        return Stage(self, label, every_look)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what is reached if the block is interrupted; remove it once there is a model, or can be none."""
        try:
            yield
        except DivergedError:
            self.remove()
            raise
        except Exception:
            raise  # what was written now and then stands
        except BaseException:  # a signal, or the time is up
            self._write_last()
            raise
        self.remove()

    def remove(self) -> None:
        """Remove what was kept."""
        remove_checkpoint(self.folder)

    def begun(self, name: str, about: str, check: Callable[[Part, Path], None]) -> Part:
        """Return what a member has reached before, unless the check of it refuses that."""
        part, path = Part(about), self.folder / name
        if self._resumes:
            try:
                if (arrays := read_part(self.folder, name)) is not None:
                    found = unpack_part(arrays, about, path)
                    check(found, path)
                    part = found
            except ArtifactError as error:
                self._talk.warn(f"{error}; this member is trained anew")
        self._parts[name] = part
        return part

    def note(self, name: str, checkpoint: Checkpoint, *, every_look: bool) -> None:
        """Note what was seen of a member, unless that was seen before."""
        looks = self._parts[name].looks
        if looks and looks[-1].step >= checkpoint.step:
            return
        if looks and not every_look:
            looks[-1] = replace(looks[-1], weights={})
        looks.append(checkpoint)

    def keep(self, name: str, position: Position) -> None:
        """Note where a member could go on, and write that now and then."""
        with self._lock:
            self._parts[name].position = position
            self._unwritten.add(name)
            if time.monotonic() - self._written >= max(self._seldom, self._took / SHARE):
                self._write()

    def _write_last(self) -> None:
        with self._lock:
            self._write(even_nothing=True)
        if self._is_begun:
            self._talk.say(
                f"kept in {self.folder}: `lstmcast train --resume`, or the next `lstmcast run`, goes on from there"
            )

    def _write(self, *, even_nothing: bool = False) -> None:
        """Write what is new; where that cannot be, training goes on without."""
        started = time.monotonic()
        try:
            if (self._unwritten or even_nothing) and not self._is_begun:
                begin_checkpoint(self.folder, self.origin)
                self._is_begun = True
            for name in sorted(self._unwritten):
                write_part(self.folder, name, pack_part(self._parts[name]))
                self._unwritten.discard(name)
        except OutputError as error:
            self._talk.warn(f"no checkpoint: {error}")
            self._seldom = math.inf
        self._written = time.monotonic()
        self._took = self._written - started


@dataclass(frozen=True)
class Stage:
    """Members that are trained together, each kept by its place."""

    checkpoints: Checkpoints
    label: str
    every_look: bool  # whether the weights of each look are wanted again, or those of the last one only

    def resume(self, place: int, spec: ModelSpec, task: "MemberTask") -> "MemberTask":
        """Return the task with what was reached before."""
        check = partial(check_part, spec, task, every_look=self.every_look)
        part = self.checkpoints.begun(self._name(place), describe(spec, task), check)
        return task if part.position is None else replace(task, seen=tuple(part.looks), start=part.position)

    def noting(self, watch: "Watch") -> "Watch":
        """Return a watch that notes each look before the other one sees it."""

        def note(place: int, checkpoint: Checkpoint) -> None:
            self.checkpoints.note(self._name(place), checkpoint, every_look=self.every_look)
            watch(place, checkpoint)

        return note

    def keep(self, place: int, position: Position) -> None:
        """Note where a member could go on."""
        self.checkpoints.keep(self._name(place), position)

    def _name(self, place: int) -> str:
        return f"{self.label}-{place}"


def open_checkpoints(config: Config, opening: Opening, talk: Talk) -> Checkpoints:
    """Return the checkpoints of a training that begins."""
    release = ", ".join([f"lstmcast {__version__}", *(f"{name} {installed_version(name)}" for name in COMPUTING)])
    origin = Origin(
        config=training_fingerprint(config),
        data=opening.reading.fingerprint,
        release=release,
        members=0,
        steps=0,
    )
    return Checkpoints(opening.workspace, origin, talk)
