import numpy as np
import pytest

from lstmcast.evaluation.anomalies import (
    USUAL,
    Memory,
    Rule,
    Values,
    judge_known,
    judge_new,
    measure_misses,
)
from lstmcast.evaluation.peaks import Peaks
from lstmcast.evaluation.signs import POINT, SIDES, STRETCH

RULE = Rule(rate=0.001, cooldown=24, size=2000, season=24)
SEASON = 24


def a_series(count, seed=0, noise=None):
    """Values with a season, and forecasts for them that know it: what they miss is the noise."""
    noise = np.random.default_rng(seed).normal(size=count) if noise is None else noise
    return 10 * np.sin(2 * np.pi * np.arange(count) / SEASON) + noise


def what_is_known(values, start=0):
    """What a forecaster that knows the season and follows the value before by half says of them."""
    season = 10 * np.sin(2 * np.pi * np.arange(len(values)) / SEASON)
    forecast = season + 0.5 * np.append(0.0, (values - season)[:-1])
    miss = np.log(np.maximum(np.abs(values - forecast) / 2.2, 1e-6))
    season_ago = np.append(np.full(SEASON, np.nan), values[:-SEASON])
    return Values(start + np.arange(len(values)), values, season_ago, miss)


def part_of(known, chosen):
    return Values(known.tick[chosen], known.value[chosen], known.season_ago[chosen], known.miss[chosen])


def judge(values, quiet=1500, rule=RULE):
    """Return what is said of the values behind the first ones, which are only remembered."""
    known = what_is_known(np.asarray(values, float))
    _, memory = judge_new(Memory(), part_of(known, slice(quiet)), np.ones(quiet, bool), rule)
    rest = part_of(known, slice(quiet, None))
    return judge_new(memory, rest, np.ones(len(rest.tick), bool), rule)[0]


def whys(judged):
    return [SIDES[place].why for place in judged.why[judged.alarm]]


def test_a_miss_is_measured_in_the_spread_of_its_own_side():
    quantiles = np.array([[8.0, 10.0, 14.0]] * 4)

    misses = measure_misses(np.array([6.0, 18.0, 10.0, 12.0]), quantiles, (0, 1, 2), np.full(4, 1e-3))

    assert np.exp(misses) == pytest.approx([2.0, 2.0, 1e-6, 0.5])


def test_a_forecast_that_is_too_sure_of_itself_is_given_a_least_spread():
    misses = measure_misses(np.array([11.0]), np.full((1, 3), 10.0), (0, 1, 2), np.array([0.5]))

    assert np.exp(misses) == pytest.approx([2.0])


def test_a_miss_of_a_forecast_that_is_not_finite_is_not_a_number():
    assert np.isnan(measure_misses(np.array([1.0]), np.full((1, 3), np.inf), (0, 1, 2), np.array([1.0]))).all()


@pytest.mark.parametrize(("noise", "rate"), [("normal", 0.01), ("laplace", 0.005), ("exponential", 0.01)])
def test_a_quiet_series_raises_about_as_many_alarms_as_wanted(noise, rate):
    values = a_series(12_000, noise=getattr(np.random.default_rng(3), noise)(size=12_000))

    judged = judge(values, quiet=2000, rule=Rule(rate, cooldown=24, size=2000, season=24))

    assert 0.4 * rate < judged.alarm.mean() < 1.6 * rate


def test_a_random_walk_raises_no_more_alarms_than_wanted():
    values = np.cumsum(np.random.default_rng(5).normal(size=12_000))

    judged = judge(values, quiet=2000, rule=Rule(0.005, cooldown=24, size=2000, season=24))

    assert judged.alarm.mean() < 1.5 * 0.005


def test_a_spike_is_one_alarm_about_one_point():
    values = a_series(1700)
    values[1600] += 15.0

    judged = judge(values)

    assert np.flatnonzero(judged.alarm).tolist() == [100]
    assert judged.kind[100] == POINT
    assert judged.score[100] > 4
    assert judged.p[100] < 0.001
    assert judged.kind[:100].tolist() == [USUAL] * 100


def test_a_value_that_stays_the_same_is_a_stretch_though_it_is_an_everyday_one():
    values = a_series(1700)
    values[1600:1620] = values[1600]

    judged = judge(values)

    assert np.flatnonzero(judged.alarm).tolist() == [104]
    assert whys(judged) == ["smooth"]
    assert set(judged.kind[judged.kind != USUAL]) == {STRETCH}


def test_a_new_level_is_one_alarm_and_then_how_things_are():
    values = a_series(3000)
    values[1600:] += 12.0

    judged = judge(values)

    assert np.flatnonzero(judged.alarm)[0] == 100
    assert judged.alarm[100:1000].sum() == 1
    assert (judged.kind[400:] != USUAL).mean() < 0.01


