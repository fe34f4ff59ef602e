from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from lstmcast.config.schema import GateConfig
from lstmcast.config.yaml_file import load_config
from lstmcast.data.panel import Panel
from lstmcast.data.read import read_panel
from lstmcast.data.windows import rolling_windows
from lstmcast.evaluation.backtest import hold_out, point_scored, score_baselines, skill
from lstmcast.evaluation.bootstrap import Skill
from lstmcast.evaluation.metrics import Ratio, Scored
from lstmcast.jobs.gate.gate import (
    Deciding,
    describe_doubt,
    find_deciding,
    judge,
    refuse_damage,
    refuse_step_back,
    refuse_unskilled,
)
from lstmcast.jobs.gate.rivals import Comparison
from lstmcast.store.artifact import load_version
from lstmcast.store.versions import resolve_version

NAN = float("nan")


def refusal(model, baseline, low=None, high=None, nothing=1e-6, metric="mase", **gate):
    one = np.ones(1)
    deciding = Deciding(metric, Ratio(model * one, one, nothing), Ratio(baseline * one, one, nothing), slight=0.05)
    return refuse_unskilled(GateConfig.from_plain(gate), deciding, beside(model, baseline, low, high, nothing))


def beside(model, baseline, low=None, high=None, nothing=1e-6):
    found = Skill(skill(model, baseline, nothing), low, high)
    return Comparison("seasonal_naive", 3, "of the test", model, baseline, found, nothing)


def test_a_model_that_is_as_good_as_asked_for_passes():
    assert refusal(1.0, 1.0) is None
    assert refusal(0.75, 1.0, min_skill=0.25) is None
    assert refusal(0.1, 0.2, metric="wql") is None


def test_a_model_without_the_skill_that_is_asked_for_is_refused_with_both_scores():
    assert refusal(0.96, 1.0, -0.1, 0.2, min_skill=0.05) == (
        "mase 0.96 of the model against 1 of seasonal_naive, on the 3 windows of the test: 4.0% better, "
        "skill -10.0% to +20.0%; evaluate.gate.min_skill is 5.0%"
    )


def test_a_model_that_is_behind_the_baseline_by_what_luck_explains_passes_with_a_word():
    deciding = Deciding("mase", Ratio(np.ones(1) * 1.1, np.ones(1)), Ratio(np.ones(1), np.ones(1)), slight=0.05)

    assert refusal(1.1, 1.0, -0.6, 0.2) is None
    assert describe_doubt(GateConfig(), deciding, beside(1.1, 1.0, -0.6, 0.2)) == (
        "mase 1.1 of the model against 1 of seasonal_naive, on the 3 windows of the test: 10.0% worse, "
        "skill -60.0% to +20.0%; too little to hold it back at evaluate.gate.min_skill 0.0%"
    )
    assert describe_doubt(GateConfig(), deciding, beside(0.9, 1.0, -0.6, 0.2)) is None
    assert describe_doubt(GateConfig(), deciding, beside(5e-8, 0.0)) is None
    assert describe_doubt(GateConfig(), deciding, beside(0.05, 0.0)) is None  # nothing happened
    assert describe_doubt(GateConfig(), deciding, beside(0.06, 0.0)) is not None


def test_a_model_that_is_worse_than_the_baseline_beyond_luck_is_refused():
    assert refusal(1.04, 1.0, -0.06, -0.02) is None  # its handicap
    assert str(refusal(1.1, 1.0, -0.2, -0.01)).endswith(
        "10.0% worse, skill -20.0% to -1.0%; clearly worse, and by more than the 5% that are let through"
    )
    assert str(refusal(1.3, 1.0)).endswith("more than 25% worse is never let through")


def test_what_is_asked_for_below_zero_is_let_through_however_clearly_it_is_worse():
    assert refusal(1.3, 1.0, -0.4, -0.2, min_skill=-0.3) is None
    assert refusal(1.31, 1.0, -0.4, -0.2, min_skill=-0.3) is not None
    assert refusal(1.1, 1.0, -0.4, 0.2, min_skill=-0.05) is None  # 0 would let it through too


def test_where_all_are_right_but_for_rounding_the_model_passes():
    assert refusal(5e-8, 0.0, min_skill=0.1) is None


