from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from lstmcast.config.schema import Config
from lstmcast.config.yaml_file import load_config
from lstmcast.data.panel import Panel
from lstmcast.data.read import read_panel
from lstmcast.data.windows import rolling_windows
from lstmcast.evaluation.backtest import hold_out
from lstmcast.evaluation.metrics import Ratio
from lstmcast.jobs.nightly.gate import Comparison, compare_with, refuse_damage, refuse_promotion
from lstmcast.store.artifact import load_version
from lstmcast.store.versions import resolve_version

NAN = float("nan")


def a_config(**gate):
    config = {"data": {"path": "a.csv", "target": "x"}, "forecast": {"horizon": 3}, "evaluate": {"gate": gate}}
    return Config.from_plain(config)


def a_comparison(new, present):
    return Comparison("20260101-030000-0000abcd", 2, new, present)


def test_a_model_that_is_as_good_as_asked_for_passes():
    assert refuse_promotion(a_config(), 1.0, 1.0, None) is None
    assert refuse_promotion(a_config(min_skill=0.25), 0.75, 1.0, None) is None
    assert refuse_promotion(a_config(metric="wql"), 0.1, 0.2, None) is None


def test_a_model_that_is_worse_is_refused_with_both_scores():
    assert refuse_promotion(a_config(min_skill=0.05), 0.96, 1.0, None) == (
        "mase 0.96 of the model against 1 of seasonal_naive: skill 4.0%, evaluate.gate.min_skill is 5.0%"
    )


def test_where_all_are_right_but_for_rounding_the_model_passes():
    assert refuse_promotion(a_config(min_skill=0.1), 5e-8, 0.0, a_comparison(2e-8, 0.0)) is None


def test_where_the_data_allow_no_score_nothing_is_refused():
    assert refuse_promotion(a_config(), NAN, NAN, None) is None


@pytest.mark.parametrize("score", [NAN, float("inf")])
def test_a_model_whose_score_is_no_number_is_refused(score):
    refusal = refuse_promotion(a_config(), score, 1.0, None)

    assert refusal is not None
    assert "against 1 of seasonal_naive" in refusal


def test_a_model_has_to_beat_the_present_one_too():
    assert refuse_promotion(a_config(), 0.5, 1.0, a_comparison(0.6, 0.7)) is None
    assert refuse_promotion(a_config(), 0.5, 1.0, a_comparison(0.7, 0.7)) == (
        "mase 0.7 of the model against 0.7 of the present version 20260101-030000-0000abcd, "
        "on the 2 windows that neither had seen"
    )


def held_out(panel: Panel, rounds: int):
    return hold_out(panel, rolling_windows(panel.known, 3, rounds, 3, 13), 3, 3, 12)


def test_only_windows_after_the_present_model_was_trained_count(load_job):
    job = load_job.parent
    lines = (job / "load.csv").read_text()
    (job / "load.csv").write_text(lines + "2024-01,150\n2024-02,151\n2024-03,170\n")
    config = load_config(load_job)
    present = load_version(resolve_version(job / "runs"))
    panel = read_panel(config.data).panel
    held = held_out(panel, 3)  # the last one alone is later than 2023-12
    new = Ratio(np.array([9.0, 9.0, 0.5]), np.ones(3))

    found = compare_with(present, new, panel, held, "mase")

    assert found is not None
    assert (found.version, found.windows, found.new) == (present.id, 1, 0.5)
    assert 0 < found.present < 10


def test_without_a_window_that_the_present_model_has_not_seen_there_is_no_comparison(load_job):
    present = load_version(resolve_version(load_job.parent / "runs"))
    panel = read_panel(load_config(load_job).data).panel

    assert compare_with(present, Ratio(np.ones(3), np.ones(3)), panel, held_out(panel, 3), "mase") is None


def test_a_present_model_that_cannot_answer_is_no_rival(shops_job):
    present = load_version(resolve_version(shops_job.parent / "runs"))
    assert present.artifact.metrics["trained_until"] == 19736  # 2024-01-14
    panel = replace(read_panel(load_config(shops_job).data).panel, first=np.full(3, 30_000), future_names=())

    assert compare_with(present, Ratio(np.ones(9), np.ones(9)), panel, held_out(panel, 3), "mase") is None


@pytest.mark.parametrize(
    ("before", "now", "refused"),
    [(0.02, 0.041, True), (0.02, 0.04, False), (0, 9.0, False), (None, 9.0, False), (0.02, float("nan"), True)],
)
def test_a_model_that_errs_more_than_twice_as_much_as_the_present_one_did_is_of_damaged_data(before, now, refused):
    artifact = SimpleNamespace(metrics={"scores": [{"forecaster": "lstm", "wql": before}]})
    present = SimpleNamespace(id="20260101-030000-0000abcd", artifact=artifact)

    refusal = refuse_damage(now, present)

    assert (refusal is not None) == refused
    if refusal is not None:
        assert "against 0.02 of the present version 20260101-030000-0000abcd in its own test" in refusal
