import numpy as np
import pytest

from lstmcast.evaluation.drift import (
    ENOUGH,
    FALSE_ALARMS,
    Promise,
    error_share,
    promise_of_coverage,
    promise_of_error,
    watch,
)


def test_the_error_is_a_share_of_both_errors():
    assert error_share(1.0, 3.0) == 0.25
    assert error_share(2.0, 2.0) == 0.5
    assert error_share(0.0, 0.0) is None
    assert error_share(float("nan"), 1.0) is None


def test_a_promise_leaves_room_for_what_few_windows_do_not_know():
    steady = promise_of_error([0.3] * 10)
    few = promise_of_error([0.2, 0.4])
    none = promise_of_error([])

    assert steady == Promise(0.0, pytest.approx(0.35))
    assert few == Promise(0.0, pytest.approx(0.5))  # no more than 0.2 beyond the mean, however little is known
    assert none == Promise(0.0, pytest.approx(0.7))


def test_three_windows_promise_their_mean_within_the_interval_of_student():
    promise = promise_of_error([0.29, 0.30, 0.31])

    assert promise.high == pytest.approx(0.30 + 0.05)  # 4.303 * 0.01 / sqrt(3) is 0.025: the least slack counts
    assert promise_of_error([0.26, 0.30, 0.34]).high == pytest.approx(0.30 + 4.303 * 0.04 / 3**0.5)


def test_coverage_may_be_what_it_says_or_what_the_backtest_found():
    assert promise_of_coverage([0.6] * 10, 80) == Promise(pytest.approx(0.55), pytest.approx(0.85))
    assert promise_of_coverage([0.9] * 10, 80) == Promise(pytest.approx(0.75), pytest.approx(0.95))
    assert promise_of_coverage([], 95) == Promise(pytest.approx(0.75), 0.98)


def test_a_single_bet_by_hand():
    report = watch({"x": Promise(0.0, 0.5)}, {"x": [0.5, 1.0]})

    assert [(one.side, one.bound, one.mean) for one in report.evidence] == [("above", 0.5, 0.75)]
    assert report.evidence[0].wealth == (1.0, pytest.approx(1 + np.mean([0.1, 0.25, 0.5, 0.75, 0.95])))
    assert report.weight == pytest.approx(1.51)


def test_the_stake_is_spread_over_both_sides_of_a_promise():
    report = watch({"x": Promise(0.5, 0.5)}, {"x": [0.0, 0.0]})

    above, below = report.evidence
    assert (above.side, below.side) == ("above", "below")
    assert below.wealth[1] > 2 > 1 > above.wealth[1]
    assert report.weight == pytest.approx((above.wealth[1] + below.wealth[1]) / 2)


def test_an_origin_that_says_nothing_changes_nothing():
    with_gap = watch({"x": Promise(0.0, 0.5)}, {"x": [0.9, None, 0.9]})
    without = watch({"x": Promise(0.0, 0.5)}, {"x": [0.9, 0.9]})

    assert with_gap.weight == without.weight
    assert (with_gap.origins, without.origins) == (3, 2)


def test_nothing_seen_is_no_evidence():
    report = watch({"x": Promise(0.0, 0.5)}, {"x": []})

    assert (report.origins, report.weight, report.drifted) == (0, 1.0, False)
    assert watch({}, {}).drifted is False


def test_a_broken_promise_is_found_within_days():
    report = watch({"x": Promise(0.0, 0.4)}, {"x": [0.7] * 14})

    assert report.drifted
    assert report.strongest is not None
    assert report.strongest.name == "x"


def test_an_alarm_stays_an_alarm():
    broken, kept = [0.9] * 10, [0.1] * 200

    assert watch({"x": Promise(0.0, 0.4)}, {"x": broken + kept}).drifted


def test_kept_promises_raise_no_more_alarms_than_stated():
    random = np.random.default_rng(0)
    promises = {"error": Promise(0.0, 0.4), "coverage": Promise(0.7, 0.9)}

    alarms = [
        watch(
            promises,
            {"error": random.beta(4, 6, 200), "coverage": random.choice([0.0, 1.0], 200, p=[0.3, 0.7])},
        ).drifted
        for _ in range(200)
    ]

    assert ENOUGH == 1 / FALSE_ALARMS == 20
    assert np.mean(alarms) <= FALSE_ALARMS + 2 * (FALSE_ALARMS / 200) ** 0.5
