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
from lstmcast.evaluation.bootstrap import Clusters, Skill, skill_against
from lstmcast.evaluation.metrics import Ratio, Scored
from lstmcast.jobs.nightly.gate import (
    Comparison,
    Deciding,
    compare_with,
    find_deciding,
    is_same_problem,
    judge,
    refuse_damage,
    refuse_promotion,
)
from lstmcast.store.artifact import load_version
from lstmcast.store.versions import resolve_version

NAN = float("nan")


def refusal(model, baseline, compared=None, nothing=1e-6, metric="mase", **gate):
    one = np.ones(1)
    deciding = Deciding(metric, Ratio(model * one, one, nothing), Ratio(baseline * one, one, nothing))
    return refuse_promotion(GateConfig.from_plain(gate), deciding, compared)


def a_comparison(new, present, low=None, high=None):
    return Comparison("20260101-030000-0000abcd", 2, new, present, Skill(skill(new, present), low, high))


def test_a_model_that_is_as_good_as_asked_for_passes():
    assert refusal(1.0, 1.0) is None
    assert refusal(0.75, 1.0, min_skill=0.25) is None
    assert refusal(0.1, 0.2, metric="wql") is None


def test_a_model_that_is_worse_is_refused_with_both_scores():
    assert refusal(0.96, 1.0, min_skill=0.05) == (
        "mase 0.96 of the model against 1 of seasonal_naive: skill 4.0%, evaluate.gate.min_skill is 5.0%"
    )


def test_where_all_are_right_but_for_rounding_the_model_passes():
    assert refusal(5e-8, 0.0, a_comparison(2e-8, 0.0), min_skill=0.1) is None


def test_what_is_rounding_depends_on_the_unit_of_the_score():
    assert refusal(5e-5, 0.0, metric="wql", nothing=1e-4) is None
    assert refusal(5e-5, 0.0, metric="wql") is not None
    assert refusal(1.0, 1.0 - 1e-9) is None  # as good, but for rounding
    worse = a_comparison(5e-5, 1e-5, -9.0, -0.5)
    assert (worse.is_worse, replace(worse, nothing=1e-4).is_worse) == (True, False)


def test_test_windows_in_which_nothing_happened_do_not_refuse_a_model_that_is_hardly_wrong():
    assert refusal(0.05, 0.0) is None
    assert refusal(0.06, 0.0) is not None
    assert refusal(0.02, 0.01) is not None
    assert refusal(0.02, 0.0, min_skill=0.05) is not None


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
    one = np.ones(1)
    deciding = Deciding("wql", Ratio(0.3 * one, one), Ratio(0.2 * one, one))

    assert refuse_promotion(GateConfig(), deciding, None) == (
        "wql 0.3 of the model against 0.2 of seasonal_naive, since these data allow no mase: "
        "skill -50.0%, evaluate.gate.min_skill is 0.0%"
    )


def test_a_skill_that_is_asked_for_and_cannot_be_told_is_said_to_be_so():
    assert refusal(NAN, NAN, min_skill=0.05) == (
        "mase of seasonal_naive cannot be told from these data, so there is no skill; evaluate.gate.min_skill is 5.0%"
    )


@pytest.mark.parametrize("score", [NAN, float("inf")])
def test_a_model_whose_score_is_no_number_is_refused(score):
    assert "against 1 of seasonal_naive" in str(refusal(score, 1.0))


def test_a_model_that_is_clearly_worse_than_the_present_one_is_refused_with_both_scores():
    assert refusal(0.5, 1.0, a_comparison(0.624, 0.6, -0.1, -0.01)) is None  # its handicap
    assert refusal(0.5, 1.0, a_comparison(0.66, 0.6, -0.2, -0.03)) == (
        "mase 0.66 of the model against 0.6 of the present version 20260101-030000-0000abcd, "
        "on the 2 windows that neither had seen: 10.0% worse, skill -20.0% to -3.0%; "
        "clearly worse, and by more than the 5% that are let through"
    )


def test_what_may_be_luck_is_no_reason_to_refuse_unless_it_is_very_much():
    assert refusal(0.5, 1.0, a_comparison(0.72, 0.6, -0.5, 0.1)) is None
    assert refusal(0.5, 1.0, a_comparison(0.72, 0.6)) is None
    assert "30.0% worse, skill -80.0% to +9.0%" in str(refusal(0.5, 1.0, a_comparison(0.78, 0.6, -0.8, 0.09)))
    assert "30.0% worse, too little for an interval; more than 25% worse is never let through" in str(
        refusal(0.5, 1.0, a_comparison(0.78, 0.6))
    )
    assert "of the present version" in str(refusal(0.5, 1.0, a_comparison(0.1, 0.0)))


def scores_of(seed, factor, series=20, origins=3):
    """Return the scores, over all held-out windows, of two models that err alike but for luck and a factor."""
    random = np.random.default_rng(seed)
    round_of, which = np.repeat(np.arange(origins), series), np.tile(np.arange(series), origins)
    hard = random.gamma(4, 0.25, series * origins)  # what both find difficult
    new, present = (hard * random.lognormal(0, 0.1, series * origins) for _ in range(2))
    clusters = Clusters(round_of, which, origins, series, 1.0)
    mine, theirs = Ratio(factor * new, np.ones(len(new))), Ratio(present, np.ones(len(new)))
    (found,) = skill_against([mine], {"present": [theirs]}, clusters, seed=1)["present"]
    return Comparison("20260101-030000-0000abcd", len(new), mine.value, theirs.value, found)


@pytest.mark.parametrize(("factor", "least", "most"), [(0.97, 0, 0), (1.0, 0, 0), (1.03, 0, 1), (1.2, 29, 30)])
def test_equally_good_models_pass_and_worse_ones_do_not(factor, least, most):
    refused = [refusal(0.5, 1.0, scores_of(seed, factor)) is not None for seed in range(30)]

    assert least <= sum(refused) <= most


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
    assert (found.skill.low, found.skill.high) == (None, None)  # one window
    assert found.behind == pytest.approx(0.5 / found.present - 1)


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


def test_a_window_that_begins_with_the_last_value_of_the_training_is_none_that_was_unseen(load_job):
    job = load_job.parent
    with (job / "load.csv").open("a") as file:
        file.write("2024-01,150\n2024-02,151\n")
    present = load_version(resolve_version(job / "runs"))
    panel = read_panel(load_config(load_job).data).panel
    held = held_out(panel, 1)  # of 2023-12 to 2024-02

    assert panel.first[0] + held.windows.origin[0] == present.artifact.metrics["trained_until"]
    assert compare_with(present, Ratio(np.ones(1), np.ones(1)), panel, held, "mase") is None


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


def test_a_present_model_of_another_problem_is_no_yardstick(load_job):
    present = load_version(resolve_version(load_job.parent / "runs"))
    panel = read_panel(load_config(load_job).data).panel
    held, farther = held_out(panel, 1), hold_out(panel, rolling_windows(panel.known, 4, 1, 4, 13), 4, 3, 12)

    assert is_same_problem(present, panel, held)
    assert not is_same_problem(present, replace(panel, target="price"), held)
    assert not is_same_problem(present, panel, farther)
