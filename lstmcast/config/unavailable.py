"""The keys whose feature is not available yet: setting one is refused, never ignored."""

from collections.abc import Callable


def refuse_unavailable(key: str, value: object) -> None:
    """Raise a `ValueError` if `value` asks for a feature that `key` promises and nothing keeps yet."""
    if key in UNAVAILABLE:
        is_used, message = UNAVAILABLE[key]
        if is_used(value):
            raise ValueError(message)


def _is_set(value: object) -> bool:
    return value not in (None, ())


def _names_parquet(value: object) -> bool:
    paths = value if isinstance(value, tuple) else (value,)
    return any(str(path).casefold().endswith((".parquet", ".pq")) for path in paths)


UNAVAILABLE: dict[str, tuple[Callable[[object], bool], str]] = {}
