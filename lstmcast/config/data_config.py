"""The sections `data` and `data.csv` of the config: where the series are, and how their files are written."""

from typing import Literal

from lstmcast.config.values import (
    Auto,
    Count,
    FewLines,
    LineNumber,
    Names,
    PathText,
    Sign,
    SomeNames,
    SomePaths,
    Stamp,
    Text,
    TimeFormats,
    Units,
    Zone,
    names_in,
)
from lstmcast.records import KeyFault, Record, key


class CsvConfig(Record):
    """How the CSV file is written."""

    separator: Auto | Sign = key(
        default="auto",
        description="Character between two cells; `auto` looks at the file. A blank stands for one or more of them.",
    )
    decimal: Literal["auto", ".", ","] = key(default="auto", description="Decimal sign; `auto` looks at the file.")
    thousands: Sign | None = key(default=None, description="Sign between thousands, as `,` in 1,234.5 and 12,34,567.")
    encoding: Text = key(
        default="auto", description="Character encoding; `auto` is UTF-8, or what the byte order mark says."
    )
    missing: Names = key(default=(), description="More texts that mean a missing value, beside the empty cell.")
    units: Units = key(
        default={},
        description="Texts before or after numbers, and what they multiply with: `{K: 1000, kWh: 1, $: 1}` reads "
        "`1.5K` as 1500 and `$20` as 20.",
    )
    quote: Literal['"', "'"] = key(default='"', description="Sign around cells that hold separators.")
    comment: Text | None = key(default=None, description="Lines that begin with this text are left out, as `#`.")
    header: LineNumber | None = key(
        default=1,
        description="Line that names the columns; what stands above it is left out. null: none does; the columns are "
        "called `column_1`, `column_2` …",
    )
    row_names: bool = key(
        default=False,
        description="Whether each row begins with a cell that the header has no name for, as R's `write.table` writes "
        "them; it is called `column_1`.",
    )
    skip: FewLines = key(default=0, description="Rows right under the header that are no data, such as units.")
    footer: FewLines = key(
        default=0,
        description="Lines at the end that are no data, such as a source or totals; one that reads like a row is "
        "refused, and so it is under `skip`.",
    )
    trailing: Literal["error", "ignore"] = key(
        default="error",
        description="Lines with another number of fields than the header; `ignore`: fine where what is too many or too "
        "few is empty cells at the end.",
    )
    last_line: Literal["auto", "keep", "drop"] = key(
        default="auto",
        description="A last line without a line end: it may be cut short. `auto`: taken where it can be seen to be "
        "whole, else refused; `keep`: taken; `drop`: left out, as for a file that is just being written.",
    )

    def check_together(self) -> None:
        if self.thousands is not None and self.thousands == self.decimal:
            raise KeyFault("thousands", f"is {self.thousands!r}, as `data.csv.decimal` is; they must differ")
        if self.separator == self.quote:
            raise KeyFault("separator", f"is {self.separator!r}, as `data.csv.quote` is; they must differ")


