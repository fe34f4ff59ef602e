import numpy as np
import pytest

from lstmcast.evaluation.anomalies import (
    LEAST_FOR_TAIL,
    POINT,
    STRETCH,
    USUAL,
    Memory,
    Rule,
    judge_known,
    judge_new,
    measure_misses,
    tail_p,
)

RULE = Rule(rate=0.01, cooldown=5, size=1000)


def some_misses(count, seed=0):
    return np.log(np.abs(np.random.default_rng(seed).normal(size=count)) / 1.96 + 1e-6)


def all_learn(misses):
    return np.ones(len(misses), bool)


def remembering(count=500, seed=0):
    """A memory of usual values, as if they had come one after the other."""
    misses = some_misses(count, seed)
    return judge_new(Memory(), np.arange(count), misses, all_learn(misses), RULE)[1]


def go_on(memory, misses, start=500, rule=RULE):
    return judge_new(memory, start + np.arange(len(misses)), np.asarray(misses), all_learn(misses), rule)


def test_a_miss_is_measured_in_the_spread_of_its_own_side():
    quantiles = np.array([[8.0, 10.0, 14.0]] * 4)

    misses = measure_misses(np.array([6.0, 18.0, 10.0, 12.0]), quantiles, (0, 1, 2), np.full(4, 1e-3))

    assert np.exp(misses) == pytest.approx([2.0, 2.0, 1e-6, 0.5])


def test_a_forecast_that_is_too_sure_of_itself_is_given_a_least_spread():
    misses = measure_misses(np.array([11.0]), np.full((1, 3), 10.0), (0, 1, 2), np.array([0.5]))

    assert np.exp(misses) == pytest.approx([2.0])


def test_a_miss_of_a_forecast_that_is_not_finite_is_not_a_number():
    assert np.isnan(measure_misses(np.array([1.0]), np.full((1, 3), np.inf), (0, 1, 2), np.array([1.0]))).all()


@pytest.mark.parametrize(("value", "p"), [(0.5, 5 / 5), (1.0, 5 / 5), (2.5, 3 / 5), (4.0, 2 / 5), (9.0, 1 / 5)])
def test_a_p_value_is_the_share_of_values_at_least_as_large_counting_the_new_one(value, p):
    assert tail_p(value, [1.0, 2.0, 3.0, 4.0]) == pytest.approx(p)


def test_beyond_the_largest_value_the_p_value_falls_as_a_power_law():
    sizes = np.sort(np.random.default_rng(1).pareto(3.0, 20_000) + 1)  # P(size > s) = s^-3

    found = tail_p(float(np.log(100.0)), np.log(sizes).tolist())

    assert found == pytest.approx(100.0**-3, rel=0.6)


def test_few_values_say_no_more_than_they_can():
    assert tail_p(1e9, [0.0] * (LEAST_FOR_TAIL - 1)) == pytest.approx(1 / LEAST_FOR_TAIL)


def test_values_that_never_differed_make_another_one_strange():
    assert tail_p(1.0, [0.0] * LEAST_FOR_TAIL) == pytest.approx(1e-12)


@pytest.mark.parametrize("rate", [0.05, 0.01, 0.002])
def test_usual_values_raise_about_as_many_alarms_as_wanted(rate):
    rule = Rule(rate, cooldown=1, size=5000)
    misses = some_misses(60_000, seed=3)
    _, memory = judge_new(Memory(), np.arange(5000), misses[:5000], np.ones(5000, bool), rule)

    judged, _ = judge_new(memory, np.arange(5000, 60_000), misses[5000:], np.ones(55_000, bool), rule)

    assert 0.3 * rate < judged.alarm.mean() < 1.3 * rate


def test_a_large_miss_is_a_strange_point_and_nothing_else():
    judged, _ = go_on(remembering(), [0.0, 3.0, *[-1.0] * 20])

    assert judged.kind.tolist() == [USUAL, POINT, *[USUAL] * 20]
    assert judged.alarm.tolist() == [False, True, *[False] * 20]
    assert judged.p[1] < 0.005
    assert judged.score[1] == pytest.approx(-np.log10(2 * judged.p[1]))


