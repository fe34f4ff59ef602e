"""Compiling costs seconds: a program is made once for each shape of window, never again inside a run."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from lstmcast.training.fit import fit_member
from lstmcast.training.program import STEPS_AT_ONCE, build_program, compile_ahead, program_for
from tests.training.conftest import PLAN, a_task


@pytest.fixture(autouse=True)
def _no_program_of_other_tests() -> Iterator[None]:
    """Other tests of the same process train the same shapes on panels of another size."""
    build_program.cache_clear()
    yield
    build_program.cache_clear()


def parts_of(task):
    return task.arrays, task.origins, task.spec, task.member


def train(task, *, compiled=False, **changes):
    """Train by a program that is laid out and not compiled, unless asked for: XLA changes nothing in who shares it."""
    plan = replace(PLAN, compiled=compiled, **changes)
    list(fit_member(*parts_of(task), plan))
    return program_for(task.spec, task.member, plan)


@pytest.mark.parametrize("compiled", [True, False])
def test_neither_the_length_of_a_run_nor_its_rate_nor_an_incomplete_last_call_compiles_anew(task, compiled):
    program = train(task, compiled=compiled)
    before = program.steps.experimental_get_tracing_count()

    for steps in (1, STEPS_AT_ONCE, STEPS_AT_ONCE + 1, 2 * STEPS_AT_ONCE + 5):
        train(task, steps=steps, stop=steps, reports=1, compiled=compiled)
    train(task, steps=40, stop=7, learning_rate=0.002, reports=3, compiled=compiled)

    assert before == 1
    assert program.steps.experimental_get_tracing_count() == 1


def test_members_of_one_shape_share_a_program_whatever_their_seed(task):
    program, built = train(task), build_program.cache_info().misses

    shared = [train(a_task(seed=7)), train(a_task(seed=8))]

    assert [one is program for one in shared] == [True, True]
    assert build_program.cache_info().misses == built
    assert program.steps.experimental_get_tracing_count() == 1


def test_a_series_too_short_to_be_drawn_from_compiles_nothing_anew(task):
    program = train(task)

    short = a_task(task.panel.until(np.array([60, 3])))
    train(short)

    assert len(short.origins.series) == 1
    assert program.steps.experimental_get_tracing_count() == 1


def test_with_and_without_xla_the_network_learns_alike(task):
    plans = [replace(PLAN, steps=200, stop=200, dropout=0.0, compiled=compiled) for compiled in (True, False)]
    ways = [list(fit_member(*parts_of(task), plan)) for plan in plans]

    first, last = ([way[place].loss for way in ways] for place in (0, -1))
    assert max(last) < 0.9 * min(first)
    assert last[0] == pytest.approx(last[1], rel=0.15)  # their random numbers are not the same


def test_another_length_of_context_is_another_program(task):
    program = train(task)

    other = train(a_task(context=6))

    assert other is not program
    assert other.steps.experimental_get_tracing_count() == 1


def test_what_was_compiled_ahead_is_not_compiled_again(task):
    plan = replace(PLAN, compiled=False)
    compile_ahead(*parts_of(task), plan)
    program = program_for(task.spec, task.member, plan)
    before = program.steps.experimental_get_tracing_count()

    trained = train(task)

    assert trained is program
    assert before == 1
    assert program.steps.experimental_get_tracing_count() == 1
