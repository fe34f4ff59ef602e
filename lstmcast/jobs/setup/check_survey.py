"""Looks on where reading stops at the first fault: what the file holds otherwise, and all that is wrong with it."""

from collections.abc import Iterator

import numpy as np

from lstmcast.config.data_config import DataConfig
from lstmcast.config.schema import Config
from lstmcast.data.faults import find_bad_cells
from lstmcast.data.read import Reading, read_panel
from lstmcast.errors import LstmcastError
from lstmcast.one_line import shorten
from lstmcast.plurals import count_things

NAMED = 5


def survey(config: Config, first: str) -> tuple[Reading | None, tuple[str, ...]]:
    """Return the data with all mended that settings can mend, and what is wrong, the `first` fault first."""
    wrong = [first]
    data = config.data
    bad = find_bad_cells(data)
    wrong += [cell.problem for cell in bad[:NAMED] if cell.problem not in first]
    if len(bad) > NAMED:
        wrong.append(f"{len(bad) - NAMED:,} more cells that are no numbers")
    missing = tuple(dict.fromkeys((*data.csv.missing, *(cell.text for cell in bad))))
    lenient = data.changed(
        {
            "csv": data.csv.changed({"missing": missing}),
            "duplicates": "first" if data.duplicates == "error" else data.duplicates,
            "gaps": "interpolate" if data.gaps == "error" else data.gaps,
        }
    )
    reading = _read_somehow(lenient)
    if reading is None:
        return None, tuple(_in_short(config, problem) for problem in wrong)
    return reading, tuple(_in_short(config, problem) for problem in (*wrong, *_mendable(config, reading, first)))


def _read_somehow(data: DataConfig) -> Reading | None:
    """Return the data, without their zone if the times cannot be of it, or nothing."""
    for zone in dict.fromkeys((data.timezone, None)):
        try:
            return read_panel(data.changed({"timezone": zone}))
        except LstmcastError:
            continue
    return None


def _in_short(config: Config, problem: str) -> str:
    """Return a problem without the name of the file, where there is only one."""
    return shorten(problem.removeprefix(f"{config.data.path}: "))


def _mendable(config: Config, reading: Reading, first: str) -> Iterator[str]:
    """Yield what a setting would mend."""
    if config.data.duplicates == "error" and reading.duplicates_dropped and "is there twice" not in first:
        count = reading.duplicates_dropped
        yield f"{count_things(count, 'row')} with a time that is there already; set data.duplicates"
    filled = int(reading.fills.sum())
    if config.data.gaps == "error" and filled:
        some = ", ".join(_filled(reading, NAMED))
        more = f" and {filled - NAMED:,} more" if filled > NAMED else ""
        yield f"{count_things(filled, 'missing value')}: {some}{more}; set data.gaps"


def _filled(reading: Reading, count: int) -> Iterator[str]:
    """Yield the first times that have no value, with their series where there are several."""
    panel = reading.panel
    rows = np.flatnonzero(panel.filled)[:count]
    series = panel.series_of_row[rows]
    stamps = reading.time_format.render(panel.frequency.stamps(panel.first[series] + rows - panel.offsets[series]))
    for stamp, one in zip(stamps, series, strict=True):
        yield f"{stamp} of {panel.name_of(int(one))!r}" if panel.series_count > 1 else str(stamp)
