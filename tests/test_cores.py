import os

import pytest

from lstmcast import cores


@pytest.mark.parametrize(("limit", "expected"), [(None, 6), (8.0, 6), (2.0, 2), (1.5, 2), (0.2, 1)])
def test_no_more_cores_are_used_than_the_container_is_given_time_for(monkeypatch, limit, expected):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(6)), raising=False)
    monkeypatch.setattr(cores, "cpu_limit", lambda: limit)

    assert cores.usable_cores() == expected
