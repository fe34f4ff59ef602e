"""The config as records that are right once they exist."""

from typing import Annotated, Literal

from lstmcast.config.values import (
    Auto,
    Baseline,
    Baselines,
    Count,
    Duration,
    FewLines,
    Levels,
    LineNumber,
    Names,
    PathText,
    Seasons,
    Sign,
    SomeNames,
    SomePaths,
    Stamp,
    Text,
    TimeFormats,
    Units,
    WebAddress,
    Zone,
)
from lstmcast.kinds import Limits
from lstmcast.records import KeyFault, Record, key

MOST_MEMBERS, MOST_STEPS = 16, 10_000_000


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
        if self.time is None and self.freq != "auto" and not str(self.freq).isdigit():
            raise KeyFault("time", f"names no column, but `data.freq` is {self.freq!r}; set it to the column of times, "
                           "or, if there is none and each row is a step, set data.freq to 1")  # fmt: skip

    def _check_each_column_has_one_role(self) -> None:
        roles: dict[str, str] = {}
        for role in ("time", "target", "id", "past", "future", "static"):
            for column in _names(getattr(self, role)):
                if column in roles:
                    raise KeyFault(role, f"column {column!r} is `data.{roles[column]}` already; a column has one role")
                roles[column] = role

    def _check_covariates_have_what_they_need(self) -> None:
        if self.future_path is not None and not self.future:
            raise KeyFault("future_path", "is set, but `data.future` names no column; name those that it holds")
        if self.future_path is not None and self.time is None:
            raise KeyFault("future_path", "needs `data.time`: rows of two files without a time have no order")
        if self.static and self.id is None and len(_names(self.target)) > 1:
            raise KeyFault("static", "needs `data.id`: in a wide table a column belongs to all series; leave it []")

    def _check_wide_or_long(self) -> None:
        if self.id is not None and len(_names(self.target)) > 1:
            raise KeyFault("target", "names several columns while `data.id` is set; several targets for each id are "
                           "not available yet: name one")  # fmt: skip


class ForecastConfig(Record):
    """What is forecast."""

    horizon: Count = key(description="Number of steps to forecast.")
    levels: Levels = key(
        default=(80, 95), description="Prediction intervals, in percent; columns `lo-80` and `hi-80` for 80."
    )


class ModelConfig(Record):
    """The network."""

    cell: Literal["lstm", "gru", "rnn", "linear"] = key(
        default="lstm",
        description="Recurrent cell; `linear` has none: it only weighs a bank of linear forecasters, and reads no "
        "`data.past`.",
    )
    units: Auto | Annotated[int, Limits(ge=1, le=1024)] = key(default="auto", description="Size of the cell's state.")
    layers: Auto | Annotated[int, Limits(ge=1, le=3)] = key(
        default="auto", description="Recurrent layers, one upon another."
    )
    context: Auto | Annotated[int, Limits(ge=2, le=20_000)] = key(
        default="auto", description="Number of past steps that the network sees."
    )
    segment: Auto | Count = key(
        default="auto",
        description="Steps that the cell reads at once; 1 is the textbook network, which reads one by one.",
    )
    bank: Literal["auto", "none"] = key(
        default="auto",
        description="`auto`: the network corrects a bank of classical forecasts; `none`: it goes without.",
    )
    dropout: Auto | Annotated[float, Limits(ge=0, le=0.9)] = key(
        default="auto", description="Share of the state that is dropped at random during training."
    )
    members: Auto | Annotated[int, Limits(ge=1, le=MOST_MEMBERS)] = key(
        default="auto", description="Networks that are trained from different seeds; their median counts."
    )

    def check_together(self) -> None:
        self._check_segment_fits_the_context()
        self._check_something_reads_the_past()

    def _check_segment_fits_the_context(self) -> None:
        if isinstance(self.segment, int) and isinstance(self.context, int) and self.segment > self.context:
            raise KeyFault("segment", f"is {self.segment}, more than the {self.context} steps of `model.context`")

    def _check_something_reads_the_past(self) -> None:
        if self.cell == "linear" and self.bank == "none":
            raise KeyFault(
                "bank", "is 'none', but with `model.cell: linear` only the bank reads the past; set it to auto"
            )


class TrainConfig(Record):
    """How the network is trained."""

    seed: Annotated[int, Limits(ge=0, le=2**32 - 1)] = key(
        default=1, description="Same seed, machine, versions and files: same weights."
    )
    steps: Auto | Annotated[int, Limits(ge=1, le=MOST_STEPS)] = key(
        default="auto", description="Training steps, at most."
    )
    batch: Auto | Annotated[int, Limits(ge=1, le=65_536)] = key(
        default="auto", description="Windows in one training step."
    )
    learning_rate: Auto | Annotated[float, Limits(gt=0)] = key(
        default="auto", description="Highest rate of the optimiser."
    )
    time_budget: Duration | None = key(
        default=None,
        description="About the time that training may take: the best model that fits, or the least that makes sense.",
    )
    threads: Auto | Annotated[int, Limits(ge=1, le=1024)] = key(default="auto", description="Processor threads.")


