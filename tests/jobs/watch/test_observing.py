import errno
import os
import socket
import threading
import time
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lstmcast.config.schema import Config
from lstmcast.errors import DataError, LockedError, OutputError
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.watch import observing
from lstmcast.jobs.watch.observing import LARGEST_METRICS, exit_code_of, observed, ping_address
from lstmcast.store.lock import taking_turns


class Warned(SilentTalk):
    """Keeps the warnings."""

    def __init__(self):
        self.warnings = []

    def warn(self, text):
        self.warnings.append(text)


class StopError(BaseException):
    """As a signal raises it."""

    exit_code = 143


@contextmanager
def a_server(status=200):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ping", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def a_config(tmp_path, **job):
    data = {"path": "a.csv", "target": "x"}
    return Config.from_plain({"data": data, "forecast": {"horizon": 3}, "output": {"dir": str(tmp_path)}, "job": job})


def observe(config, error=None):
    talk = Warned()
    expected = nullcontext() if error is None else pytest.raises(type(error))
    with expected, observed(config, "run", talk):
        if error is not None:
            raise error
    return talk.warnings


def test_a_success_is_pinged():
    with a_server() as (address, asked):
        assert observe(a_config("w", ping=address)) == []

    assert asked == ["/ping"]


@pytest.mark.parametrize("error", [DataError("x"), StopError(), ZeroDivisionError()])
def test_a_failure_of_any_kind_is_pinged_as_such(error):
    with a_server() as (address, asked):
        assert observe(a_config("w", ping=address), error) == []

    assert asked == ["/ping/fail"]


def test_a_run_that_found_another_one_says_nothing(tmp_path):
    with a_server() as (address, asked):
        observe(a_config(tmp_path, ping=address, metrics=str(tmp_path / "x.prom")), LockedError("held"))

    assert asked == []
    assert not (tmp_path / "x.prom").exists()


def test_a_ping_that_no_thread_is_left_for_is_a_warning(monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)

    warnings = observe(a_config("w", ping="http://127.0.0.1:9/ping"))

    assert warnings == ["job.ping: http://127.0.0.1:9/ping: can't start new thread"]


def test_a_ping_that_is_refused_is_a_warning():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/secret?token=1"

    warnings = observe(a_config("w", ping=address))

    assert warnings == [f"job.ping: {address.removesuffix('?token=1')}: [Errno 111] Connection refused"]


def test_an_answer_of_failure_is_a_warning():
    with a_server(status=500) as (address, _):
        assert observe(a_config("w", ping=address)) == [f"job.ping: {address}: the answer was 500"]


def test_a_server_that_never_answers_delays_a_stop_by_two_seconds():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        started = time.monotonic()

        warnings = observe(a_config("w", ping=address), StopError())

    assert 1.5 < time.monotonic() - started < 8  # a run that goes on waits for ten
    assert len(warnings) == 1
    assert "job.ping" in warnings[0]


def test_metrics_that_cannot_be_written_are_a_warning(tmp_path):
    warnings = observe(a_config(tmp_path, metrics=str(tmp_path / "none" / "x.prom")))

    assert len(warnings) == 1
    assert warnings[0].startswith(f"job.metrics: {tmp_path}/none/x.prom: cannot be written")


def test_metrics_tell_how_a_run_ended(tmp_path):
    observe(a_config(tmp_path, metrics=str(tmp_path / "x.prom")), DataError("x"))

    assert f'lstmcast_exit_code{{command="run",workspace="{tmp_path}"}} 12\n' in (tmp_path / "x.prom").read_text()


def test_a_failure_is_told_behind_the_path_of_an_address():
    assert ping_address("https://hc.example/abc", 0) == "https://hc.example/abc"
    assert ping_address("https://hc.example/abc", 12) == "https://hc.example/abc/fail"
    assert ping_address("https://hc.example/abc/?rid=1", 12) == "https://hc.example/abc/fail?rid=1"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DataError("x"), 12),
        (StopError(), 143),
        (KeyboardInterrupt(), 130),
        (OSError(errno.ENOSPC, "full"), 41),
        (MemoryError(), 43),
        (OSError(), 1),
        (ZeroDivisionError(), 1),
    ],
)
def test_each_error_has_the_exit_code_that_the_program_ends_with(error, code):
    assert exit_code_of(error) == code


def test_two_jobs_that_end_together_both_leave_their_figures(tmp_path, monkeypatch):
    metrics = str(tmp_path / "jobs.prom")
    one, other = (a_config(tmp_path / name, metrics=metrics) for name in ("one", "other"))
    ended = []
    meanwhile = threading.Thread(target=lambda: ended.append(observe(other)))
    real = os.rename

    def rename(*paths):
        if meanwhile.ident is None:
            meanwhile.start()
            meanwhile.join(1)  # in vain: it waits until this one is done
        real(*paths)

    monkeypatch.setattr(os, "rename", rename)

    warnings = observe(one)

    meanwhile.join()
    text = (tmp_path / "jobs.prom").read_text()
    assert (warnings, ended) == ([], [[]])
    assert [f'workspace="{tmp_path}/{name}"}} 0\n' in text for name in ("one", "other")] == [True, True]


def test_a_job_that_keeps_the_metrics_for_itself_is_not_waited_for_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(observing, "PATIENCE", 0.1)

    with taking_turns(tmp_path, 0):
        warnings = observe(a_config(tmp_path, metrics=str(tmp_path / "x.prom")))

    assert warnings == [f"job.metrics: {tmp_path}/x.prom: another job has kept it for 0.1 s; written all the same"]
    assert "lstmcast_exit_code" in (tmp_path / "x.prom").read_text()


def test_metrics_that_would_replace_the_data_are_a_failure_that_is_pinged(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("x\n1\n")
    with a_server() as (address, asked):
        config = a_config(tmp_path, metrics="a.csv", ping=address)
        with pytest.raises(OutputError, match="would be lost"), observed(config, "run", SilentTalk()):
            pytest.fail("the command has begun")

    assert asked == ["/ping/fail"]


def test_metrics_too_large_to_be_read_are_left_as_they_are(tmp_path):
    path = tmp_path / "x.prom"
    path.write_bytes(b"x" * (LARGEST_METRICS + 1))

    assert observe(a_config(tmp_path, metrics=str(path))) == [
        f"job.metrics: {path}: is larger than 1,048,576 bytes; left as it is"
    ]
    assert path.stat().st_size == LARGEST_METRICS + 1


def test_metrics_never_take_the_place_of_the_data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("x\n1\n")

    lost = pytest.raises(OutputError, match=r"a.csv: the data are read from there, and would be lost")
    with lost, observed(a_config(tmp_path, metrics="a.csv"), "run", SilentTalk()):
        pytest.fail("the command has begun")

    assert (tmp_path / "a.csv").read_text() == "x\n1\n"