def test_what_is_rounding_depends_on_the_unit_of_the_score():
    assert refusal(5e-5, 0.0, metric="wql", nothing=1e-4) is None
    assert refusal(0.06, 0.0, metric="wql") is not None
    assert refusal(1.0, 1.0 - 1e-9) is None  # as good, but for rounding


def test_test_windows_in_which_nothing_happened_do_not_refuse_a_model_that_is_hardly_wrong():
    assert refusal(0.05, 0.0) is None
    assert refusal(0.06, 0.0) is not None
    assert refusal(0.02, 0.01) is not None
    assert refusal(0.02, 0.0, min_skill=0.05) is not None


def test_where_each_season_is_as_the_one_before_an_error_that_is_slight_beside_the_steps_refuses_no_model():
    def slight(truth):
        return find_deciding("mase", scored(truth, [0, 0, 0], 0.0), scored(truth, [0, 0, 0], 0.0)).slight

    assert slight([1.0, 2.0, 6.0]) == pytest.approx(0.05 * 2.5 / 3)
    assert slight([1001.0, 1002.0, 1006.0]) == pytest.approx(0.05 * 2.5 / 1003)
    assert slight([5.0, 5.0, 5.0]) == 0.0
    assert (
        find_deciding("mase", scored([1.0, 2, 5], [0, 0, 0], 2.0), scored([1.0, 2, 5], [0, 0, 0], 2.0)).slight == 0.05
    )


def test_where_the_data_allow_no_score_nothing_is_refused():
    assert refusal(NAN, NAN) is None


def scored(truth, median, change):
    """Return the scores of forecasts of three steps, one window."""
    row = np.array([truth]), np.array([median], float)
    return Scored(*row, (), np.empty((1, 3, 0)), np.array([change]), np.array([change]), np.array([True]))


@pytest.mark.parametrize(
    ("wanted", "truth", "change", "metric", "score"),
    [
        ("mase", [1.0, 2.0, 5.0], 2.0, "mase", 2 / 3),
        ("mase", [1.0, 2.0, 5.0], 0.0, "wql", 0.5),  # before the window, nothing has ever changed
        ("wql", [0.0, 0.0, 0.0], 2.0, "mase", 1.0),
    ],
)
def test_where_the_data_lack_a_score_another_one_decides(wanted, truth, change, metric, score):
    found = find_deciding(wanted, scored(truth, [2, 2, 2], change), scored(truth, [0, 0, 0], change))

    assert (found.metric, found.model.value) == (metric, pytest.approx(score))


def test_a_refusal_by_another_score_says_so():
    deciding = find_deciding("mase", scored([1.0, 2.0, 5.0], [2, 2, 2], 0.0), scored([1.0, 2.0, 5.0], [1, 2, 5], 0.0))

    assert str(refuse_unskilled(GateConfig(), deciding, beside(0.5, 0.1))).endswith(
        "more than 25% worse is never let through, as these data allow no mase"
    )


def test_a_skill_that_is_asked_for_and_cannot_be_told_is_said_to_be_so():
    assert refusal(NAN, NAN, min_skill=0.05) == (
        "mase of seasonal_naive cannot be told from these data, so there is no skill; evaluate.gate.min_skill is 5.0%"
    )


@pytest.mark.parametrize("score", [NAN, float("inf")])
def test_a_model_whose_score_is_no_number_is_refused(score):
    assert "against 1 of seasonal_naive" in str(refusal(score, 1.0))


@pytest.mark.parametrize(
    ("share", "refused", "doubted"), [(0.98, False, False), (1.02, False, True), (1.3, True, False)]
)
def test_what_the_gate_says_beside_the_baseline_is_noted(load_job, share, refused, doubted):
    config = load_config(load_job)
    panel = read_panel(config.data).panel
    held = held_out(panel, 3)
    naive = score_baselines(panel, held, ["seasonal_naive"], 12)
    model = point_scored(held, held.truth + share * (naive["seasonal_naive"].median - held.truth))

    verdict = judge(config, SimpleNamespace(scored={"lstm": model, **naive}, windows=held), panel, None)

    assert (verdict.refusal is not None, verdict.doubt is not None) == (refused, doubted)
    assert verdict.remark is None
    assert verdict.scores["skill"] == pytest.approx(1 - share)
    assert verdict.scores["low"] <= verdict.scores["skill"] <= verdict.scores["high"]
    assert (verdict.scores["refusal"], verdict.scores["doubt"]) == (verdict.refusal, verdict.doubt)


