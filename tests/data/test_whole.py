from dataclasses import replace

import numpy as np
import pytest

from lstmcast.data.contract import Contract
from lstmcast.data.whole import check_covariates, check_whole, facts_of
from lstmcast.errors import ContractError, ShortError
from tests.data.test_contract import a_contract
from tests.examples import a_panel

CONTEXT = 8


def contract_of(panel, **changes) -> Contract:
    """Return the contract of a model that was trained on the panel's series."""
    facts = facts_of(panel, CONTEXT)
    names = {"past": panel.past_names, "future": panel.future_names}
    ids = (tuple(panel.ids[0].tolist()),)
    sizes = {"lowest": (1.0,) * panel.series_count, "highest": (9.0,) * panel.series_count}
    return a_contract(**(facts | names | {"ids": ids} | sizes | changes))


def a_trained(**options):
    return a_panel({"north": range(1, 41), "south": range(1, 7)}, **options)


def test_a_series_of_which_only_the_newest_rows_are_there_is_refused():
    now = a_panel({"north": [41], "south": range(1, 7)})

    with pytest.raises(ShortError) as caught:
        check_whole(now, contract_of(a_trained()), CONTEXT, "error")

    assert str(caught.value) == (
        "data: series 'north' has 1 value, the model was trained on 40 of it and reads 8; is the file whole? "
        "Give at least 4, or train again"
    )
    assert caught.value.series == ("north",)


@pytest.mark.parametrize(("north", "south", "enough"), [(4, 3, True), (3, 6, False), (40, 2, False), (100, 100, True)])
def test_half_of_what_was_read_in_training_is_enough(north, south, enough):
    now, contract = a_panel({"south": [1] * south, "north": [1] * north}), contract_of(a_trained())

    if enough:
        check_whole(now, contract, CONTEXT, "error")
    else:
        with pytest.raises(ShortError, match="is the file whole"):
            check_whole(now, contract, CONTEXT, "error")


def test_what_came_before_a_long_gap_is_there():
    parts = a_panel({"north": [1, 2, 3]})
    now = replace(a_panel({"north": [41]}), earlier=parts)

    check_whole(now, contract_of(a_trained()), CONTEXT, "error")


def test_series_that_the_model_does_not_know_are_judged_elsewhere():
    now = a_panel({"west": [1], "north": range(8)})

    check_whole(now, contract_of(a_trained()), CONTEXT, "error")


def test_a_single_series_without_a_name_is_held_to_what_it_was():
    alone = replace(a_panel({"": range(1, 41)}), id_names=(), ids=())
    contract = a_contract(**facts_of(alone, CONTEXT), id_names=(), ids=(), lowest=(1.0,), highest=(9.0,))
    now = replace(a_panel({"": [5, 6]}), id_names=(), ids=())

    with pytest.raises(ShortError, match="series 'load' has 2 values, the model was trained on 40"):
        check_whole(now, contract, CONTEXT, "error")


def test_an_older_contract_does_not_say_how_much_there_was():
    check_whole(a_panel({"north": [41]}), a_contract(), CONTEXT, "error")


def gappy(share):
    """Return a panel of one series with that share of its newest eight values made up, beside older ones that are."""
    newest = np.arange(8) < round(8 * share)
    return a_panel({"north": range(1, 41)}, filled=[*[True] * 32, *newest])


@pytest.mark.parametrize(("trained", "now", "gaps", "enough"), [
    (0.0, 0.5, "interpolate", True),
    (0.0, 0.625, "interpolate", False),
    (0.25, 0.625, "previous", False),
    (0.375, 0.625, "interpolate", True),
    (0.0, 1.0, "zero", True),
])  # fmt: skip
def test_newest_values_that_are_mostly_made_up_are_refused_where_training_had_others(trained, now, gaps, enough):
    contract = contract_of(gappy(trained))

    if enough:
        check_whole(gappy(now), contract, CONTEXT, gaps)
    else:
        with pytest.raises(ContractError, match=f"series 'north', 62% are gaps .* in training {trained:.0%}; has the"):
            check_whole(gappy(now), contract, CONTEXT, gaps)


def priced(newest, planned):
    """Return a panel whose price was 10 to 12, then what is given: in the last known row, and in the one ahead."""
    price = [10.0, 12.0] * 19 + [11.0, newest, planned]
    return a_panel({"north": range(1, 41)}, ahead=1, future={"promo": [0.0, 1.0] * 20 + [0.0], "price": price})


@pytest.mark.parametrize(("newest", "planned"), [(11, 14.1), (11, 7.9), (11_000, 11), (11, 0)])
def test_a_covariate_far_outside_of_training_is_named(newest, planned):
    with pytest.raises(ContractError) as caught:
        check_covariates(priced(newest, planned), contract_of(priced(11, 11)), CONTEXT, 1)

    wrong = newest if newest != 11 else planned
    assert str(caught.value) == (
        f"data: price of series 'north' is {wrong:g} where the model reads it, in training it was 10 to 12; "
        "correct it, or train again"
    )


def test_a_covariate_a_little_outside_and_one_that_never_changed_are_let_through():
    check_covariates(priced(8, 14), contract_of(priced(11, 11)), CONTEXT, 1)
    still = a_panel({"north": [1, 2, 3]}, past={"wind": [5, 5, 5]})
    moved = a_panel({"north": [1, 2, 3]}, past={"wind": [5, 5, 50]})
    check_covariates(moved, contract_of(still), CONTEXT, 1)


def test_what_the_model_does_not_read_may_be_wrong():
    old = priced(11, 11)
    old.future[0, 1] = 1e6

    check_covariates(old, contract_of(priced(11, 11)), CONTEXT, 1)