def test_a_drift_that_every_forecast_follows_is_seen_in_the_level():
    values = a_series(2000)
    values[1600:1900] += np.linspace(0, 25, 300)
    values[1900:] += 25

    judged = judge(values)

    assert 110 < np.flatnonzero(judged.alarm)[0] < 300


def test_a_value_that_never_comes_twice_is_frozen_when_it_does_so_again_and_again():
    values = np.random.default_rng(4).normal(size=1700)
    values[1600:1640] = np.repeat(values[1600], 40)

    judged = judge(values)

    assert "frozen" in {SIDES[place].why for place in judged.why[100:115]}
    assert judged.alarm[100:115].sum() == 1


def test_a_season_that_stays_away_is_a_strange_stretch():
    values = a_series(1700)
    values[1600:1660] -= a_series(60, noise=np.zeros(60))

    judged = judge(values)

    first = np.flatnonzero(judged.alarm)[0]
    assert 100 <= first < 130


def test_more_noise_than_usual_is_strange_and_so_is_less():
    loud, calm = np.random.default_rng(1).normal(size=(2, 1700))
    loud[1600:1700] *= 4
    calm[1600:1700] *= 0.1

    judged_loud, judged_calm = judge(loud), judge(calm)

    assert judged_loud.alarm[100:120].sum() == 1
    assert not judged_calm.kind[95:104].any()
    assert (judged_calm.kind[115:195] == STRETCH).all()
    assert SIDES[judged_calm.why[115]].why == "smooth"


def test_one_fault_is_one_alarm_until_it_has_been_quiet_for_the_cool_down():
    values = a_series(1800)
    values[[1600, 1610, 1625, 1760]] += 15.0

    judged = judge(values)

    assert np.flatnonzero(judged.alarm).tolist() == [100, 260]


def test_a_long_fault_does_not_make_the_next_one_look_usual():
    values = a_series(1900)
    values[1600:1640] += 15.0
    values[1800] += 15.0

    judged = judge(values)

    assert np.flatnonzero(judged.alarm).tolist() == [100, 300]


def test_a_spike_that_comes_again_is_found_again_and_not_the_step_back_from_it():
    values = a_series(2300)
    values[1600:2200:100] += 15.0

    judged = judge(values)

    assert np.flatnonzero(judged.alarm).tolist() == [100, 200, 300, 400, 500, 600]


def test_one_huge_value_makes_nothing_strange_but_itself_and_the_step_back_and_hides_no_later_fault():
    values = a_series(1800)
    values[1600] += 1000.0
    values[1650:1660] += 15.0

    judged = judge(values)

    assert judged.kind[100] == POINT
    assert (judged.kind[102:150] == USUAL).all()
    assert np.flatnonzero(judged.alarm).tolist() == [100, 150]


def test_what_comes_again_too_often_is_how_things_are_now():
    values = a_series(3300)
    values[1600:3300:96] += 15.0  # at the same hour

    alarms = np.flatnonzero(judge(values).alarm).tolist()

    assert alarms[:6] == [100, 196, 292, 388, 484, 580]
    assert len(alarms) <= 12 < 18


def test_what_comes_later_has_no_part_in_a_verdict():
    values = a_series(1800)
    other = values.copy()
    other[1700:] += 50.0

    first, second = judge(values), judge(other)

    for name in ("p", "score", "kind", "alarm", "why"):
        assert getattr(first, name)[:200].tolist() == getattr(second, name)[:200].tolist()


def test_judging_in_pieces_is_judging_at_once():
    values = a_series(1900)
    values[1600:1640] += 15.0
    known = what_is_known(values)
    memory = judge_new(Memory(), part_of(known, slice(1500)), np.ones(1500, bool), RULE)[1]
    whole, end = judge_new(memory, part_of(known, slice(1500, None)), np.ones(400, bool), RULE)

    first, between = judge_new(memory, part_of(known, slice(1500, 1617)), np.ones(117, bool), RULE)
    second, last = judge_new(between, part_of(known, slice(1617, None)), np.ones(283, bool), RULE)

    for name in ("p", "score", "kind", "alarm", "why"):
        joined = np.concatenate([getattr(first, name), getattr(second, name)])
        assert joined.tolist() == getattr(whole, name).tolist()
    for name in ("tick", "count", "signs", "learnt", "flagged_at", "flagged"):
        assert getattr(last, name) == getattr(end, name)
    assert last.misses.tolist() == end.misses.tolist()
    assert [rows.tolist() for rows in last.peaks] == [rows.tolist() for rows in end.peaks]


def test_of_what_must_not_be_learnt_the_values_are_remembered_and_the_misses_are_not():
    known = what_is_known(a_series(1501))
    memory = judge_new(Memory(), part_of(known, slice(1500)), np.ones(1500, bool), RULE)[1]

    judged, after = judge_new(memory, part_of(known, slice(1500, None)), np.array([False]), RULE)

    assert len(judged.p) == 1
    assert (after.tick, after.count) == (1500, 1501)
    assert after.misses.tolist() == memory.misses.tolist()
    learnt = [new - old for new, old in zip(after.learnt, memory.learnt, strict=True)]
    assert learnt == [0 if side.of_forecast else 1 for side in SIDES]