class GateConfig(Record):
    """What a new model has to beat before it takes the old one's place."""

    metric: Literal["mase", "wql", "smape"] = key(default="mase", description="Score that decides; less is better.")
    against: Baseline = key(default="seasonal_naive", description="Baseline to beat; one of `evaluate.baselines`.")
    min_skill: Annotated[float, Limits(le=1)] = key(
        default=0.0,
        description="Least share of the baseline's error that the model must save: 0.1 is 10% better. Up to 0, a model "
        "that misses it is held back only if it is worse than luck explains, or by more than 25%.",
    )


class EvaluateConfig(Record):
    """How a model is measured: by rolling origin, on data that its training has not seen."""

    windows: Annotated[int, Limits(ge=1, le=100)] = key(default=3, description="Forecast origins that are held out.")
    step: Auto | Count = key(default="auto", description="Steps between two origins; `auto`: the horizon.")
    season: Auto | Count | Seasons = key(
        default="auto",
        description="Steps in a season, or a list, as [24, 168] for hours of days and weeks; `auto`: the frequency's.",
    )
    baselines: Baselines = key(
        default=("seasonal_naive", "naive"),
        description="Forecasts that are scored beside the model. `autoets`, `autotheta` and `autoarima` are fitted to "
        "each series anew and need `statsforecast`: `pip install 'lstmcast[peers]'`.",
    )
    gate: GateConfig = GateConfig()

    def check_together(self) -> None:
        if self.gate.against not in self.baselines:
            raise KeyFault("gate.against", f"is {self.gate.against!r}, which `evaluate.baselines` lacks; add it there")


class OutputConfig(Record):
    """Where the results go."""

    dir: PathText = key(
        default="runs",
        description="Workspace: model versions, forecasts, reports. One per config. Relative to the config's folder.",
    )
    plots: bool = key(default=True, description="Draw plots beside the results.")


class JobConfig(Record):
    """What holds for runs that nobody watches."""

    max_age: Duration | None = key(
        default=None, description="Oldest that the last row may be when a forecast is made; older is exit code 14."
    )
    retrain: Duration = key(default="7D", description="Age at which `run` trains a model again.")
    keep: Count = key(default=5, description="Model versions that are kept, the current one and the one before always.")
    keep_forecasts: Duration = key(
        default="90D",
        description="Age, from the end of its horizon on, at which a kept forecast is removed, if the newest forecast "
        "ends so much later too: a wrong clock alone removes none. That of logs, by the clock.",
    )
    on_failure: Literal["keep", "seasonal_naive"] = key(
        default="keep",
        description="What `run` publishes when no model can answer; `keep`: nothing, the last good forecast stays; "
        "`seasonal_naive`: the value of one season ago, each row marked so.",
    )
    timeout: Duration | None = key(
        default=None,
        description="Time that a command may take that trains, forecasts, scores or explains, `run` as a whole; longer "
        "is exit code 42.",
    )
    ping: WebAddress | None = key(
        default=None,
        description="Address of a health check that `run`, `train` and `predict` call at the end; with `/fail` behind "
        "it after a failure.",
    )
    metrics: PathText | None = key(
        default=None,
        description="Prometheus text file that `run`, `train` and `predict` write, as `lstmcast.prom` in the folder of "
        "the node exporter. Relative to the config's folder.",
    )


class DetectConfig(Record):
    """When `detect` raises an alarm."""

    rate: Annotated[float, Limits(gt=0, le=0.1)] = key(
        default=0.001, description="Wanted share of values with a false alarm; 0.001 is one in a thousand."
    )
    cooldown: Auto | Count = key(
        default="auto",
        description="Steps without anything strange after which the next alarm is another one; `auto`: one season, at "
        "least 12.",
    )


class Config(Record):
    """What one config file describes: a job."""

    version: Literal[1] = key(default=1, description="Version of the config format.")
    data: DataConfig
    forecast: ForecastConfig
    model: ModelConfig = ModelConfig()
    train: TrainConfig = TrainConfig()
    evaluate: EvaluateConfig = EvaluateConfig()
    output: OutputConfig = OutputConfig()
    job: JobConfig = JobConfig()
    detect: DetectConfig = DetectConfig()

    def check_together(self) -> None:
        if self.job.max_age is not None and self.data.time is None:
            raise KeyFault("job.max_age", "is set, but without `data.time` the rows have no age")


def _names(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value
