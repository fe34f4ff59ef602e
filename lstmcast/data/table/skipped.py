"""Which cells are not looked at: those of series that are left out; and to which series a cell belongs."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lstmcast.arrays import BoolArray


@dataclass(frozen=True)
class Skipped:
    """The series that are left out, each by its ids."""

    ids: tuple[str, ...] = ()  # the columns of a long table that hold them
    wide: tuple[str, ...] = ()  # the columns of a wide table that are one each
    series: Collection[tuple[str, ...]] = ()

    def rows(self, frame: pd.DataFrame, column: str) -> BoolArray:
        """Return in which rows of a file the cell of a column is not looked at."""
        if column in self.wide:
            return np.full(len(frame), (column,) in self.series)
        if not (self.series and self.ids):
            return np.zeros(len(frame), bool)
        keys = pd.MultiIndex.from_arrays([frame[name].fillna("") for name in self.ids])
        return np.asarray(keys.isin(pd.MultiIndex.from_tuples(list(self.series))))

    def owner(self, frame: pd.DataFrame, row: int, column: str) -> tuple[str, ...]:
        """Return the ids of the series that a cell belongs to; none where that is the only one."""
        if column in self.wide:
            return (column,)
        ids = (frame[name].iloc[row] for name in self.ids)
        return tuple(text if isinstance(text, str) else "" for text in ids)


NOBODY = Skipped()