def test_a_value_without_a_forecast_is_remembered_and_not_judged():
    known = Values(np.arange(2), np.array([1.0, 1e9]), np.full(2, np.nan), np.full(2, np.nan))

    judged, memory = judge_new(Memory(), known, np.ones(2, bool), RULE)

    assert judged.score.tolist() == [0.0, 0.0]
    assert judged.alarm.tolist() == [False, False]
    assert (memory.count, len(memory.misses)) == (2, 0)


def test_known_values_are_judged_each_against_all_others():
    known = what_is_known(a_series(200))

    judged, memory = judge_known(known, RULE)

    ranks = np.argsort(np.argsort(-known.miss))  # 0 for the largest
    assert judged.p[ranks > 0] == pytest.approx((ranks[ranks > 0] + 1) / 200)
    assert memory.tick == 199


def test_a_fault_among_known_values_is_found_and_not_taken_for_usual():
    values = a_series(1500)
    values[700:710] += 30.0

    judged, memory = judge_known(what_is_known(values), RULE)

    assert np.flatnonzero(judged.alarm).tolist() == [700]
    high = next(place for place, side in enumerate(SIDES) if side.why == "high")
    assert (memory.peaks[high][:, 1] > 25).sum() <= 1


def test_misses_of_what_was_trained_on_are_remembered_as_large_as_the_intervals_promise():
    known = what_is_known(a_series(1000))
    by_heart = Values(known.tick, known.value, known.season_ago, known.miss - 2.0)

    _, memory = judge_known(by_heart, RULE)

    assert np.quantile(memory.misses, 0.95) == pytest.approx(0.0, abs=0.02)


def test_misses_that_are_larger_than_promised_are_not_made_smaller():
    known = what_is_known(a_series(300))
    larger = Values(known.tick, known.value, known.season_ago, known.miss + 2.0)

    _, memory = judge_known(larger, RULE)

    assert memory.misses.tolist() == larger.miss.tolist()


def test_nothing_known_is_nothing_remembered():
    nothing = Values(np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0))

    judged, memory = judge_known(nothing, RULE)

    assert len(judged.p) == 0
    assert memory.tick is None


def test_verdicts_stay_what_they_are():
    values = a_series(700, seed=8)
    values[150] += 12.0
    values[260:300] = values[260]
    values[420:] += 6.0
    values[600:606] -= 15.0
    known, rule = what_is_known(values), Rule(0.005, cooldown=24, size=300, season=24)

    first, memory = judge_known(part_of(known, slice(500)), rule)
    second, after = judge_new(memory, part_of(known, slice(500, None)), np.arange(200) >= 40, rule)

    assert figures_of(first) == ([150, 293], ["rise", "smooth"], 2, 23, 2571)
    assert figures_of(second) == ([100, 186], ["fall", "fall"], 2, 11, 989)
    assert [first.p.sum(), second.p.sum()] == pytest.approx([250.49801385438545, 64.65451039006284], rel=1e-12)
    assert [first.score.sum(), second.score.sum()] == pytest.approx([510.36225506959676, 224.24240006784296], rel=1e-12)
    assert [len(rows) for rows in memory.peaks] == [31, 31, 31, 31, 33, 32, 31, 31, 31, 31, 31, 31]
    assert [len(rows) for rows in after.peaks] == [24, 24, 26, 27, 27, 27, 27, 27, 26, 27, 28, 27]
    assert sum(rows.sum() for rows in after.peaks) == pytest.approx(174022.89430952832, rel=1e-12)
    assert (after.flagged_at, after.flagged) == (686, 1)
    assert (memory.spared, after.spared) == ((150,), (600,))


def figures_of(judged):
    places = np.flatnonzero(judged.alarm).tolist()
    points, stretches = ((judged.kind == kind).sum() for kind in (POINT, STRETCH))
    return places, whys(judged), points, stretches, judged.why.sum()


@pytest.mark.parametrize("faults", [0, 3])
def test_known_values_are_judged_by_the_peaks_that_would_be_found_one_by_one(faults):
    values = np.round(a_series(400, seed=2), 1)
    values[200 : 200 + 30 * faults] += 25.0
    known = what_is_known(values)

    judged, memory = judge_known(known, RULE)

    is_remembered = (judged.kind == USUAL) | judged.alarm & ~np.isin(known.tick, memory.spared)
    high, peaks = next(place for place, side in enumerate(SIDES) if side.why == "high"), Peaks(RULE.size)
    for place in np.flatnonzero(is_remembered).tolist():
        peaks.add(place + 1, values[place])
    assert judged.alarm.any() == bool(faults)
    assert memory.peaks[high].tolist() == peaks.rows.tolist()
    assert memory.learnt[high] == peaks.count == is_remembered.sum()
