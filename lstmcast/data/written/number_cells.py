"""Writes many numbers at once as `%.10g` does, letter for letter, without a Python object for each.

Ten significant digits are a whole number below 10^10: scaled by a power of ten, rounded, and looked up four digits at a
time. The scaling itself may be wrong in the last bit, which matters only next to a half: such numbers, and those that
want an exponent, are left to Python.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import FloatArray

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

SIGNIFICANT = "%.10g"
DIGITS = 10
LEAST_POWER = -4  # smaller numbers have an exponent
WIDTH = 18  # of a cell: `-1.234567891e-100`, and room for what stands behind it
NEXT_TO_HALF = 1e-5
POWERS = 10.0 ** np.arange(LEAST_POWER, DIGITS + 1)
SCALES = 10.0 ** np.arange(DIGITS - 1 - LEAST_POWER, -2, -1)  # for the same powers: what makes ten digits of a number
ZERO, POINT, MINUS = ord("0"), ord("."), ord("-")

LARGEST = 10**DIGITS
FOUR = 10**4  # digits are looked up four at a time


def number_cells(numbers: FloatArray) -> tuple[Bytes, Flags]:
    """Return the (N, WIDTH) bytes of the texts of the numbers, and which of these bytes belong to them."""
    size = np.abs(numbers)
    plain = (size >= POWERS[0]) & (size < POWERS[-1])
    size[~plain] = 1.0
    power = np.searchsorted(POWERS, size, side="right").astype(np.int8) - 1
    scaled = size * SCALES[power]
    whole = np.rint(scaled)
    plain &= np.abs(np.abs(scaled - whole) - 0.5) > NEXT_TO_HALF
    carried = whole >= LARGEST
    if carried.any():
        whole[carried] = LARGEST // 10
        power[carried] += 1
        plain &= power < len(POWERS) - 1  # 9999999999.9 is 1e+10
        power[~plain] = 0
    cells, lengths = _place_digits(whole, power + LEAST_POWER)
    cells[:, 0] = MINUS
    belongs = np.arange(WIDTH, dtype=np.uint8) < lengths[:, None]
    belongs[:, 0] = numbers < 0
    for place in np.flatnonzero(~plain).tolist():
        text = (SIGNIFICANT % numbers[place]).encode()
        cells[place, : len(text)] = np.frombuffer(text, np.uint8)
        belongs[place] = np.arange(WIDTH) < len(text)
    return cells, belongs


def _place_digits(whole: FloatArray, power: npt.NDArray[np.int8]) -> tuple[Bytes, Bytes]:
    """Return cells with the digits and the point behind the place of the sign, and how far each cell reaches."""
    pieces = [whole := np.asarray(whole, np.int64)]
    for _ in range(2):
        pieces[:1] = np.divmod(pieces[0], FOUR)
    digits_of, zeros_of = _four_digits()
    zeros, rest = zeros_of[pieces[2]], np.arange(len(whole))
    for behind, piece in zip(pieces[:0:-1], pieces[1::-1], strict=True):
        rest = rest[behind[rest] == 0]  # all zero so far
        zeros[rest] += zeros_of[piece[rest]]
    cells = np.full((len(whole), WIDTH), ZERO, np.uint8)
    lengths = np.empty(len(whole), np.uint8)
    for exponent in np.flatnonzero(np.bincount(power - LEAST_POWER)) + LEAST_POWER:
        chosen = np.flatnonzero(power == exponent)
        before = max(int(exponent), 0) + 1  # digits in front of the point
        start = 2 + max(-int(exponent), 0)
        for place, piece in zip((-2, 2, 6), pieces, strict=True):  # the first one has two digits behind two zeros
            bytes_of(cells, start + place, 4)[chosen] = digits_of[piece[chosen]]
        if exponent >= 0:
            bytes_of(cells, 1, before)[chosen] = bytes_of(cells, 2, before)[chosen]
        cells[chosen, 1 + before] = POINT
        behind = np.maximum(DIGITS - 1 - int(exponent) - zeros[chosen].astype(np.int16), 0)
        lengths[chosen] = 1 + before + behind + (behind > 0)
    return cells, lengths


def bytes_of(cells: Bytes, start: int, width: int) -> npt.NDArray[np.void]:
    """Return some neighbouring columns of bytes as one column of wider things, which are copied at once."""
    return np.ndarray((len(cells),), f"V{width}", cells, offset=start, strides=cells.strides[:1])


@cache
def _four_digits() -> tuple[npt.NDArray[np.void], Bytes]:
    """Return the four digits of each whole number that has no more, and how many zeros are at their end."""
    digits = np.indices((10,) * 4, np.uint8).reshape(4, -1).T
    zeros = np.logical_and.accumulate(digits[:, ::-1] == 0, axis=1).sum(axis=1)
    return bytes_of(np.ascontiguousarray(digits + np.uint8(ZERO)), 0, 4).copy(), zeros.astype(np.uint8)
