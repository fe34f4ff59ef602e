from pathlib import Path

import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.common.workspace import read_present
from lstmcast.jobs.model.budget import Pace, Size, begin_training, choose_size
from lstmcast.jobs.model.problem import make_problem
from tests.jobs.conftest import NOW, write_load

WANTED = Size(members=4, steps=1000)
PACE = Pace(compiling=3.0, step=0.01)


def test_everything_is_trained_if_it_fits():
    # one wave of two validated, two waves of two kept: 3 x 1000 steps of 0.012 s, and the second context compiled
    assert choose_size(WANTED, PACE, 39.1, scales=2, threads=2) == WANTED
    assert choose_size(WANTED, PACE, 38.9, scales=2, threads=2) != WANTED


def test_members_go_before_steps_and_steps_go_before_all_hope():
    sizes = [choose_size(WANTED, PACE, seconds, scales=2, threads=2) for seconds in (30, 25, 20, 9, 1)]

    assert sizes[:3] == [Size(2, 1000), Size(1, 1000), Size(2, 700)]
    assert sizes[3:] == [Size(1, 250), Size(1, 27)]  # few steps are tested apart: three waves of 0.012 s a step
    assert choose_size(WANTED, PACE, 0, scales=2, threads=2) == Size(1, 20)


def test_never_more_than_was_wanted():
    assert choose_size(Size(1, 10), PACE, 1e9, scales=1, threads=2) == Size(1, 10)
    assert choose_size(Size(1, 10), PACE, 0, scales=1, threads=2) == Size(1, 10)


@pytest.mark.parametrize(("budget", "members", "steps"), [("1D", 3, 100), ("0.001s", 1, 20)])
def test_a_budget_shows_in_the_problem_and_in_the_config(tmp_path: Path, budget: str, members: int, steps: int):
    sets = (f"train.time_budget={budget}", "model.members=3", "train.steps=100", "model.units=4", "train.threads=1")
    config = load_config(write_load(tmp_path), sets=sets, environment={})
    problem = make_problem(config, read_present(config, NOW, SilentTalk()).panel)

    config, problem, workshop = begin_training(config, problem, SilentTalk())

    assert (len(problem.settings.members), problem.settings.steps) == (members, steps)
    assert (config.model.members, config.train.steps) == (members, steps)
    assert workshop.threads == 1


def test_what_a_budget_leaves_is_told_in_singular_and_plural(tmp_path: Path):
    said: list[str] = []

    class Listener(SilentTalk):
        def say(self, text: str) -> None:
            said.append(text)

    sets = ("train.time_budget=0.001s", "model.members=3", "train.steps=100", "model.units=4", "train.threads=1")
    config = load_config(write_load(tmp_path), sets=sets, environment={})
    problem = make_problem(config, read_present(config, NOW, SilentTalk()).panel)

    begin_training(config, problem, Listener())

    assert said[0].startswith("train.time_budget: 1 member of 20 steps, where 3 of 100 would take about ")
