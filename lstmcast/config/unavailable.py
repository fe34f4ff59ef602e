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


def _is_list(value: object) -> bool:
    return isinstance(value, tuple)


def _names_parquet(value: object) -> bool:
    paths = value if isinstance(value, tuple) else (value,)
    return any(str(path).casefold().endswith((".parquet", ".pq")) for path in paths)


UNAVAILABLE: dict[str, tuple[Callable[[object], bool], str]] = {
    "data.path": (_names_parquet, "Parquet files are not available yet; give .csv or .csv.gz files"),
    "data.time": (_is_list, "a time made of several columns is not available yet; name one column"),
    "data.timezone": (_is_set, "time zones are not available yet; leave it null"),
    "data.static": (_is_set, "static covariates are not available yet; leave it []"),
    "data.holidays": (_is_set, "holidays are not available yet; leave it null, or give them as a `future` column"),
    "train.time_budget": (_is_set, "a time budget is not available yet; leave it null, or set `train.steps`"),
    "job.retrain": (lambda value: value != "7D", "another retraining rhythm is not available yet; leave it 7D"),
    "job.on_failure": (lambda value: value != "keep", "a fallback forecast is not available yet; leave it keep"),
    "job.timeout": (_is_set, "a time limit is not available yet; leave it null, or use the `timeout` command"),
    "job.ping": (_is_set, "health-check pings are not available yet; leave it null"),
    "job.metrics": (_is_set, "a metrics file is not available yet; leave it null"),
}
