"""The config as records that are right once they exist; those of `data` are in `data_config`."""

from typing import Annotated, Literal

from lstmcast.config.data_config import DataConfig
from lstmcast.config.values import (
    Auto,
    Baseline,
    Baselines,
    Count,
    Duration,
    Levels,
    PathText,
    Seasons,
    WebAddress,
)
from lstmcast.kinds import Limits
from lstmcast.records import KeyFault, Record, key

MOST_MEMBERS, MOST_STEPS, MOST_CONTEXT = 16, 10_000_000, 20_000


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
    context: Auto | Annotated[int, Limits(ge=2, le=MOST_CONTEXT)] = key(
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
    step: Auto | Count = key(
        default="auto", description="Steps between two origins; `auto`: the horizon, or less in short series."
    )
    season: Auto | Count | Seasons = key(
        default="auto",
        description="Steps in a season, or a list, as [24, 168] for hours of days and weeks; `auto`: the frequency's.",
    )
    baselines: Baselines = key(
        default=("seasonal_naive", "naive"),
        description="Forecasts that are scored beside the model. `naive2` is the M competitions' benchmark. `autoets`, "
        "`autotheta` and `autoarima` are fitted to each series anew and need `statsforecast`: "
        "`pip install 'lstmcast[peers]'`.",
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
        default=None,
        description="Oldest that the last row may be when a forecast is made; older is exit code 14. "
        "Of many series, that goes for each that had not ended in training already.",
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
