from dataclasses import replace

import pytest

from lstmcast.evaluation.compare import Difference
from lstmcast.jobs.comparison.compare_result import FlowRow
from lstmcast.jobs.comparison.compare_words import choose_cell, name_flow, say_choice, say_flow, say_memory, say_naive

SURE = Difference(0.1, 0.05, 0.15, 0.09, 0.11)
BEHIND = Difference(-0.1, -0.15, -0.05, -0.11, -0.09)
SEEDS = Difference(0.02, -0.05, 0.1, -0.03, 0.06)
WINDOWS = Difference(0.05, -0.1, 0.2, 0.04, 0.06)
ALONE = Difference(0.05, None, None, None, None)
ONCE = replace(SURE, is_of_one_origin=True)


def told(configured, ranked, *differences):
    """Return the choice, if the best differs so from the others."""
    against = {ranked[0]: dict(zip(ranked[1:], differences, strict=True))}
    use = choose_cell(configured, ranked, against)
    return use, list(say_choice(configured, use, ranked, against, "mase"))


def test_the_configured_cell_stays_if_it_is_the_best():
    assert told("lstm", ["lstm", "gru"], SURE) == ("lstm", ["Keep model.cell: lstm: it has the lowest MASE."])


def test_who_is_not_clearly_behind_is_named():
    _, words = told("lstm", ["lstm", "gru", "rnn"], SEEDS, SURE)

    assert words[1] == "Not clearly ahead of gru: its MASE is 2.0% below that of gru (no more than seed noise)."


def test_another_cell_is_used_only_if_it_is_better_beyond_seeds_and_windows():
    assert told("lstm", ["gru", "lstm"], SURE) == (
        "gru",
        ["Use model.cell: gru: its MASE is 10.0% below that of lstm, beyond seeds and windows."],
    )


@pytest.mark.parametrize(
    ("difference", "why"),
    [
        (SEEDS, "2.0% (no more than seed noise)"),
        (WINDOWS, "5.0% (other windows might show the opposite)"),
        (ALONE, "5.0% (one seed cannot tell seed noise)"),
        (ONCE, "10.0% (at this one origin; others might show the opposite)"),
    ],
)
def test_what_is_not_proved_changes_nothing(difference, why):
    assert told("lstm", ["gru", "lstm"], difference) == (
        "lstm",
        [f"Keep model.cell: lstm: the MASE of gru is {why} below it."],
    )


def test_a_cell_that_took_no_part_is_replaced_by_the_best():
    assert told("linear", ["gru", "lstm"], SURE) == ("gru", ["Use model.cell: gru: it has the lowest MASE."])


@pytest.mark.parametrize(
    ("linear", "text"),
    [
        (SURE, "The recurrent part earns its place: with it the WQL is 10.0% below that of the linear network."),
        (BEHIND, "The recurrent part does harm here: with it the WQL is 10.0% above that of the linear network."),
        (SEEDS, "What the recurrent part is worth is not proved: with it the WQL is 2.0% (no more than seed noise) "
                "below that of the linear network."),
    ],
)  # fmt: skip
def test_the_worth_of_the_recurrent_part_is_told(linear, text):
    assert list(say_memory(linear, "wql", ())) == [text]


def test_without_a_linear_network_nothing_is_said_of_it():
    assert list(say_memory(None, "wql", ("rain",))) == []


def test_beside_covariates_that_the_linear_network_does_not_read_nothing_is_said_of_memory():
    (told,) = say_memory(SURE, "wql", ("rain", "wind"))

    assert told == (
        "What the recurrent part is worth cannot be told beside data.past: with it the WQL is 10.0% below that of the "
        "linear network, which reads nothing of rain and wind. Without them (--set data.past=[]) memory alone would "
        "make the difference."
    )


def test_baselines_are_told_apart_by_whether_they_are_clearly_beaten():
    assert list(say_naive("gru", {"naive": SURE, "drift": WINDOWS}, "mase")) == [
        "gru is clearly better than naive.",
        "gru is not clearly better than drift: its MASE is 5.0% below that of drift (other windows might show the "
        "opposite).",
    ]


def test_a_reason_that_holds_for_several_is_told_once():
    told = list(say_naive("gru", {"naive": ONCE, "drift": WINDOWS, "seasonal_naive": ONCE, "x": BEHIND}, "mase"))

    assert told == [
        "gru is not clearly better than naive, drift, seasonal_naive and x: its MASE is 10.0% below that of naive and "
        "10.0% below that of seasonal_naive (at this one origin; others might show the opposite); 5.0% below that of "
        "drift (other windows might show the opposite); 10.0% above that of x (clearly so).",
    ]


@pytest.mark.parametrize(
    ("left", "name"),
    [(1e-9, "vanishes"), (0.02, "fades"), (0.6, "holds"), (1.9, "holds"), (50.0, "grows"), (101.0, "explodes")],
)
def test_a_gradient_is_named_by_what_is_left_of_it(left, name):
    assert name_flow(left) == name


def test_a_flow_is_told_with_its_figures():
    row = FlowRow("rnn", "hidden state", 11, 24, 1e-5, 0.316, 4, "vanishes")

    assert list(say_flow([row])) == [
        "rnn, hidden state: the gradient vanishes: 1e-05 of the newest step's is left 10 steps of the cell (240 of the "
        "series) back, x 0.32 a step, 1% is left after 4."
    ]


def test_few_steps_of_a_cell_are_said_to_show_little():
    words = list(say_flow([FlowRow("gru", "hidden state", 2, 12, 0.5, 0.5, None, "holds")]))

    assert words[0].endswith("is left 1 step of the cell (12 of the series) back, x 0.50 a step.")
    assert words[1] == (
        "The cell takes only 2 steps of 12; what many steps do to the gradient shows with --set model.segment=1."
    )


def test_one_step_of_a_cell_has_nothing_to_carry():
    words = list(say_flow([FlowRow("gru", "hidden state", 1, 12, 1.0, 1.0, None, "holds")]))

    assert words[0] == "gru: the cell takes one step only; there is nothing to carry."
