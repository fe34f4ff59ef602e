from itertools import pairwise

import numpy as np
import pytest

from lstmcast.network.bank import build_bank
from lstmcast.network.influence import compare_methods, cut_lags, measure_influence, sizes_of
from lstmcast.network.spec import member_shapes
from tests.examples import a_member, a_panel, a_spec
from tests.network.test_ensemble import weights_for
from tests.network.test_probe import a_probed_panel, a_probed_spec, probe_of


def bank_only_weights(spec):
    """Return weights of a network that says what the bank says, and nothing else."""
    member = spec.members[0]
    weights = {name: np.zeros(shape, np.float32) for name, shape in member_shapes(spec, member).items()}
    bank = build_bank(member.context, spec.horizon, spec.periods)
    weights["bank/kernel"] = np.stack([bank[name] for name in member.bank], axis=1).reshape(member.context, -1)
    return {f"member0/{name}": array.astype(np.float32) for name, array in weights.items()}


def test_the_seasonal_naive_forecast_is_moved_by_the_last_season_alone():
    spec = a_spec(members=(a_member(bank=("seasonal_naive_2",)),), horizon=2)
    panel = a_panel({"a": [10.0, 20, 12, 22, 14, 24, 16, 26]})

    found = measure_influence(probe_of(spec, panel, 0, weights=bank_only_weights(spec)))

    assert found.forecast == pytest.approx([16, 26], abs=1e-4)
    assert [part.first for part in found.parts] == list(range(1, 9))
    # the level is (16 + 26) / 2 = 21: without the newest value step 2 is 21 instead of 26, for step 1 the same
    assert found.occlusion[0] == pytest.approx([0, 5], abs=1e-3)
    assert found.occlusion[1] == pytest.approx([-5, 0], abs=1e-3)
    assert np.abs(found.occlusion[2:]).max() < 1e-3
    assert found.gradients == pytest.approx(found.occlusion, abs=1e-3)  # of a linear forecaster they are the same
    assert found.gap < 1e-3


def test_the_newest_value_moves_a_forecast_without_a_season():
    spec = a_spec(season=1, periods=(), members=(a_member(bank=("naive",)),), horizon=2)
    panel = a_panel({"a": [10.0, 20, 12, 22, 14, 24, 16, 26]})

    found = measure_influence(probe_of(spec, panel, 0, weights=bank_only_weights(spec)))

    assert found.occlusion[0] == pytest.approx([8, 8], abs=1e-3)  # 26 instead of 18, the mean of all that it sees
    assert np.abs(found.occlusion[1:]).max() < 1e-3
    assert found.gradients == pytest.approx(found.occlusion, abs=1e-3)


def test_integrated_gradients_add_up_to_the_whole_difference():
    spec, panel = a_probed_spec(), a_probed_panel()

    found = measure_influence(probe_of(spec, panel, 0))

    is_value = np.array([part.kind == "values" for part in found.parts])
    values, signals = found.gradients[is_value].sum(axis=0), found.gradients[~is_value].sum(axis=0)
    size = np.abs(found.forecast - found.flat).max()
    assert values == pytest.approx(found.forecast - found.flat, abs=0.05 * size)
    assert signals == pytest.approx(found.forecast - found.dark, abs=0.05 * size)
    assert 0 <= found.gap < 0.05


def test_occlusion_is_the_forecast_minus_the_one_without_the_part():
    spec, panel = a_probed_spec(), a_probed_panel()
    probe = probe_of(spec, panel, 0)

    found = measure_influence(probe)

    hidden = probe.context.copy()
    hidden[-3] = probe.context[-2:].mean()
    third = next(place for place, part in enumerate(found.parts) if (part.first, part.last) == (3, 3))
    assert found.occlusion[third] == pytest.approx(probe.forecast()[0] - probe.forecast(hidden[None])[0], abs=1e-4)


def test_a_window_is_cut_as_a_longer_one_and_what_it_lacks_moves_nothing():
    spec, panel = a_probed_spec(), a_probed_panel()
    probe = probe_of(spec, panel, 0)
    there = len(probe.context)

    alone, longer = measure_influence(probe), measure_influence(probe, there + 3)

    assert longer.parts[:there] == alone.parts[:there]
    assert [part.first for part in longer.parts[there : there + 3]] == [there + 1, there + 2, there + 3]
    for effects, expected in ((longer.occlusion, alone.occlusion), (longer.gradients, alone.gradients)):
        assert np.delete(effects, np.s_[there : there + 3], axis=0) == pytest.approx(expected, abs=1e-4)
        assert effects[there : there + 3] == pytest.approx(0, abs=1e-4)


def test_nothing_moves_the_forecast_of_a_constant_series():
    spec = a_spec(members=(a_member(),))

    found = measure_influence(probe_of(spec, a_panel({"a": [7.0] * 12}), 0, weights=weights_for(spec)))

    assert not found.occlusion.any()
    assert found.gap == 0


@pytest.mark.parametrize(
    ("length", "season", "blocks", "size"),
    [(36, 12, 36, 1), (336, 24, 56, 6), (504, 24, 42, 12), (730, 7, 53, 14), (100, 1, 50, 2), (7, 12, 7, 1)],
)
def test_a_long_past_is_cut_into_parts_or_multiples_of_a_season(length, season, blocks, size):
    parts = cut_lags(length, season)

    assert (len(parts), parts[0].last) == (blocks, size)
    assert (parts[0].first, parts[-1].last) == (1, length)
    assert all(later.first == earlier.last + 1 for earlier, later in pairwise(parts))


def test_two_rankings_agree_by_their_order_and_their_strongest():
    same = compare_methods(np.array([5.0, 3, 1, 0.5]), np.array([50.0, 20, 10, 1]))
    turned = compare_methods(np.array([4.0, 3, 2, 1]), np.array([1.0, 2, 3, 4]))
    nothing = compare_methods(np.zeros(4), np.zeros(4))

    assert (same.correlation, same.shared, same.among) == (pytest.approx(1), 3, 3)
    assert (turned.correlation, turned.shared) == (pytest.approx(-1), 2)
    assert np.isnan(nothing.correlation)


def test_the_size_of_an_effect_is_its_mean_over_the_horizon_without_its_sign():
    assert sizes_of(np.array([[3.0, -1.0], [0.0, 0.0]])).tolist() == [2.0, 0.0]
