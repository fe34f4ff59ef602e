from dataclasses import replace

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.data.panel import Panel
from lstmcast.data.read import read_panel
from lstmcast.data.windows import rolling_windows
from lstmcast.evaluation.backtest import hold_out, skill
from lstmcast.evaluation.bootstrap import Clusters, Skill, skill_against
from lstmcast.evaluation.metrics import Ratio
from lstmcast.jobs.gate.rivals import Comparison, compare_baseline, compare_present, is_same_problem
from lstmcast.store.artifact import load_version
from lstmcast.store.versions import resolve_version


def a_comparison(new, other, low=None, high=None):
    return Comparison("naive", 2, "of the test", new, other, Skill(skill(new, other), low, high))


def test_what_the_handicap_explains_is_not_worse():
    assert not a_comparison(0.624, 0.6, -0.1, -0.01).is_worse


def test_worse_is_what_is_clearly_so():
    worse = a_comparison(0.66, 0.6, -0.2, -0.03)

    assert worse.is_worse
    assert worse.describe("mase") == (
        "mase 0.66 of the model against 0.6 of naive, on the 2 windows of the test: 10.0% worse, skill -20.0% to -3.0%"
    )
    assert worse.reason == "clearly worse, and by more than the 5% that are let through"


def test_what_may_be_luck_is_not_worse_unless_it_is_very_much():
    assert not a_comparison(0.72, 0.6, -0.5, 0.1).is_worse
    assert not a_comparison(0.72, 0.6).is_worse
    much = a_comparison(0.78, 0.6, -0.8, 0.09)
    assert (much.is_worse, much.reason) == (True, "more than 25% worse is never let through")
    assert a_comparison(0.78, 0.6).describe("wql").endswith("30.0% worse, too little for an interval")
    assert a_comparison(0.1, 0.0).is_worse
    assert a_comparison(0.1, 0.0, -9.0, -1.0).describe("mase").endswith(": there was nothing to be wrong about")


def test_what_is_rounding_depends_on_the_unit_of_the_score():
    worse = a_comparison(5e-5, 1e-5, -9.0, -0.5)

    assert (worse.is_worse, replace(worse, nothing=1e-4).is_worse) == (True, False)


def scores_of(seed, factor, series=20, origins=3):
    """Return the scores, over all held-out windows, of two models that err alike but for luck and a factor."""
    random = np.random.default_rng(seed)
    round_of, which = np.repeat(np.arange(origins), series), np.tile(np.arange(series), origins)
    hard = random.gamma(4, 0.25, series * origins)  # what both find difficult
    new, present = (hard * random.lognormal(0, 0.1, series * origins) for _ in range(2))
    clusters = Clusters(round_of, which, origins, series, 1.0)
    mine, theirs = Ratio(factor * new, np.ones(len(new))), Ratio(present, np.ones(len(new)))
    (found,) = skill_against([mine], {"present": [theirs]}, clusters, seed=1)["present"]
    return Comparison("present", len(new), "of the test", mine.value, theirs.value, found)


@pytest.mark.parametrize(("factor", "least", "most"), [(0.97, 0, 0), (1.0, 0, 0), (1.03, 0, 1), (1.2, 29, 30)])
def test_equally_good_models_are_not_worse_and_worse_ones_are(factor, least, most):
    worse = [scores_of(seed, factor).is_worse for seed in range(30)]

    assert least <= sum(worse) <= most


def held_out(panel: Panel, rounds: int):
    return hold_out(panel, rolling_windows(panel.known, 3, rounds, 3, 13), 3, 3, 12)


def test_a_baseline_is_met_on_all_windows(load_job):
    panel = read_panel(load_config(load_job).data).panel
    held = held_out(panel, 3)

    found = compare_baseline("naive", Ratio(np.array([2.0, 3.0, 4.0]), np.ones(3)), Ratio(np.ones(3), np.ones(3)), held)

    assert (found.windows, found.new, found.other, found.behind) == (3, 3.0, 1.0, 2.0)
    assert found.skill.low is not None
    assert found.skill.low < -2 < -1 < found.skill.high
    assert found.as_json() == {"skill": -2.0, "low": found.skill.low, "high": found.skill.high}


def test_only_windows_after_the_present_model_was_trained_count(load_job):
    job = load_job.parent
    lines = (job / "load.csv").read_text()
    (job / "load.csv").write_text(lines + "2024-01,150\n2024-02,151\n2024-03,170\n")
    config = load_config(load_job)
    present = load_version(resolve_version(job / "runs"))
    panel = read_panel(config.data).panel
    held = held_out(panel, 3)  # the last one alone is later than 2023-12
    new = Ratio(np.array([9.0, 9.0, 0.5]), np.ones(3))

    found = compare_present(present, new, panel, held, "mase")

    assert found is not None
    assert (found.rival, found.windows, found.new) == (f"the present version {present.id}", 1, 0.5)
    assert 0 < found.other < 10
    assert (found.skill.low, found.skill.high) == (None, None)  # one window
    assert found.behind == pytest.approx(0.5 / found.other - 1)


def test_without_a_window_that_the_present_model_has_not_seen_there_is_no_comparison(load_job):
    present = load_version(resolve_version(load_job.parent / "runs"))
    panel = read_panel(load_config(load_job).data).panel

    assert compare_present(present, Ratio(np.ones(3), np.ones(3)), panel, held_out(panel, 3), "mase") is None


def test_a_present_model_that_cannot_answer_is_no_rival(shops_job):
    present = load_version(resolve_version(shops_job.parent / "runs"))
    assert present.artifact.metrics["trained_until"] == 19736  # 2024-01-14
    panel = replace(read_panel(load_config(shops_job).data).panel, first=np.full(3, 30_000), future_names=())

    assert compare_present(present, Ratio(np.ones(9), np.ones(9)), panel, held_out(panel, 3), "mase") is None


def test_a_window_that_begins_with_the_last_value_of_the_training_is_none_that_was_unseen(load_job):
    job = load_job.parent
    with (job / "load.csv").open("a") as file:
        file.write("2024-01,150\n2024-02,151\n")
    present = load_version(resolve_version(job / "runs"))
    panel = read_panel(load_config(load_job).data).panel
    held = held_out(panel, 1)  # of 2023-12 to 2024-02

    assert panel.first[0] + held.windows.origin[0] == present.artifact.metrics["trained_until"]
    assert compare_present(present, Ratio(np.ones(1), np.ones(1)), panel, held, "mase") is None


def test_a_present_model_of_another_problem_is_no_yardstick(load_job):
    present = load_version(resolve_version(load_job.parent / "runs"))
    panel = read_panel(load_config(load_job).data).panel
    held, farther = held_out(panel, 1), hold_out(panel, rolling_windows(panel.known, 4, 1, 4, 13), 4, 3, 12)

    assert is_same_problem(present, panel, held)
    assert not is_same_problem(present, replace(panel, target="price"), held)
    assert not is_same_problem(present, panel, farther)
