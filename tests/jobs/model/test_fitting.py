from dataclasses import replace

import numpy as np
import pytest

from lstmcast.config.auto import MemberSizes
from lstmcast.config.schema import Config
from lstmcast.errors import ConfigError
from lstmcast.jobs.model.fitting import check_size
from lstmcast.jobs.model.problem import make_problem
from tests.examples import a_panel


def test_a_network_that_would_read_too_much_is_refused_before_it_is_trained():
    config = {"data": {"path": "a.csv", "target": "x"}, "forecast": {"horizon": 3}, "evaluate": {"season": 4}}
    panel = a_panel({"a": range(60)})
    panel = replace(panel, past_names=tuple(f"c{place}" for place in range(600)), past=np.zeros((60, 600)))
    problem = make_problem(Config.from_plain(config), panel)
    members = (MemberSizes(context=20_000, segment=1),)

    with pytest.raises(ConfigError, match=r"model: .* numbers would be read of one window.*; lower model\.context"):
        check_size(replace(problem, settings=replace(problem.settings, members=members)))
