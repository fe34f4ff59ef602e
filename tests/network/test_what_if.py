import numpy as np
import pytest

from lstmcast.network.what_if import ask_what_if
from tests.examples import a_full_spec, a_member, a_panel, a_scale, a_spec
from tests.network.test_ensemble import BANK, weights_for
from tests.network.test_influence import bank_only_weights
from tests.network.test_probe import a_probed_panel, a_probed_spec, probe_of


def test_a_higher_newest_value_moves_seasonal_naive_at_its_own_step_alone():
    spec = a_spec(members=(a_member(bank=("seasonal_naive_2",)),), horizon=2)
    probe = probe_of(spec, a_panel({"a": [10.0, 20, 12, 22, 14, 24, 16, 26]}), 0, weights=bank_only_weights(spec))

    season, newest = ask_what_if(probe, 2.0)

    assert (season.kind, season.amount) == ("newest season", 2.0)
    assert season.effect == pytest.approx([2, 2], abs=1e-3)
    assert newest.kind == "newest value"
    assert newest.effect == pytest.approx([0, 2], abs=1e-3)


def test_covariates_are_asked_about_by_their_spread_and_the_strongest_comes_first():
    probe = probe_of(a_probed_spec(), a_probed_panel(), 0)

    found = ask_what_if(probe, 1.0)

    assert {(one.kind, one.name) for one in found} == {
        ("newest value", ""), ("newest season", ""), ("past", "wind"), ("future", "price"),
    }  # fmt: skip
    sizes = [float(np.abs(one.effect).mean()) for one in found]
    assert sizes == sorted(sizes, reverse=True)
    future = next(one for one in found if one.kind == "future")
    raised = probe.panel.future.copy()
    raised[len(probe.context) :] += 1  # the scale of a_scale is 1
    assert future.effect == pytest.approx(probe.forecast(future=raised)[0] - probe.forecast()[0], abs=1e-5)


@pytest.mark.parametrize(("now", "amount"), [(0.0, 1.0), (1.0, -1.0)])
def test_a_switch_is_turned_the_other_way(now, amount):
    spec = a_full_spec(past=(), future=(a_scale("holiday", centred=False),), members=(a_member(bank=BANK),))
    panel = a_panel({"a": np.random.default_rng(1).uniform(5, 9, 12)}, ahead=3, future={"holiday": [now] * 15})

    found = ask_what_if(probe_of(spec, panel, 0, weights=weights_for(spec)), 1.0)

    assert next(one for one in found if one.kind == "future").amount == amount
