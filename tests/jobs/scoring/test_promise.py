"""What a backtest promises for each number of steps ahead, and whether nightly forecasts are held to that."""

from statistics import NormalDist
from types import SimpleNamespace

import numpy as np
import pytest

from lstmcast.data.windows import Windows
from lstmcast.evaluation.backtest import HeldOutWindows, model_scored, point_scored
from lstmcast.evaluation.drift import Found, Promise
from lstmcast.jobs.scoring.promise import describe_promise, read_promises
from lstmcast.jobs.scoring.scoring import find_drift
from tests.jobs.scoring.test_scoring import at

QUANTILES = (0.1, 0.5, 0.9)
SPREAD = np.array([NormalDist().inv_cdf(quantile) for quantile in QUANTILES])
HORIZON, SERIES = 28, 20
BEFORE = 100  # steps before the backtest


def held_out(truth, round_of):
    count = len(truth)
    return HeldOutWindows(
        windows=Windows(np.arange(count), np.zeros(count, np.int64)),
        round_of=np.array(round_of),
        truth=np.array(truth, float),
        change=np.ones(count),
        swing=np.ones(count),
        in_coverage=np.ones(count, bool),
        overlap=1.0,
    )


def promise_of(truth, round_of, values, naive):
    held = held_out(truth, round_of)
    return describe_promise(held, model_scored(held, QUANTILES, values), point_scored(held, naive), [80])


def test_a_promise_is_made_for_each_number_of_steps_ahead():
    truth = [[1, 2], [1, np.nan], [3, 1]]
    values = np.zeros((3, 2, 1)) + np.array([-1.0, 0.0, 1.0])  # holds 1, not 2 or 3
    naive = np.full((3, 2), -1.0)

    noted = promise_of(truth, [0, 0, 1], values, naive)

    first = [1 / (1 + 2), 3 / (3 + 4)]  # each origin's error, of that and the naive one, one more in each step
    both = [1.25 / (1.25 + 2.25), 2 / (2 + 3)]  # the first: 1.5 and 1 of its windows
    assert noted["error_share"] == pytest.approx(both)
    assert noted["coverage_80"] == pytest.approx([0.75, 0.5])
    stretches = noted["stretches"]
    assert stretches["steps"] == [1, 2]
    assert [mean for mean, _ in stretches["error_share"]] == pytest.approx([np.mean(first), np.mean(both)], abs=1e-6)
    assert [mean for mean, _ in stretches["coverage_80"]] == [0.5, 0.625]


def test_far_ahead_not_every_step_has_a_promise_of_its_own_but_the_last_has():
    noted = promise_of(np.ones((1, 100)), [0], np.zeros((1, 100, 3)), np.zeros((1, 100)))

    steps = noted["stretches"]["steps"]
    assert steps[:26] == [*range(1, 25), 26, 28]
    assert steps[-1] == 100
    assert len(steps) < 45


def test_what_was_noted_is_read_back_for_as_many_steps_as_were_fresh():
    stretches = {"steps": [1, 2, 4], "error_share": [[0.2, 0.1], [0.3, 0.1], [0.4, None]], "coverage_80": "?"}

    promises = read_promises({"promise": {"error_share": [0.4, 0.4], "stretches": stretches}})

    assert promises.of("error_share", 1.0) == Promise(0.0, pytest.approx(0.3))
    assert promises.of("error_share", 2.0) == Promise(0.0, pytest.approx(0.4))
    assert promises.of("error_share", 9.0) == Promise(0.0, pytest.approx(0.6))  # nothing is known of its slack
    assert promises.of("error_share", None) == Promise(0.0, pytest.approx(0.45))  # a row of before
    assert promises.of("coverage_80", 1.0) == Promise(pytest.approx(0.6), 0.98)


