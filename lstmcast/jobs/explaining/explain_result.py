"""All that was measured to explain a version."""

from dataclasses import dataclass

import numpy as np

from lstmcast.data.read import Reading
from lstmcast.data.windows import Windows
from lstmcast.jobs.explaining.explain_measure import BankUse, Change, Effects, Likeness, MemberTrace
from lstmcast.network.calibration import Calibration
from lstmcast.network.spec import ModelSpec


@dataclass(frozen=True)
class Explanation:
    """What was measured on some windows of the data."""

    spec: ModelSpec
    calibration: Calibration
    reading: Reading
    windows: Windows
    members: tuple[MemberTrace, ...]
    bank: BankUse | None
    likeness: Likeness
    effects: Effects
    changes: tuple[Change, ...]

    @property
    def shown_member(self) -> int:
        """Return the member whose own median lies nearest to the ensemble's: the one that pictures show."""
        return int(np.argmin([member.distance for member in self.members]))

    @property
    def series_name(self) -> str:
        """Return the name of the first window's series."""
        return self.reading.panel.name_of(int(self.windows.series[0]))

    @property
    def windows_text(self) -> str:
        """Return which windows these are, in words."""
        count = len(self.windows)
        if count == 1:
            return f"series {self.series_name!r}, last known time {self.time}"
        series = len(np.unique(self.windows.series))
        return f"the mean over {count:,} windows" + (f" of {series:,} series" if series > 1 else "")

    @property
    def time(self) -> str:
        """Return the last known time of the first window."""
        panel, series = self.reading.panel, int(self.windows.series[0])
        tick = panel.first[[series]] + int(self.windows.origin[0]) - 1
        return str(self.reading.time_format.render(panel.frequency.stamps(tick))[0])
