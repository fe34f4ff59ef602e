from dataclasses import replace

import numpy as np
import pytest

from lstmcast.data.unrest import unrest_of
from lstmcast.data.windows import Windows, latest_windows
from lstmcast.network.bank import build_bank
from lstmcast.network.calibration import Calibration, no_calibration
from lstmcast.network.ensemble import (
    SMOOTHING_OF_HISTORY,
    Ensemble,
    combine,
    forecast_baseline,
    forecast_member,
    forecast_windows,
    to_values,
    weights_of,
)
from lstmcast.network.latest import forecast_latest
from lstmcast.network.scales import scale_covariates, scale_for_members
from lstmcast.network.spec import expected_shapes, member_name
from tests.examples import a_full_spec, a_member, a_panel, a_scale, a_spec, random_weights, windows_at

BANK = tuple(build_bank(8, 3, (2,)))
SEASONAL = [10.0, 20.0, 12.0, 22.0, 14.0, 24.0, 16.0, 26.0, 13.0, 21.0]


def weights_for(spec, seed=0, size=0.5):
    return {
        member_name(place, name): array
        for place, member in enumerate(spec.members)
        for name, array in random_weights(spec, member, seed + place, size).items()
    }


def forecast(panel, spec, weights, windows=None, calibration=None):
    scaled = scale_for_members(panel, panel, spec, spec.members)
    calibration = calibration or no_calibration(spec.horizon, len(spec.quantiles))
    ensemble = Ensemble(spec, weights, calibration)
    return forecast_windows(scaled, latest_windows(panel) if windows is None else windows, ensemble)


def a_mixed_spec(**changes):
    members = (a_member(log=True, bank=BANK), a_member(log=False, bank=BANK, context=12), a_member(log=True))
    return a_spec(**({"positive": True, "members": members} | changes))


@pytest.mark.parametrize("positive", [True, False])
@pytest.mark.parametrize("value", [0.1, 1e-6, 123456.789])
def test_a_constant_series_goes_on_as_it_is(value, positive):
    spec = a_mixed_spec() if positive else a_spec(members=(a_member(bank=BANK),))
    panel = a_panel({"a": [value] * 30})

    values = forecast(panel, spec, weights_for(spec, size=3.0))

    assert values == pytest.approx(np.full((1, 3, 5), value), rel=1e-6, abs=1e-6 * min(value, 1))


def test_positive_data_give_positive_forecasts_whatever_the_weights():
    spec = a_mixed_spec()
    panel = a_panel({"a": SEASONAL, "b": [1e-3, 5, 1e-3, 5, 1e-3, 5, 1e-3, 5]})

    for seed in range(5):
        assert (forecast(panel, spec, weights_for(spec, seed, 2.0)) > 0).all()


def test_nothing_falls_below_zero_that_never_has():
    spec = a_spec(members=(a_member(bank=BANK),))
    weights = weights_for(spec, size=3.0)
    sold = np.array([0, 3, 0, 1, 0, 0, 2, 0, 0, 1.0])

    values = forecast(a_panel({"sold": sold, "earned": [-1, *sold[1:]]}), spec, weights)

    assert values[0].min() == 0
    assert values[1].min() < 0


def test_series_of_any_size_are_forecast_alike():
    spec = a_spec(members=(a_member(bank=BANK),))
    weights = weights_for(spec)

    one = forecast(a_panel({"a": SEASONAL}), spec, weights)
    other = forecast(a_panel({"a": np.array(SEASONAL) * 1e6}), spec, weights)

    assert other == pytest.approx(one * 1e6, rel=1e-4)


def test_windows_are_forecast_together_as_alone():
    spec = a_mixed_spec()
    weights = weights_for(spec)
    panel = a_panel({"a": SEASONAL, "b": np.array(SEASONAL) * 100 + 7, "c": [3.0, 4.0, 5.0]})
    places = [(0, 8), (1, 10), (0, 10), (2, 3)]

    together = forecast(panel, spec, weights, windows_at(*places))

    alone = np.concatenate([forecast(panel, spec, weights, windows_at(place)) for place in places])
    assert together == pytest.approx(alone, rel=1e-5)