def test_a_model_that_is_worse_than_the_present_one_is_refused_with_both_scores():
    rival, which = "the present version 20260101-030000-0000abcd", "that neither had seen"
    older = Comparison(rival, 2, which, 0.66, 0.6, Skill(-0.1, -0.2, -0.03))

    assert refuse_step_back("mase", replace(older, new=0.624, skill=Skill(-0.04, -0.1, -0.01))) is None
    assert refuse_step_back("mase", older) == (
        "mase 0.66 of the model against 0.6 of the present version 20260101-030000-0000abcd, "
        "on the 2 windows that neither had seen: 10.0% worse, skill -20.0% to -3.0%; "
        "clearly worse, and by more than the 5% that are let through"
    )


def held_out(panel: Panel, rounds: int):
    return hold_out(panel, rolling_windows(panel.known, 3, rounds, 3, 13), 3, 3, 12)


@pytest.mark.parametrize(("error", "refused"), [(0.01, False), (90.0, True)])
def test_both_scores_are_told_and_noted_whichever_of_the_two_goes_on(load_job, error, refused):
    job = load_job.parent
    lines = (job / "load.csv").read_text()
    (job / "load.csv").write_text(lines + "2024-01,150\n2024-02,151\n2024-03,170\n")
    config = load_config(load_job, sets=["evaluate.gate.min_skill=-99"])
    panel = read_panel(config.data).panel
    held = held_out(panel, 3)
    scored = {
        config.model.cell: point_scored(held, held.truth + error),
        "seasonal_naive": score_baselines(panel, held, ["seasonal_naive"], 12)["seasonal_naive"],
    }

    present = load_version(resolve_version(job / "runs"))
    verdict = judge(config, SimpleNamespace(scored=scored, windows=held), panel, present)

    noted = verdict.scores["present"]
    said = f"mase {noted['model']:.4g} of the model against {noted['present']:.4g} of the present version {present.id}"
    assert (verdict.refusal is not None, verdict.remark is not None) == (refused, not refused)
    assert str(verdict.refusal or verdict.remark).startswith(f"{said}, on the 1 window that neither had seen: ")
    assert noted["skill"] == pytest.approx(1 - noted["model"] / noted["present"])


@pytest.mark.parametrize(
    ("before", "now", "refused"),
    [(0.02, 0.041, True), (0.02, 0.04, False), (0, 9.0, False), (None, 9.0, False)],
)
def test_a_model_that_errs_more_than_twice_as_much_as_the_present_one_did_is_of_damaged_data(before, now, refused):
    artifact = SimpleNamespace(metrics={"scores": [{"forecaster": "lstm", "wql": before}]})
    present = SimpleNamespace(id="20260101-030000-0000abcd", artifact=artifact)

    found = refuse_damage(now, present)

    assert (found is not None) == refused
    if found is not None:
        assert "against 0.02 of the present version 20260101-030000-0000abcd in its own test" in found


def test_data_that_have_become_nothing_but_zeros_are_damaged():
    artifact = SimpleNamespace(metrics={"scores": [{"forecaster": "lstm", "wql": 0.02}]})
    present = SimpleNamespace(id="20260101-030000-0000abcd", artifact=artifact)

    assert refuse_damage(float("nan"), present) == (
        "all values of the test are 0, and were not in that of the present version 20260101-030000-0000abcd; "
        "look whether they are sound"
    )


@pytest.mark.parametrize("horizon", [3, 4])
def test_a_model_that_looks_farther_ahead_may_err_more(load_job, horizon):
    config = load_config(load_job, sets=["evaluate.gate.min_skill=-99", f"forecast.horizon={horizon}"])
    present = load_version(resolve_version(load_job.parent / "runs"))
    panel = read_panel(config.data).panel
    held = hold_out(panel, rolling_windows(panel.known, horizon, 1, horizon, 13), horizon, 3, 12)
    naive = score_baselines(panel, held, ["seasonal_naive"], 12)
    trained = SimpleNamespace(windows=held, scored={"lstm": point_scored(held, held.truth + 50), **naive})

    verdict = judge(config, trained, panel, present)

    assert ("much harder to forecast" in str(verdict.refusal)) == (horizon == 3)