@pytest.mark.parametrize(
    "stretches",
    [
        None,
        {"error_share": [[0.2, 0.1]]},
        {"steps": ["1"], "error_share": [[0.2, 0.1]]},
        {"steps": [1], "error_share": [[2.0, 0.1]]},
        {"steps": [1], "error_share": [[0.2]]},
        {"steps": [1, 2], "error_share": [[0.2, 0.1]]},
    ],
)
def test_a_version_of_before_is_held_to_its_whole_horizon(stretches):
    promises = read_promises({"promise": {"error_share": [0.4, 0.4], "stretches": stretches}})

    assert promises.whole == {"error_share": Found(0.4, 0.0)}
    assert promises.of("error_share", 1.0) == Promise(0.0, pytest.approx(0.45))


def walks(random, series, steps):
    """Return series that nothing but their last value forecasts, held against the values a week ago."""
    return np.cumsum(random.standard_normal((series, steps)), axis=1), 1.0, 7


def returns(random, series, steps):
    """Return series that return to their mean, held against their last value, which is nearly as good at first."""
    shocks, values = random.standard_normal((series, steps)), np.zeros((series, steps))
    for step in range(1, steps):
        values[:, step] = 0.9 * values[:, step - 1] + shocks[:, step]
    return values, 0.9, 1


def drift_of_nights(kind, seed, nights, *, worse=1.0, rounds=10, series=SERIES):
    """Return the drift after so many nights with one new step each, of the best forecast made worse by a factor."""
    random = np.random.default_rng(seed)
    values, memory, season = kind(random, series, BEFORE + rounds * HORIZON + nights)
    ahead = np.arange(1, HORIZON + 1)
    deviation = np.sqrt(np.cumsum(memory ** (2 * (ahead - 1))))
    origins = BEFORE + HORIZON * np.arange(rounds)
    truth = np.concatenate([values[:, origin : origin + HORIZON] for origin in origins])
    last = np.concatenate([values[:, origin - 1] for origin in origins])[:, None]
    naive = np.concatenate([values[:, origin - season : origin][:, (ahead - 1) % season] for origin in origins])
    bands = (last * memory**ahead)[..., None] + deviation[:, None] * SPREAD
    noted = promise_of(truth, np.repeat(np.arange(rounds), series), bands, naive)

    here = np.arange(BEFORE + rounds * HORIZON, values.shape[1])
    noise = np.sqrt(worse**2 - 1) * random.standard_normal((series, nights))
    error = values[:, here] - (memory * values[:, here - 1] + noise)
    errors, naive_errors = np.abs(error).mean(axis=0), np.abs(values[:, here] - values[:, here - season]).mean(axis=0)
    inside = (np.abs(error) <= SPREAD[-1]).mean(axis=0)
    rows = [
        {
            "published": f"{2024 + night // 300}-01-01T{night % 300:05}",
            "model": "v1",
            "fresh_values": float(series),
            "fresh_steps": 1.0,
            "fresh_mase": float(errors[night]),
            "fresh_mase_seasonal_naive": float(naive_errors[night]),
            **({"fresh_coverage_80": float(inside[night])} if worse == 1 else {}),  # the error alone has to tell
        }
        for night in range(nights)
    ]
    version = SimpleNamespace(id="v1", artifact=SimpleNamespace(metrics={"promise": noted}))
    return find_drift(rows, version, at(1).replace(year=2023)).drifted


@pytest.mark.parametrize(("kind", "worse", "least"), [(walks, 1.5, 8), (walks, 2.0, 10), (returns, 1.5, 10)])
def test_nightly_forecasts_that_err_half_as_much_again_are_found_within_a_quarter(kind, worse, least):
    found = [drift_of_nights(kind, seed, 90, worse=worse) for seed in range(10)]

    assert sum(found) >= least


@pytest.mark.parametrize("kind", [walks, returns])
@pytest.mark.parametrize("rounds", [3, 10])
def test_nightly_forecasts_that_are_as_good_as_ever_are_left_alone_for_a_year(kind, rounds):
    alarms = [drift_of_nights(kind, seed, 365, rounds=rounds) for seed in range(40)]

    assert sum(alarms) <= 2
