"""What `run` says of what it did."""

from pathlib import Path

import pytest

from lstmcast.cli.run import describe
from lstmcast.jobs.run import RunResult


def a_result(**changes: object) -> RunResult:
    facts = {
        "forecast": Path("forecast.csv"),
        "cutoff": "2024-03-01",
        "model": "20240301-000000-00000000",
        "published": True,
        "fallback": None,
        "left_out": (),
        "reasons": ("there is no version yet",),
        "trained": "20240301-000000-00000000",
        "promoted": True,
        "origins": 0,
        "skill": None,
        "drifted": False,
        "removed": (),
        "warnings": (),
        "seconds": 1.0,
    }
    return RunResult(**(facts | changes))


@pytest.mark.parametrize(
    ("trained", "said"),
    [
        ("20240301-000000-00000000", "trained, since there is no version yet"),
        (None, "not trained, though there is no version yet"),
    ],
)
def test_describe_says_trained_only_where_a_version_came_of_it(trained, said):
    assert describe(a_result(trained=trained)).splitlines()[0] == said


def test_describe_tells_each_step_that_was_done_in_a_line():
    said = describe(a_result(promoted=False, published=False, origins=2, skill=-0.05, removed=("a.csv", "b.log")))

    assert said.splitlines()[1:] == [
        "version 20240301-000000-00000000 was saved, not promoted",
        "was published already: forecast.csv, from 2024-03-01, by 20240301-000000-00000000",
        "scored 2 earlier forecasts; of late, the error was 5.0% larger than that of seasonal naive",
        "removed a.csv, b.log",
    ]


def test_describe_of_a_night_with_nothing_to_train_or_score_is_one_line():
    said = describe(a_result(reasons=(), trained=None, promoted=False))

    assert said == "published: forecast.csv, from 2024-03-01, by 20240301-000000-00000000\n"
