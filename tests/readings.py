"""Readings of files in several ways, told so that they can be compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from lstmcast.config.data_config import DataConfig
from lstmcast.data import csv_reading
from lstmcast.data.plain import plain_blocks
from lstmcast.data.read import read_panel
from lstmcast.errors import LstmcastError


@contextmanager
def blocks_of(size: int) -> Iterator[None]:
    """Read files of any size the quick way, in blocks of so many bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_reading, "LARGE", 1)
        patch.setattr(plain_blocks, "BLOCK", size)
        patch.setattr(plain_blocks, "LEAST_LINES", 1)
        yield


def told_of(config: DataConfig, horizon: int | None = None) -> str:
    """Return all that a reading says, or why there is none."""
    try:
        found = read_panel(config, horizon=horizon)
    except LstmcastError as error:
        return f"{type(error).__name__}: {error}"
    return repr(plain(found))


def plain(value: Any) -> Any:
    """Return what can be compared by its text."""
    if isinstance(value, np.ndarray):
        zero_without_sign = value + 0.0 if value.dtype.kind == "f" else value
        return value.dtype.kind, value.shape, zero_without_sign.tolist()
    if isinstance(value, tuple):
        return tuple(plain(each) for each in value)
    return {f.name: plain(getattr(value, f.name)) for f in fields(value)} if is_dataclass(value) else value