def test_many_small_misses_in_a_row_are_a_strange_stretch():
    usual = np.quantile(some_misses(500), 0.9)

    judged, _ = go_on(remembering(), [usual] * 30)

    assert STRETCH in judged.kind
    assert POINT not in judged.kind
    assert judged.p.min() > 0.05  # not one of them is strange by itself
    assert judged.alarm.sum() == 1


def test_one_fault_is_one_alarm_until_it_has_been_quiet_for_the_cool_down():
    quiet = [-1.0] * 4
    pause = [-1.0] * 6

    judged, _ = go_on(remembering(), [4.0, *quiet, 4.0, *quiet, 4.0, *pause, 4.0])

    assert np.flatnonzero(judged.kind).tolist() == [0, 5, 10, 17]
    assert np.flatnonzero(judged.alarm).tolist() == [0, 17]


def test_a_long_fault_does_not_make_the_next_one_look_usual():
    memory = remembering()

    _, after = go_on(memory, [3.0] * 50)

    assert (after.misses >= 3.0).sum() == 1
    again, _ = go_on(after, [-1.0] * 50 + [3.5], start=550)
    assert again.alarm[-1]


def test_a_fault_that_never_ends_becomes_the_new_normal():
    rule = Rule(rate=0.01, cooldown=5, size=300)

    judged, _ = go_on(remembering(300), 3.0 + some_misses(1000, seed=5), start=300, rule=rule)

    assert judged.kind[:20].all()
    assert (judged.kind[-300:] != USUAL).mean() < 0.02


def test_judging_in_pieces_is_judging_at_once():
    memory, misses = remembering(), some_misses(400, seed=7)
    misses[100:140] += 1.5
    whole, end = go_on(memory, misses)

    first, between = go_on(memory, misses[:117])
    second, last = go_on(between, misses[117:], start=617)

    for name in ("p", "score", "kind", "alarm"):
        joined = np.concatenate([getattr(first, name), getattr(second, name)])
        assert joined.tolist() == getattr(whole, name).tolist()
    assert (last.tick, last.strain, last.flagged_at, last.flagged) == (
        end.tick,
        end.strain,
        end.flagged_at,
        end.flagged,
    )
    assert last.misses.tolist() == end.misses.tolist()
    assert last.strains.tolist() == end.strains.tolist()


def test_what_must_not_be_learnt_is_judged_but_not_remembered():
    memory = remembering()

    judged, after = judge_new(memory, np.array([500]), np.array([0.0]), np.array([False]), RULE)

    assert len(judged.p) == 1
    assert after.tick == 500
    assert after.misses.tolist() == memory.misses.tolist()


def test_known_values_are_judged_each_against_all_others():
    misses = some_misses(200)

    judged, memory = judge_known(np.arange(200), misses, RULE)

    ranks = np.argsort(np.argsort(-misses))  # 0 for the largest
    assert judged.p[ranks > 0] == pytest.approx((ranks[ranks > 0] + 1) / 200)
    assert memory.tick == 199


def test_misses_of_what_was_trained_on_are_remembered_as_large_as_the_intervals_promise():
    misses = some_misses(1000) - 2.0  # far inside: the model knows them by heart

    _, memory = judge_known(np.arange(1000), misses, RULE)

    assert np.quantile(memory.misses, 0.95) == pytest.approx(0.0, abs=0.02)


def test_misses_that_are_larger_than_promised_are_not_made_smaller():
    misses = some_misses(300) + 2.0

    _, memory = judge_known(np.arange(300), misses, Rule(rate=1e-9, cooldown=5, size=1000))

    assert memory.misses.tolist() == misses.tolist()


def test_nothing_known_is_nothing_remembered():
    judged, memory = judge_known(np.empty(0, np.int64), np.empty(0), RULE)

    assert len(judged.p) == 0
    assert memory.tick is None


def test_only_the_newest_values_are_remembered():
    _, memory = go_on(Memory(), np.arange(30.0), rule=Rule(0.01, 5, size=10))

    assert memory.misses.tolist() == list(range(20, 30))
