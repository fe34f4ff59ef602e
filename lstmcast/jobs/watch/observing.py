"""Lets others see how a run that nobody watches has ended: a metrics file, and a ping. Neither can fail the run."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from lstmcast.config.schema import Config
from lstmcast.errors import INTERRUPTED, LockedError, LstmcastError, foreseen_fault
from lstmcast.files import write_whole
from lstmcast.jobs.common.outputs import check_outputs
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.forecasting.publishing import Forecast
from lstmcast.jobs.watch.metrics_file import Metrics, merge_metrics
from lstmcast.store.lock import taking_turns

PATIENCE = 9.0  # seconds for a ping, and for other jobs that write their metrics: with all around it, ten at most
PATIENCE_WHEN_STOPPED = 2.0  # whoever stops a run wants it to end
BUG = 1
LARGEST_METRICS = 2**20


@dataclass
class Observation:
    """What is known of a run so far: how it would end now, and figures about it."""

    exit_code: int = 0
    figures: dict[str, float] = field(default_factory=dict)

    def note_forecast(self, forecast: Forecast) -> None:
        """Note how much was forecast, from when the newest row is, and how wide the bands are."""
        panel = forecast.reading.panel
        self.figures |= {"forecast_series": panel.series_count, "forecast_rows": forecast.rows}
        self.figures["band_stretch_ratio"] = round(forecast.stretch, 4)
        stamp = panel.frequency.stamps(panel.cutoffs.max(keepdims=True))
        if stamp.dtype.kind == "M":
            utc = forecast.reading.time_format.to_utc(stamp.astype("datetime64[us]"))[0]
            self.figures["data_timestamp_seconds"] = int(utc.astype("datetime64[s]").astype(int))


@contextmanager
def observed(config: Config, command: str, talk: Talk) -> Iterator[Observation]:
    """Write metrics and ping at the end of the block, however it ends; a run that found another one says nothing."""
    observation, started = Observation(), time.monotonic()
    metrics = None
    try:
        if config.job.metrics is not None:
            check_outputs(config, Path(config.job.metrics))
            metrics = Path(config.job.metrics)
        yield observation
    except LockedError:
        raise
    except BaseException as error:  # a signal that asks us to stop, too
        is_stopped = not isinstance(error, Exception)
        observation.exit_code = exit_code_of(error)
        observer = Observer(config, command, metrics, PATIENCE_WHEN_STOPPED if is_stopped else PATIENCE, talk)
        observer.tell(observation, time.monotonic() - started)
        raise
    Observer(config, command, metrics, PATIENCE, talk).tell(observation, time.monotonic() - started)


def exit_code_of(error: BaseException) -> int:
    """Return the exit code that an error ends the program with."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    fault = foreseen_fault(error)
    return fault.exit_code if fault else int(getattr(error, "exit_code", BUG))  # a signal has a code, too


def ping_address(address: str, exit_code: int) -> str:
    """Return the address that tells of success, or of failure: with `/fail` behind its path."""
    if exit_code == 0:
        return address
    path, mark, query = address.partition("?")
    return f"{path.rstrip('/')}/fail{mark}{query}"


def _in_time(work: Callable[[], None], seconds: float) -> bool:
    """Return whether the work was done in time; if not, it is left to itself."""
    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(seconds)
    return not worker.is_alive()


@dataclass(frozen=True)
class Observer:
    """Who tells others how a run ended."""

    config: Config
    command: str
    metrics: Path | None  # unless the config names none, or one that would replace the data
    patience: float
    talk: Talk

    def tell(self, observation: Observation, seconds: float) -> None:
        """Write the metrics, and ping."""
        if self.metrics is not None:
            figures = {"exit_code": float(observation.exit_code), "duration_seconds": round(seconds, 3)}
            self._write(self.metrics, Metrics(self.command, self.config.output.dir, {**observation.figures, **figures}))
        if self.config.job.ping is not None:
            _ping(ping_address(self.config.job.ping, observation.exit_code), self.talk, self.patience)

    def _write(self, path: Path, metrics: Metrics) -> None:
        """Put the figures into the file that other jobs write as well: one reads what the one before has written."""
        with taking_turns(path.parent, self.patience) as is_my_turn:
            if not is_my_turn:
                waited = f"another job has kept it for {self.patience:g} s"
                self.talk.warn(f"job.metrics: {path}: {waited}; written all the same")
            before = b""
            with suppress(OSError):
                if not path.is_fifo():  # which would keep us waiting; it cannot be written either
                    with path.open("rb") as file:
                        before = file.read(LARGEST_METRICS + 1)
            if len(before) > LARGEST_METRICS:
                self.talk.warn(f"job.metrics: {path}: is larger than {LARGEST_METRICS:,} bytes; left as it is")
                return
            try:
                write_whole(path, merge_metrics(before, metrics, time.time()))
            except LstmcastError as error:
                self.talk.warn(f"job.metrics: {error}")


def _ping(address: str, talk: Talk, patience: float) -> None:
    problem = ["no answer in time"]

    def call() -> None:
        from http.client import HTTPException  # only here: they cost what a forecast costs
        from urllib.error import HTTPError
        from urllib.request import Request, urlopen

        try:
            request = Request(address, headers={"User-Agent": "lstmcast"})  # noqa: S310 -- the config allows http only
            with urlopen(request, timeout=patience) as answer:  # noqa: S310 -- as above
                answer.read(1)
            problem.clear()
        except HTTPError as error:
            problem[:] = [f"the answer was {error.code}"]
        except (OSError, ValueError, HTTPException) as error:
            problem[:] = [str(getattr(error, "reason", error)) or type(error).__name__]

    try:
        _in_time(call, patience)
    except RuntimeError as error:  # no thread can be started
        problem[:] = [str(error)]
    if problem:
        talk.warn(f"job.ping: {address.partition('?')[0]}: {problem[0]}")
