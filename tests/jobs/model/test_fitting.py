from dataclasses import replace

import numpy as np
import pytest

from lstmcast.config.auto import MemberSizes
from lstmcast.config.schema import Config
from lstmcast.errors import ConfigError
from lstmcast.jobs.model import fitting
from lstmcast.jobs.model.fitting import check_size
from lstmcast.jobs.model.problem import make_problem
from lstmcast.jobs.talk import SilentTalk
from tests.examples import a_panel


def test_a_network_that_would_read_too_much_is_refused_before_it_is_trained():
    config = {"data": {"path": "a.csv", "target": "x"}, "forecast": {"horizon": 3}, "evaluate": {"season": 4}}
    panel = a_panel({"a": range(60)})
    panel = replace(panel, past_names=tuple(f"c{place}" for place in range(600)), past=np.zeros((60, 600)))
    problem = make_problem(Config.from_plain(config), panel)
    members = (MemberSizes(context=20_000, segment=1),)

    with pytest.raises(ConfigError, match=r"model: .* numbers would be read of one window.*; lower model\.context"):
        check_size(replace(problem, settings=replace(problem.settings, members=members)))


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (None, []),
        (1_000_001_440, []),
        (
            500_000_000,
            [
                "the container or unit may use 0.50 GB of memory, and this training may take up to 1.00: "
                "if it is killed (137), allow more"
            ],
        ),
    ],
)
def test_a_container_with_little_memory_is_told_of_before_it_kills(monkeypatch, limit, told):
    class Listener(SilentTalk):
        def warn(self, text):
            warned.append(text)

    warned = []
    config = {"data": {"path": "a.csv", "target": "x"}, "forecast": {"horizon": 3}, "evaluate": {"season": 4}}
    problem = make_problem(Config.from_plain(config), a_panel({"a": range(60)}))
    monkeypatch.setattr(fitting, "memory_limit", lambda: limit)

    fitting.warn_of_tight_memory(problem, Listener())

    assert warned == told
