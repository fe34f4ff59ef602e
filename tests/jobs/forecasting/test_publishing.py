"""Forecasts of several runs, published at the same time."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from lstmcast.data.read import read_panel
from lstmcast.errors import LockedError
from lstmcast.jobs.forecasting import publishing
from lstmcast.jobs.forecasting.publishing import Forecast, publish, remove_published, write_elsewhere
from lstmcast.store.forecasts import kept_path, read_forecast
from lstmcast.store.lock import hold_workspace

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def a_forecast(config, model):
    Path(config.data.path).write_text("x\n1\n2\n3\n")
    return Forecast(read_panel(config.data), model, 1, 2, (0.1, 0.5, 0.9), np.ones((1, 2, 3)))


def in_the_middle_of(monkeypatch, work):
    """Let another run begin its work when this one has put the first of its files into place, and give it its time."""
    real, renamed = os.rename, []
    meanwhile = threading.Thread(target=work)

    def rename(*paths):
        if len(renamed) == 1:
            meanwhile.start()
            meanwhile.join(1)  # in vain: it waits until this one is done
        renamed.append(paths)
        real(*paths)

    monkeypatch.setattr(os, "rename", rename)
    return meanwhile


def test_two_runs_that_publish_at_once_leave_the_forecast_of_one_of_them_everywhere(config, monkeypatch):
    one, other = (a_forecast(config, model) for model in ("one", "other"))
    meanwhile = in_the_middle_of(monkeypatch, lambda: publish(config, other, None, now=NOW))

    publish(config, one, None, now=NOW)

    meanwhile.join()
    workspace = Path(config.output.dir)
    found = [read_forecast(path) for path in (workspace / "forecast.csv", kept_path(workspace, "3"))]
    assert [each and each.manifest.model for each in found] == ["other", "other"]


def test_two_runs_that_write_to_the_same_place_elsewhere_leave_one_of_them_whole(config, tmp_path, monkeypatch):
    one, other = (a_forecast(config, model) for model in ("one", "other"))
    path = tmp_path / "elsewhere.csv"
    meanwhile = in_the_middle_of(monkeypatch, lambda: write_elsewhere(config, other, path, None, now=NOW))

    write_elsewhere(config, one, path, None, now=NOW)

    meanwhile.join()
    found = read_forecast(path)
    assert found is not None
    assert found.manifest.model == "other"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.csv", "elsewhere.csv", "elsewhere.manifest.json"]


def test_a_run_that_never_ends_publishing_is_not_waited_for_without_end(config, monkeypatch):
    monkeypatch.setattr(publishing, "PATIENCE", 0.1)
    workspace = Path(config.output.dir)

    with (
        hold_workspace(workspace / "forecasts"),
        pytest.raises(
            LockedError, match=r"runs/forecasts: is held by another run \(process \d+, since .*\); try again"
        ),
    ):
        publish(config, a_forecast(config, "one"), None, now=NOW)

    assert [path.name for path in workspace.rglob("*")] == ["forecasts", "lock"]


def test_nothing_is_removed_while_another_run_publishes(config, monkeypatch):
    monkeypatch.setattr(publishing, "PATIENCE", 0.1)
    workspace = Path(config.output.dir)
    publish(config, a_forecast(config, "one"), None, now=NOW)

    with hold_workspace(workspace / "forecasts"), pytest.raises(LockedError):
        remove_published(workspace, timedelta(days=90), NOW.replace(year=NOW.year + 9))


def test_a_run_that_holds_its_workspace_publishes(config):
    workspace = Path(config.output.dir)

    with hold_workspace(workspace):
        publish(config, a_forecast(config, "one"), None, now=NOW)

    assert read_forecast(workspace / "forecast.csv") is not None