def test_many_windows_are_forecast_in_batches_that_change_nothing():
    spec = a_spec(members=(a_member(context=20_000, segment=5_000),))
    weights = weights_for(spec, size=0.01)
    panel = a_panel({"a": SEASONAL})
    places = [(0, 3 + k % 8) for k in range(60)]  # at this context, a batch holds 50

    many = forecast(panel, spec, weights, windows_at(*places))

    few = forecast(panel, spec, weights, windows_at(*places[:8]))
    assert many == pytest.approx(np.resize(few, (60, 3, 5)), rel=1e-4)


def test_no_windows_have_no_forecasts():
    spec = a_mixed_spec()
    panel = a_panel({"a": SEASONAL})
    none = Windows(np.zeros(0, np.int64), np.zeros(0, np.int64))

    assert forecast(panel, spec, weights_for(spec), none).shape == (0, 3, 5)


def test_the_members_vote_by_their_median():
    three = [np.full((1, 1, 1), value) for value in (1.0, 2.0, 90.0)]

    assert combine(three).tolist() == [[[2]]]
    assert combine(three[:1]).tolist() == [[[1]]]


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_members_are_combined_by_the_median_whatever_their_number_and_order(count):
    members = np.random.default_rng(count).normal(size=(count, 50, 3, 5))

    assert combine(list(members)).tolist() == np.median(members, axis=0).tolist()


def test_each_member_has_its_own_weights():
    spec = a_mixed_spec()
    weights = weights_for(spec)

    of_second = weights_of(1, spec, weights)

    assert of_second["typical_error"].tolist() == weights["member1/typical_error"].tolist()
    assert {member_name(1, name) for name in of_second} == {
        n for n in expected_shapes(spec) if n.startswith("member1/")
    }


def test_members_on_both_scales_meet_as_logarithms():
    spec = a_mixed_spec()
    panel = a_panel({"a": SEASONAL})
    scaled = scale_for_members(panel, panel, spec, spec.members)
    windows, weights = latest_windows(panel), weights_for(spec)

    members = [
        forecast_member(scaled, windows, spec, member, weights_of(place, spec, weights))
        for place, member in enumerate(spec.members)
    ]

    assert to_values(combine(members), scaled, windows.series, spec) == pytest.approx(forecast(panel, spec, weights))
    assert np.exp(members[1]).min() >= 0.05 * min(SEASONAL)


@pytest.mark.parametrize(("positive", "log"), [(False, False), (True, False), (True, True)])
def test_a_baseline_of_the_bank_is_on_the_common_scale(positive, log):
    spec = a_spec(positive=positive, members=(a_member(log=log),))
    panel = a_panel({"a": SEASONAL})
    scaled = scale_for_members(panel, panel, spec, spec.members)

    windows = windows_at((0, 10), (0, 9))

    found = forecast_baseline(scaled, windows, spec, "seasonal_naive_2")

    values = to_values(found, scaled, windows.series, spec)
    assert values == pytest.approx(np.array([[13, 21, 13], [26, 13, 26]]), rel=1e-5)


def test_a_calibration_that_keeps_nothing_gives_the_baseline():
    spec = a_mixed_spec()
    panel = a_panel({"a": SEASONAL})
    calibration = Calibration(baseline="naive", weights=(0.0, 0.0, 1.0), factors=(1.0,) * 5)

    plain = forecast(panel, spec, weights_for(spec))
    leaning = forecast(panel, spec, weights_for(spec), calibration=calibration)

    assert leaning[0, :2, 2] == pytest.approx([21, 21], rel=1e-5)
    assert leaning[0, 2] == pytest.approx(plain[0, 2], rel=1e-6)


