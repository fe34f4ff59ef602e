"""The base of every record that crosses a file: frozen, closed, and checked when it comes to exist."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final, NamedTuple, NoReturn, Self, dataclass_transform

from lstmcast.json_text import render_json
from lstmcast.kinds import Flaw, UnfitError, check_for, unfit

MISSING: Final = object()


class Key(NamedTuple):
    """What a record knows of one of its keys."""

    default: Any = MISSING
    description: str = ""
    kind: Any = None  # its type


class KeyFault(ValueError):  # noqa: N818 -- one of several faults; what a user sees is a ConfigError
    """A fault between several keys, laid at the door of one of them."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(problem)
        self.key = key


def key(*, default: Any = MISSING, description: str = "") -> Any:
    """Describe a key of a record; without a default, it has to be given."""
    return Key(default, description)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(key,))
class Record:
    """A frozen record that takes no unknown key and converts nothing silently.

    Its keys are written as those of a dataclass; `check_together` may hold what is to be true between them. Nothing is
    made from the types before a value is checked: a class costs next to nothing to import.
    """

    known_keys: ClassVar[Mapping[str, Key]] = MappingProxyType({})

    def __init_subclass__(cls) -> None:
        known = dict(cls.known_keys)
        for name, kind in cls.__annotations__.items():
            given = cls.__dict__.get(name, MISSING)
            known[name] = (given if isinstance(given, Key) else Key(given))._replace(kind=kind)
            if given is not MISSING:
                delattr(cls, name)  # what is not set on a record is not there
        cls.known_keys = MappingProxyType(known)

    def __init__(self, /, **values: Any) -> None:
        self.__dict__.update(self._checked(values))
        try:
            self.check_together()
        except KeyFault as fault:
            raise UnfitError((Flaw(tuple(fault.key.split(".")), str(fault), None, "told"),)) from fault
        except ValueError as error:
            raise UnfitError((Flaw((), str(error), None, "told"),)) from error

    @classmethod
    def from_plain(cls, values: Any) -> Self:
        """Return the record of a mapping from its keys, or of a record as it is; else raise an UnfitError."""
        if isinstance(values, cls):
            return values
        if not isinstance(values, dict):
            raise unfit("input should be an object", values)
        record = cls.__new__(cls)
        Record.__init__(record, **values)
        return record

    def check_together(self) -> None:
        """Raise a KeyFault or another ValueError where keys that are right by themselves do not go together."""

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """Return a copy with other values, which are taken as right."""
        assert changes.keys() <= self.known_keys.keys()
        record = type(self).__new__(type(self))
        record.__dict__.update(self.__dict__, **changes)
        return record

    def as_plain(
        self, *, only: Collection[str] | None = None, without: Collection[str] = (), with_defaults: bool = True
    ) -> dict[str, Any]:
        """Return the record, and those inside it, as a dictionary."""
        return {
            name: _plain(getattr(self, name), with_defaults=with_defaults)
            for name, facts in self.known_keys.items()
            if (only is None or name in only) and name not in without
            and (with_defaults or getattr(self, name) != facts.default)
        }  # fmt: skip

    def as_json(self, indent: int | None = None) -> str:
        """Return the record as JSON text."""
        return render_json(self.as_plain(), indent)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *map(_hashable, self.__dict__.values())))

    def __repr__(self) -> str:
        listed = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({listed})"

    @classmethod
    def _checked(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        flaws: list[Flaw] = []
        for name, facts in cls.known_keys.items():
            if name in values:
                try:
                    kept[name] = check_for(facts.kind)(values[name])
                except UnfitError as error:
                    flaws.extend(error.inside(name))
            elif facts.default is MISSING:
                flaws.append(Flaw((name,), "field required", None, "missing"))
            else:
                kept[name] = dict(facts.default) if isinstance(facts.default, dict) else facts.default
        unknown = (name for name in values if name not in cls.known_keys)
        flaws.extend(Flaw((name,), f"unknown key {name!r}", values[name], "unknown") for name in unknown)
        if flaws:
            raise UnfitError(tuple(flaws))
        return kept


def _hashable(value: Any) -> Any:
    """Return a value that can be hashed, the same for values that are equal."""
    if isinstance(value, tuple):
        return tuple(map(_hashable, value))
    return frozenset((name, _hashable(inner)) for name, inner in value.items()) if isinstance(value, dict) else value


def _plain(value: Any, *, with_defaults: bool) -> Any:
    if isinstance(value, Record):
        return value.as_plain(with_defaults=with_defaults)
    if isinstance(value, tuple):
        return tuple(_plain(item, with_defaults=with_defaults) for item in value)
    if isinstance(value, dict):
        return {name: _plain(inner, with_defaults=with_defaults) for name, inner in value.items()}
    return value