class DataConfig(Record):
    """Where the series are and what their columns mean."""

    path: PathText | SomePaths = key(
        description="File, list of files or glob (`sales-*.csv`): CSV text of any name, also packed (`.gz`, `.zst`), or"
        " `.parquet`. Relative to the config's folder."
    )
    time: Text | SomeNames | None = key(
        default=None,
        description="Time column, or a list of columns that make up the time, as `[date, hour]`; null: the rows are in "
        "order, one step each.",
    )
    target: Text | SomeNames = key(
        description="Column to forecast; a list: a wide table, in which each column is a series."
    )
    id: Text | SomeNames | None = key(
        default=None, description="Column or columns that tell the series of a long table apart; null: one series."
    )
    freq: Auto | Text | Count = key(
        default="auto",
        description="Step between two rows as a pandas offset (`h`, `D`, `W-SUN`, `MS`, `15min`), or 1 for "
        "whole-number steps; `auto`: found from the time column.",
    )
    time_format: Text | TimeFormats = key(
        default="auto",
        description="How times are written, as `%d.%m.%Y` (a list for several columns), `%d.%m.%Y %H:%M - %H:%M` for "
        "intervals, `epoch` (also `_ms`, `_us`, `_ns`, `_decimal`), `excel` for the days of spreadsheets, "
        "`decimal_year` (1949.25), `integer` for steps; `%q` is a quarter, `%K` an hour from "
        "1 to 24, `%N` hours and minutes as one number (930). `auto` finds it and refuses what could be read two ways.",
    )
    timezone: Zone | None = key(
        default=None, description="IANA zone of the times, as `Europe/Berlin`; null: times are taken as they are."
    )
    csv: CsvConfig = CsvConfig()
    duplicates: Literal["error", "first", "last", "mean", "sum"] = key(
        default="error",
        description="What to do with two rows of one series and time. All that is done is counted and reported.",
    )
    off_grid: Literal["error", "nearest"] = key(
        default="error",
        description="What to do with rows between the steps of `freq`; `nearest` moves them (those of days and longer "
        "steps: to the step that they lie in), after which several may have one time.",
    )
    gaps: Literal["error", "interpolate", "previous", "seasonal", "zero"] = key(
        default="error",
        description="What to do with missing rows and values. All that is filled is counted and reported. Gaps longer "
        "than a season and the horizon are not filled (but by `zero`): what came before only trains.",
    )
    past: Names = key(default=(), description="Columns that help and are known up to the last row of the target.")
    future: Names = key(
        default=(), description="Columns that help and are known ahead: their rows must reach the horizon's end."
    )
    future_path: PathText | SomePaths | None = key(
        default=None,
        description="A second file, list or glob with rows after the last target: the same time and id columns, and "
        "all of `future`. Its rows replace those of `path` there. Relative to the config's folder.",
    )
    static: Names = key(
        default=(),
        description="Columns that describe a series and do not change in time: numbers, or texts of up to 20 kinds.",
    )
    calendar: Literal["auto", "none"] = key(
        default="auto", description="`auto`: hour, weekday and season, as the frequency allows, help the forecast."
    )
    holidays: Text | None = key(
        default=None,
        description="Code of a country (`DE`), of a state (`US-CA`) or of a stock exchange (`XNYS`) whose holidays "
        "help the forecast, with the days before and after; for steps of a day or less.",
    )
    start: Stamp | None = key(default=None, description="First time that is used; null: the first row.")
    end: Stamp | None = key(
        default=None, description="Last time that is used, of columns known ahead as well; null: the last row."
    )

    def check_together(self) -> None:
        self._check_steps_have_times()
        self._check_each_column_has_one_role()
        self._check_covariates_have_what_they_need()
        self._check_wide_or_long()

    def _check_steps_have_times(self) -> None:
        if self.time is None and self.freq != "auto" and not str(self.freq).isdecimal():
            raise KeyFault(
                "time",
                f"names no column, but `data.freq` is {self.freq!r}; set it to the column of times, or, if there is "
                "none and each row is a step, set data.freq to 1",
            )

    def _check_each_column_has_one_role(self) -> None:
        roles: dict[str, str] = {}
        for role in ("time", "target", "id", "past", "future", "static"):
            for column in names_in(getattr(self, role)):
                if column in roles:
                    raise KeyFault(role, f"column {column!r} is `data.{roles[column]}` already; a column has one role")
                roles[column] = role

    def _check_covariates_have_what_they_need(self) -> None:
        if self.future_path is not None and not self.future:
            raise KeyFault("future_path", "is set, but `data.future` names no column; name those that it holds")
        if self.future_path is not None and self.time is None:
            raise KeyFault("future_path", "needs `data.time`: rows of two files without a time have no order")
        if self.static and self.id is None and len(names_in(self.target)) > 1:
            raise KeyFault("static", "needs `data.id`: in a wide table a column belongs to all series; leave it []")

    def _check_wide_or_long(self) -> None:
        if self.id is not None and len(names_in(self.target)) > 1:
            problem = "names several columns while `data.id` is set; several targets for each id are not available yet"
            raise KeyFault("target", f"{problem}: name one")