def test_bands_whose_width_is_all_known_are_as_wide_as_the_usual_change_of_the_series_has_it():
    spec = a_spec()
    panel = a_panel({"a": range(0, 40, 4), "b": range(10)})
    widths = ((2.0, 1.0, 0.0, 1.0, 2.0),) * 3
    calibration = Calibration(baseline="naive", weights=(1.0,) * 3, factors=(1.0,) * 5, widths=widths, share=1.0)
    change = scale_for_members(panel, panel, spec, spec.members).usual_change(False, np.array([0, 1]))

    found = forecast(panel, spec, weights_for(spec), calibration=calibration)

    assert found[..., 4] - found[..., 2] == pytest.approx(2 * change[:, None] * np.ones(3))
    assert found[..., 2] - found[..., 1] == pytest.approx(change[:, None] * np.ones(3))
    assert change == pytest.approx([4 * spec.season, spec.season])


@pytest.mark.parametrize("positive", [False, True])
def test_bands_whose_width_is_all_known_are_as_wide_as_the_unrest_of_the_series_has_it(positive):
    spec = a_spec(positive=positive, members=(a_member(log=positive),))
    panel = a_panel({"a": [3, 9, 4, 8, 12, 9, 20, 14, 9, 13], "b": SEASONAL})
    widths = ((2.0, 1.0, 0.0, 1.0, 2.0),) * 3
    calibration = Calibration(
        baseline="naive", weights=(1.0,) * 3, factors=(1.0,) * 5, widths=widths, share=1.0, measure="unrest"
    )
    usual = scale_for_members(panel, panel, spec, spec.members).usual_change(positive, np.array([0, 1]))

    found = forecast_latest(panel, Ensemble(spec, weights_for(spec, size=0.1), calibration))

    unrest = unrest_of(panel, usual, log=positive, season=spec.season)
    found = np.log(found) if positive else found
    assert found[..., 3] - found[..., 2] == pytest.approx(unrest[:, None] * np.ones(3))
    assert unrest[0] / unrest[1] != pytest.approx(usual[0] / usual[1], rel=0.2)


def test_the_unrest_is_that_of_what_was_known_and_only_made_for_who_asks():
    spec = a_spec()
    panel = a_panel({"a": SEASONAL, "b": [*SEASONAL[:8], 1e3, -1e3]})
    past = panel.until(np.array([8, 8]))

    seen = scale_for_members(panel, past, spec, spec.members, "unrest").unrest
    then = scale_for_members(past, past, spec, spec.members, "unrest").unrest

    assert seen.tolist() == then.tolist() == [then[0]] * 2
    assert np.isnan(scale_for_members(panel, past, spec, spec.members).unrest).all()


@pytest.mark.parametrize("positive", [False, True])
def test_smoothing_of_the_history_sees_more_than_the_context_and_nothing_of_what_came_after(positive):
    spec = a_spec(positive=positive, members=(a_member(log=positive),))
    season = [1.0, 2.0] if positive else [1.0, -1.0]
    panel = a_panel({"a": [*season * 8, 700.0], "b": [5.0, 7.0]})
    scaled = scale_for_members(panel, panel.until(np.array([16, 2])), spec, spec.members)
    windows = windows_at((0, 16), (1, 2))

    simple = forecast_baseline(scaled, windows, spec, SMOOTHING_OF_HISTORY)
    found = to_values(simple, scaled, windows.series, spec)

    assert found[0] == pytest.approx([*season, season[0]], rel=0.02)
    assert 6.5 < found[1, 0] < 7


def test_smoothing_of_the_history_does_not_see_what_came_after_a_gap_that_it_ends_in():
    spec = a_spec()
    filled = np.isin(np.arange(20), (14, 15))
    gap = replace(a_panel({"a": [*range(14), 500, 900, 1300, 1, 2, 3]}, filled=filled), interpolated=True)
    then = a_panel({"a": [*range(14), 13, 13, 1300, 1, 2, 3]})
    scaled, known = (scale_for_members(one, then, spec, spec.members) for one in (gap, then))
    windows = windows_at((0, 16))

    found = forecast_baseline(scaled, windows, spec, SMOOTHING_OF_HISTORY)

    assert found.tolist() == forecast_baseline(known, windows, spec, SMOOTHING_OF_HISTORY).tolist()


