from dataclasses import replace

import numpy as np
import pytest

from lstmcast.data.clock.times import parse_frequency
from lstmcast.data.contract import (
    SERIES_AT_ONCE,
    UNSEEN,
    Contract,
    check_contract,
    find_implausible,
    find_outsized,
    places_of,
)
from lstmcast.errors import ContractError
from tests.examples import a_panel

STEPS = a_panel({"a": [1]}).frequency.to_json()


def a_contract(**changes):
    fields = {
        "frequency": STEPS,
        "time_format": {"kind": "order", "pattern": "", "offset": None, "clock": "utc", "fraction_digits": 6},
        "target": "load",
        "id_names": ("name",),
        "ids": (("north", "south", "west"),),
        "past": (),
        "future": (),
        "cutoff": "9",
        "positive": True,
        "lowest": (1.0, 10.0, 5.0),
        "highest": (3.0, 30.0, 5.0),
    }
    return Contract.from_plain(fields | changes)


def test_each_series_finds_its_place_in_the_contract():
    panel = a_panel({"south": [11], "north": [2]})

    assert check_contract(panel, STEPS, a_contract()).tolist() == [1, 0]


def test_series_in_the_order_of_the_contract_have_their_places_in_turn():
    panel = a_panel({"north": [2], "south": [11], "west": [5]})

    assert places_of(panel, a_contract()).tolist() == [0, 1, 2]


def test_an_unseen_series_has_no_place():
    panel = a_panel({"south": [11], "east": [2], "west": [5]})

    assert places_of(panel, a_contract()).tolist() == [1, UNSEEN, 2]


def test_a_single_series_without_a_name_has_the_first_place():
    panel = replace(a_panel({"": [11]}), id_names=(), ids=())
    contract = a_contract(id_names=(), ids=(), lowest=(1.0,), highest=(3.0,))

    assert check_contract(panel, STEPS, contract).tolist() == [0]


def test_a_series_that_the_model_has_not_seen_is_named_with_the_nearest_one():
    panel = a_panel({"north": [2], "soutj": [11]})

    with pytest.raises(ContractError) as caught:
        check_contract(panel, STEPS, a_contract())

    assert str(caught.value) == (
        "data: the model has not seen series 'soutj' (did you mean 'south'?); train again to include it"
    )


def test_only_the_first_unseen_series_are_named():
    panel = a_panel({name: [1] for name in ("p", "q", "r", "s", "t")})

    with pytest.raises(ContractError, match="not seen series 'p', 'q', 'r' and 2 more"):
        check_contract(panel, STEPS, a_contract())


def test_another_frequency_is_refused():
    with pytest.raises(ContractError, match="a step is now 'h', the model was trained on '1'"):
        check_contract(a_panel({"north": [2]}), parse_frequency("h").to_json(), a_contract())


def test_another_target_is_refused():
    panel = replace(a_panel({"north": [2]}), target="price")

    with pytest.raises(ContractError, match=r"data\.target: is 'price', the model was trained on 'load'; set it back"):
        check_contract(panel, STEPS, a_contract())


def test_other_id_columns_are_refused():
    panel = replace(a_panel({"north": [2]}), id_names=("shop",))

    with pytest.raises(ContractError, match=r"series are named by \('shop',\), the model's by \('name',\)"):
        check_contract(panel, STEPS, a_contract())


def test_other_covariates_are_refused():
    panel = a_panel({"north": [2]}, future={"price": [1]})

    with pytest.raises(ContractError) as caught:
        check_contract(panel, STEPS, a_contract(past=("wind",)))

    assert str(caught.value) == (
        "data: the model was trained without 'price' and with 'wind'; set data.past, data.future, data.static and "
        "data.holidays back, or train again"
    )


def test_the_same_covariate_in_another_role_is_refused():
    panel = a_panel({"north": [2]}, future={"price": [1]})

    with pytest.raises(ContractError, match=r"trained with them in another order or role \(price\)"):
        check_contract(panel, STEPS, a_contract(past=("price",)))


def test_values_that_have_no_logarithm_are_refused_where_training_had_none():
    panel = a_panel({"north": [2, 3], "south": [4, -0.5]})

    with pytest.raises(
        ContractError, match=r"series 'south' now has -0\.5 at 1, the model was trained on values above zero"
    ):
        check_contract(panel, STEPS, a_contract())


def test_rows_ahead_have_no_value_and_break_nothing():
    panel = a_panel({"north": [2, 3]}, ahead=2)

    assert check_contract(panel, STEPS, a_contract()).tolist() == [0]


def spread(*median, width=0.0):
    """Return (S, 1, 3) forecasts: a median for each series, and bounds at this distance."""
    return np.array([[[value - width, value, value + width]] for value in median])


@pytest.mark.parametrize("value", [2.0, 33.0, -29.0])
def test_forecasts_near_the_history_are_plausible(value):
    contract = a_contract(positive=False)

    assert find_implausible(spread(value), contract, np.array([0])).tolist() == []


