from dataclasses import replace

import numpy as np
import pytest

from lstmcast.cores import usable_cores
from lstmcast.errors import DivergedError
from lstmcast.training.fit import fit_member
from lstmcast.training.members import Look, MemberTask, TrainedMember, train_members, use_threads
from lstmcast.training.program import program_for
from tests.training.conftest import PLAN, a_task


def tasks_of(tasks, **changes):
    plan = type(PLAN)(**(vars(PLAN) | changes))
    return [MemberTask(task.arrays, task.origins, task.member, plan) for task in tasks]


def test_members_come_back_in_order_with_what_was_seen_on_the_way():
    tasks = [a_task(seed=seed) for seed in (1, 2, 3)]
    seen = []

    trained = train_members(tasks[0].spec, tasks_of(tasks), 2, lambda place, look: seen.append((place, look.step)))

    assert sorted(seen) == [(place, step) for place in range(3) for step in (5, 10)]
    for task, member in zip(tasks, trained, strict=True):
        alone = list(fit_member(task.arrays, task.origins, task.spec, task.member, PLAN))
        assert [look.step for look in member.looks] == [5, 10]
        assert all((member.weights[name] == alone[-1].weights[name]).all() for name in member.weights)
        assert member.looks[-1].loss == pytest.approx(alone[-1].loss)


def test_the_share_of_clipped_steps_counts_every_step_alike():
    looks = (Look(step=30, loss=1.0, clipped=0.5), Look(step=40, loss=1.0, clipped=0.1))

    assert TrainedMember({}, looks).clipped == pytest.approx((15 + 1) / 40)


@pytest.mark.parametrize("compiled", [True, False])
def test_the_number_of_threads_does_not_change_the_weights(compiled):
    tasks = [a_task(seed=seed) for seed in (1, 2)]
    plans = tasks_of(tasks, compiled=compiled)

    one, two = (train_members(tasks[0].spec, plans, n, lambda place, look: None) for n in (1, 2))

    for first, second in zip(one, two, strict=True):
        assert all((first.weights[name] == second.weights[name]).all() for name in first.weights)


@pytest.mark.parametrize(("threads", "traces"), [(1, 0), (2, 1)])
def test_what_comes_later_is_compiled_beside_where_there_is_a_thread_for_it(threads, traces):
    task, later = a_task(), a_task(context=2 + 2 * threads)  # a program of its own in each case
    now, coming = (tasks_of([one], compiled=False) for one in (task, later))

    train_members(task.spec, now, threads, lambda place, look: None, coming=coming)

    program = program_for(later.spec, later.member, coming[0].plan)
    assert program.steps.experimental_get_tracing_count() == traces


def test_the_failure_of_one_member_is_the_failure_of_all():
    task = a_task()

    with pytest.raises(DivergedError, match="no longer finite numbers"):
        train_members(task.spec, tasks_of([task, task], learning_rate=1e30), 2, lambda place, look: None)


def test_a_watch_that_raises_stops_the_training():
    task = a_task()

    def interrupt(place, look):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_members(task.spec, tasks_of([task]), 1, interrupt)


def test_members_that_were_begun_before_go_on_and_those_at_their_end_rest():
    tasks = [a_task(seed=seed) for seed in (1, 2)]
    seen, kept = ([], []), ([], [])
    whole = train_members(
        tasks[0].spec, tasks_of(tasks), 1,
        lambda place, look: seen[place].append(look), lambda place, position: kept[place].append(position),
    )  # fmt: skip
    begun = [
        replace(task, seen=tuple(seen[place][:looks]), start=kept[place][looks - 1])
        for place, (task, looks) in enumerate(zip(tasks_of(tasks), (1, 2), strict=True))
    ]
    watched = []

    again = train_members(tasks[0].spec, begun, 1, lambda place, look: watched.append((place, look.step)))

    assert watched == [(0, 5), (0, 10), (1, 5), (1, 10)]
    for first, second in zip(whole, again, strict=True):
        assert first.looks == second.looks
        assert all((first.weights[name] == second.weights[name]).all() for name in first.weights)


def test_the_number_of_threads_may_be_asked_for_again():
    use_threads(1)
    np.asarray(a_task().arrays.flat)
    use_threads(usable_cores())

    assert usable_cores() >= 1
