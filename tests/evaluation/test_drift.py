import numpy as np
import pytest

from lstmcast.evaluation.drift import (
    ENOUGH,
    FALSE_ALARMS,
    Found,
    Promise,
    error_share,
    promise_of_coverage,
    promise_of_error,
    summarize,
    summarize_stretches,
    watch,
)


def watch_one(promise, numbers):
    return watch({"x": [promise] * len(numbers)}, {"x": numbers})


def test_the_error_is_a_share_of_both_errors():
    assert error_share(1.0, 3.0) == 0.25
    assert error_share(2.0, 2.0) == 0.5
    assert error_share(0.0, 0.0) is None
    assert error_share(float("nan"), 1.0) is None


def test_a_promise_leaves_room_for_what_few_windows_do_not_know():
    steady = promise_of_error(summarize([0.3] * 10))
    few = promise_of_error(summarize([0.2, 0.4]))
    none = promise_of_error(summarize([]))

    assert steady == Promise(0.0, pytest.approx(0.35))
    assert few == Promise(0.0, pytest.approx(0.5))  # no more than 0.2 beyond the mean, however little is known
    assert none == Promise(0.0, pytest.approx(0.7))


def test_three_windows_promise_their_mean_within_the_interval_of_student():
    promise = promise_of_error(summarize([0.29, 0.30, 0.31]))

    assert promise.high == pytest.approx(0.30 + 0.05)  # 4.303 * 0.01 / sqrt(3) is 0.025: the least slack counts
    assert promise_of_error(summarize([0.26, 0.30, 0.34])).high == pytest.approx(0.30 + 4.303 * 0.04 / 3**0.5)


def test_no_stretch_is_held_for_surer_than_all_are_on_average():
    found = summarize_stretches([[0.3, 0.3], [0.2, 0.4], [0.5], []])

    half = 12.706 * 0.1  # of the second; Student's t for two origins, a standard error of 0.1
    assert found == [
        Found(0.3, pytest.approx(half / 2**0.5)),
        Found(pytest.approx(0.3), pytest.approx(half)),
        Found(0.5, None),
        Found(None, None),
    ]


def test_coverage_may_be_what_it_says_or_what_the_backtest_found():
    assert promise_of_coverage(summarize([0.6] * 10), 80) == Promise(pytest.approx(0.55), pytest.approx(0.85))
    assert promise_of_coverage(summarize([0.9] * 10), 80) == Promise(pytest.approx(0.75), pytest.approx(0.95))
    assert promise_of_coverage(summarize([]), 95) == Promise(pytest.approx(0.75), 0.98)


def test_a_single_bet_by_hand():
    report = watch_one(Promise(0.0, 0.5), [0.5, 1.0])

    assert [(one.side, one.bound, one.mean) for one in report.evidence] == [("above", 0.5, 0.75)]
    assert report.evidence[0].wealth == (1.0, pytest.approx(1 + np.mean([0.1, 0.25, 0.5, 0.75, 0.95])))
    assert report.weight == pytest.approx(1.51)


def test_the_stake_is_spread_over_both_sides_of_a_promise():
    report = watch_one(Promise(0.5, 0.5), [0.0, 0.0])

    above, below = report.evidence
    assert (above.side, below.side) == ("above", "below")
    assert below.wealth[1] > 2 > 1 > above.wealth[1]
    assert report.weight == pytest.approx((above.wealth[1] + below.wealth[1]) / 2)


def test_each_origin_has_a_promise_of_its_own():
    report = watch({"x": [Promise(0.0, 0.5), Promise(0.0, 0.8)]}, {"x": [0.5, 0.8]})

    (evidence,) = report.evidence
    assert (evidence.bound, evidence.mean) == (pytest.approx(0.65), pytest.approx(0.65))
    assert evidence.wealth == (1.0, 1.0)


def test_against_a_promise_that_cannot_be_broken_nothing_is_staked():
    report = watch({"x": [Promise(0.0, 0.5), Promise(0.0, 0.98)]}, {"x": [0.5, 1.0]})

    assert report.evidence[0].wealth == (1.0, 1.0)


def test_the_stake_is_not_spread_over_promises_that_cannot_be_broken():
    below = watch_one(Promise(0.5, 0.98), [0.0, 0.0])
    above = watch_one(promise_of_coverage(summarize([]), 50), [1.0, 1.0])
    nothing = watch_one(Promise(0.0, 0.98), [1.0, 1.0])

    assert [one.side for one in below.evidence] == ["below"]
    assert below.weight == below.evidence[0].wealth[-1]
    assert [one.side for one in above.evidence] == ["above", "below"]
    assert (nothing.evidence, nothing.weight) == ((), 1.0)


def test_an_origin_that_says_nothing_changes_nothing():
    with_gap = watch_one(Promise(0.0, 0.5), [0.9, None, 0.9])
    without = watch_one(Promise(0.0, 0.5), [0.9, 0.9])

    assert with_gap.weight == without.weight
    assert (with_gap.origins, without.origins) == (3, 2)


def test_nothing_seen_is_no_evidence():
    report = watch_one(Promise(0.0, 0.5), [])

    assert (report.origins, report.weight, report.drifted) == (0, 1.0, False)
    assert watch({}, {}).drifted is False


def test_a_broken_promise_is_found_within_days():
    report = watch_one(Promise(0.0, 0.4), [0.7] * 14)

    assert report.drifted
    assert report.strongest is not None
    assert report.strongest.name == "x"


def test_an_alarm_stays_an_alarm():
    broken, kept = [0.9] * 10, [0.1] * 200

    assert watch_one(Promise(0.0, 0.4), broken + kept).drifted


def test_kept_promises_raise_no_more_alarms_than_stated():
    random = np.random.default_rng(0)
    promises = {"error": [Promise(0.0, 0.4)] * 200, "coverage": [Promise(0.7, 0.9)] * 200}

    alarms = [
        watch(
            promises,
            {"error": random.beta(4, 6, 200), "coverage": random.choice([0.0, 1.0], 200, p=[0.3, 0.7])},
        ).drifted
        for _ in range(200)
    ]

    assert ENOUGH == 1 / FALSE_ALARMS == 20
    assert np.mean(alarms) <= FALSE_ALARMS + 2 * (FALSE_ALARMS / 200) ** 0.5