@pytest.mark.parametrize("value", [34.0, -30.0, 1e30, np.inf, -np.inf, np.nan])
def test_forecasts_absurdly_far_from_the_history_are_not(value):
    contract = a_contract(positive=False)

    assert find_implausible(spread(2.0, value), contract, np.array([0, 0])).tolist() == [1]


@pytest.mark.parametrize(("value", "found"), [(2e-5, []), (1e-5, [0]), (1e-298, [0]), (0.0, [0])])
def test_a_positive_forecast_may_not_vanish(value, found):
    contract = a_contract(lowest=(1.0, 10.0, 5.0), highest=(3.0, 30.0, 5.0))  # 1 / 3 ** 10 is 1.7e-5
    values = np.concatenate([spread(2.0), spread(value)], axis=1)

    assert find_implausible(values, contract, np.array([0])).tolist() == found


@pytest.mark.parametrize(("value", "found"), [(0.034, []), (0.033, [0]), (0.001, [0])])
def test_nor_may_all_of_it_be_in_another_unit(value, found):
    assert find_implausible(spread(value), a_contract(), np.array([0])).tolist() == found


@pytest.mark.parametrize(
    ("newest", "positive", "found"),
    [
        ([2, 3, 1, 2], True, []),
        ([2000, 3000, 1000, 2000], True, [0]),
        ([2000, 3000, 1000, 2000], False, [0]),
        ([2, 3, 1000, 2000], True, []),  # half of them may be wrong for once
        ([0.002, 0.003, 0.001, 0.002], True, [0]),
        ([0.002, 0.003, 0.001, 2], True, []),
        ([0.002, 0.003, 0.001, 0.002], False, []),  # near zero, as such series are
        ([-2000, -3000, -1000, -2000], False, [0]),
    ],
)
def test_newest_values_in_another_unit_are_found(newest, positive, found):
    panel = a_panel({"a": [1, 3, 2, *newest], "new": [9e9] * 9})

    assert find_outsized(panel, a_contract(positive=positive), np.array([0, UNSEEN]), 4).tolist() == found


def test_a_series_shorter_than_the_newest_values_is_looked_at_whole():
    panel = a_panel({"a": [2000.0]})

    assert find_outsized(panel, a_contract(), np.array([0]), 10).tolist() == [0]


@pytest.mark.parametrize("name", ["highest", "known", "made_up", "covariate_lowest"])
def test_facts_that_are_not_there_for_each_series_are_refused(name):
    with pytest.raises(ValueError, match=f"'{name}': there must be"):
        a_contract(**{name: (1.0, 2.0) if name != "known" else (1, 2)})


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"known": (1, 2, 3)}, "'known': must be there if 'made_up' is"),
        ({"made_up": (0.0, 0.0, 0.0)}, "'known': must be there if 'made_up' is"),
        (
            {"past": ("rain",), "covariate_lowest": (1.0,)},
            "'covariate_lowest': must be there if 'covariate_highest' is",
        ),
        ({"known": (-1, 2, 3), "made_up": (0.0, 0.0, 0.0)}, "known"),
        ({"behind": (10**30, 2, 3)}, "behind"),
    ],
)
def test_facts_that_do_not_go_together_are_refused(facts, fault):
    with pytest.raises(ValueError, match=fault):
        a_contract(**facts)


def test_each_series_is_held_to_its_own_history():
    found = find_implausible(spread(300.0, 300.0), a_contract(), np.array([1, 0]))

    assert found.tolist() == [1]


def test_of_many_series_the_implausible_ones_are_found_wherever_they_stand():
    count = 3 * SERIES_AT_ONCE + 7
    contract = a_contract(ids=([f"{n}" for n in range(count)],), lowest=[1.0] * count, highest=[3.0] * count)
    values = np.full((count, 2, 3), 2.0)
    odd = [0, SERIES_AT_ONCE - 1, SERIES_AT_ONCE, count - 1]
    values[odd[:2], 1, 1], values[odd[2:], 0, 2] = 1e6, np.nan

    assert find_implausible(values, contract, np.arange(count)).tolist() == odd


def test_bounds_may_reach_farther_than_the_forecast_itself_but_not_anywhere():
    wide, absurd = spread(2.0, width=100.0), spread(2.0, width=1e5)

    assert find_implausible(wide, a_contract(), np.array([0])).tolist() == []
    assert find_implausible(absurd, a_contract(), np.array([0])).tolist() == [0]


def test_a_bound_that_is_no_number_is_not_plausible():
    values = spread(2.0)
    values[0, 0, 2] = np.inf

    assert find_implausible(values, a_contract(), np.array([0])).tolist() == [0]


def test_a_series_that_was_never_but_zero_is_held_to_the_size_of_the_others():
    contract = a_contract(positive=False, lowest=(0.0, 10.0, 20.0), highest=(0.0, 20.0, 30.0))

    assert find_implausible(spread(199.0), contract, np.array([0])).tolist() == []  # ten times 20, the usual highest
    assert find_implausible(spread(201.0), contract, np.array([0])).tolist() == [0]


def test_a_series_that_never_changed_may_still_move():
    assert find_implausible(spread(6.0), a_contract(), np.array([2])).tolist() == []
    assert find_implausible(spread(60.0), a_contract(), np.array([2])).tolist() == [0]
