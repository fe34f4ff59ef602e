"""Rows of all series as codes: which series and which time each row has, and its numbers, in the order of the files."""

from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.clock.times import StampArray
from lstmcast.data.rows import Rows
from lstmcast.data.table.codes import Codes, Cycle, Runs


@dataclass(frozen=True)
class CodedRows:
    """Rows that each have a series and a time; every series and every time is there."""

    series: Codes
    times: Codes  # among the distinct times
    stamps: StampArray  # of the distinct times
    target: FloatArray  # NaN where missing
    past: FloatArray  # (rows, past)
    future: FloatArray  # (rows, future)

    def of_one_series(self, places: IntArray) -> Rows:
        """Return some rows, all of one series."""
        nothing = np.empty((len(places), 0))
        stamps: StampArray = self.stamps[codes_at(self.times, places)]
        return Rows(np.zeros(len(places), np.int64), stamps, self.target[places], nothing, nothing, places)


def codes_at(codes: Codes, rows: IntArray) -> IntArray:
    """Return the codes of some rows."""
    if isinstance(codes, Cycle):
        return np.asarray(codes.values[(codes.phase + rows) % len(codes.values)], np.int64)
    if isinstance(codes, Runs):
        return np.asarray(codes.values[np.searchsorted(codes.starts, rows, side="right") - 1], np.int64)
    return np.asarray(codes[rows], np.int64)