def test_a_forecast_that_keeps_nothing_of_the_network_is_the_smoothing_of_the_history():
    spec, panel = a_mixed_spec(), a_panel({"a": SEASONAL})
    calibration = Calibration(baseline=SMOOTHING_OF_HISTORY, weights=(0.0,) * 3, factors=(1.0,) * 5)
    scaled = scale_for_members(panel, panel, spec, spec.members)

    leaning = forecast(panel, spec, weights_for(spec), calibration=calibration)

    windows = latest_windows(panel)
    simple = forecast_baseline(scaled, windows, spec, SMOOTHING_OF_HISTORY)
    plain = to_values(simple, scaled, windows.series, spec)
    assert leaning[..., spec.median] == pytest.approx(plain)


def test_no_bound_lies_farther_beyond_the_history_and_the_forecast_than_the_history_is_wide():
    spec = a_spec(positive=True, members=(a_member(log=True, bank=BANK),))
    panel = a_panel({"a": SEASONAL * 3, "short": SEASONAL})
    wide = no_calibration(spec.horizon, len(spec.quantiles)).changed({"factors": (100.0,) * len(spec.quantiles)})

    values = forecast(panel, spec, weights_for(spec), calibration=wide)

    plain = forecast(panel, spec, weights_for(spec))[..., spec.median]
    assert values[..., spec.median].tolist() == plain.tolist()
    assert values[0, :, -1] == pytest.approx(np.maximum(plain[0], 26.0) + (26.0 - 10.0))
    assert (values[0, :, 0] > 0).all()
    assert (values[1, :, -1] > 200).all()  # too short to show how far it goes


def test_bands_of_data_that_may_be_negative_are_held_on_both_sides():
    spec = a_spec(members=(a_member(bank=BANK),))
    panel = a_panel({"a": [value - 18.0 for value in SEASONAL] * 3})
    wide = no_calibration(spec.horizon, len(spec.quantiles)).changed({"factors": (100.0,) * len(spec.quantiles)})

    values = forecast(panel, spec, weights_for(spec), calibration=wide)

    middle = values[0, :, spec.median]
    assert values[0, :, -1] == pytest.approx(np.maximum(middle, 8.0) + 16.0)
    assert values[0, :, 0] == pytest.approx(np.minimum(middle, -8.0) - 16.0)


def test_a_band_may_go_as_far_as_numbers_do():
    spec = a_spec(members=(a_member(bank=BANK),))
    panel = a_panel({"a": [-1.5e308, 1.5e308] * 15})

    assert scale_for_members(panel, panel, spec, ()).extent.room.tolist() == [np.inf]


def test_statistics_come_from_the_past_alone():
    spec = a_spec(members=(a_member(bank=BANK),))
    panel = a_panel({"a": [*SEASONAL, 1e6, 1e6]})
    past = panel.until(np.array([10]))
    weights, windows = weights_for(spec), windows_at((0, 10))

    with_future = forecast_member(
        scale_for_members(panel, past, spec, spec.members), windows, spec, spec.members[0], weights_of(0, spec, weights)
    )

    assert with_future == pytest.approx(forecast(a_panel({"a": SEASONAL}), spec, weights), rel=1e-6)


def test_an_absurd_forecast_becomes_infinite_without_a_warning():
    spec, panel = a_spec(positive=True, members=(a_member(log=True),)), a_panel({"a": SEASONAL})
    scaled = scale_for_members(panel, panel, spec, spec.members)

    found = to_values(np.full((1, 3, 5), 1e4), scaled, np.array([0]), spec)

    assert found.tolist() == np.full((1, 3, 5), np.inf).tolist()


def test_covariates_come_to_the_scale_that_the_model_was_fitted_to():
    spec = a_full_spec(past=(a_scale("wind", offset=1.0, scale=2.0),), future=(a_scale("price", offset=10.0),))
    panel = a_panel({"a": [1, 2]}, past={"wind": [1, 5]}, future={"price": [10, 13]})

    covariates = scale_covariates(panel, spec)

    assert covariates.past.tolist() == [[0], [2]]
    assert covariates.future.tolist() == [[0], [3]]
    assert covariates.periods == (4.0,)
