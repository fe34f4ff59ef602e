from dataclasses import replace

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.jobs.forecasting.answering import known_before
from lstmcast.store.artifact import load_version
from lstmcast.store.versions import resolve_version


@pytest.fixture
def artifact(shops_job):
    """Return a version that read 21 values and was trained until 14 January, on 60, 60 and 18 days."""
    artifact = load_version(resolve_version(shops_job.parent / "runs")).artifact
    assert (artifact.spec.context, artifact.contract.known) == (21, (60, 60, 18))
    return artifact


@pytest.fixture
def panel(shops_job):
    return read_panel(load_config(shops_job).data).panel


def test_values_up_to_the_newest_of_training_were_known(panel, artifact):
    assert known_before(panel, artifact, np.arange(3)).tolist() == [60, 60, 18]

    five_days_on = replace(panel, first=panel.first + 5)
    assert known_before(five_days_on, artifact, np.arange(3)).tolist() == [55, 55, 18]


def test_where_the_rows_of_training_are_gone_a_forecast_takes_as_many_as_the_version_reads_or_had(panel, artifact):
    much_later = replace(panel, first=panel.first + 50)

    assert known_before(much_later, artifact, np.arange(3)).tolist() == [21, 21, 18]
    assert known_before(much_later, artifact, np.array([2, 1, 0])).tolist() == [18, 21, 18]
    older = replace(artifact, contract=artifact.contract.changed({"known": ()}))
    assert known_before(much_later, older, np.arange(3)).tolist() == [21, 21, 18]


def test_a_version_that_does_not_say_until_when_it_was_trained_is_taken_to_know_all(panel, artifact):
    metrics = {name: value for name, value in artifact.metrics.items() if name != "trained_until"}
    much_later = replace(panel, first=panel.first + 50)

    assert known_before(much_later, replace(artifact, metrics=metrics), np.arange(3)).tolist() == [60, 60, 18]
