from dataclasses import replace

from lstmcast.config.schema import Config
from lstmcast.data.windows import training_origins
from lstmcast.jobs.model.problem import make_problem
from tests.examples import a_panel

CONFIG = Config.from_plain(
    {"data": {"path": "load.csv", "target": "load"}, "forecast": {"horizon": 2}, "evaluate": {"windows": 1}}
)
NEWEST = a_panel({"a": range(1, 41)})


def test_values_before_a_long_gap_count_when_logarithms_are_considered():
    below_zero = replace(NEWEST, earlier=a_panel({"a": [-1, 2, 3]}))

    assert [make_problem(CONFIG, panel).positive for panel in (NEWEST, below_zero)] == [True, False]


def test_values_before_a_long_gap_are_neither_validated_nor_tested_but_trained_on():
    panel = replace(NEWEST, earlier=a_panel({"a": range(100, 120)}))

    problem = make_problem(CONFIG, panel)
    past = problem.panel.until(problem.spans.validation_start)
    origins = training_origins(past.with_earlier().known, context=4, horizon=2, season=1)

    assert problem.spans.test_start.tolist() == [38]
    assert origins.series.tolist() == [0, 1]
    assert (origins.first[1], origins.last[1]) == (3, 19)
