"""Static covariates, seen through the reader."""

import re

import numpy as np
import pytest

from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.times import parse_frequency
from lstmcast.data.covariate.covariate_facts import CovariateFacts
from lstmcast.data.covariate.covariates import fit_covariate
from lstmcast.data.covariate.static import choose_steps
from lstmcast.data.grid.onto_grid import Known
from lstmcast.errors import ContractError, DataError

TEXT = """\
time,id,load,size,kind
1,a,5,10,shop
2,a,6,10,shop
1,b,5,40,kiosk
2,b,6,,
3,b,7,40,kiosk
1,c,5,30,shop
"""


def known(**facts):
    return Known(TimeFormat("integer"), parse_frequency("1"), CovariateFacts(**facts))


def test_a_number_becomes_steps_between_the_values_of_the_series(read):
    reading = read(TEXT, id="id", static=("size",))

    assert reading.panel.future_names == ("size > 20", "size > 35")
    assert reading.panel.future.tolist() == [[0, 0]] * 2 + [[1, 1]] * 3 + [[1, 0]]
    assert reading.covariates.steps == {"size": (20, 35)}


def test_thresholds_of_large_numbers_near_each_other_have_names_of_their_own(read):
    reading = read(TEXT.replace(",10,", ",1000001,").replace(",40,", ",1000003,").replace(",30,", ",1000002,"),
                   id="id", static=("size",))  # fmt: skip

    assert reading.panel.future_names == ("size > 1000001.5", "size > 1000002.5")


def test_a_text_becomes_a_column_for_each_category(read):
    reading = read(TEXT, id="id", static=("kind",))

    assert reading.panel.future_names == ("kind=kiosk", "kind=shop")
    assert reading.panel.future.tolist() == [[0, 1]] * 2 + [[1, 0]] * 3 + [[0, 1]]
    assert reading.notes == ("column 'kind' holds texts: categories kiosk, shop",)


def test_static_columns_reach_as_far_ahead_as_the_forecast(read):
    panel = read(TEXT, id="id", static=("size",), horizon=2).panel

    assert panel.known.tolist() == [2, 3, 1]
    assert np.diff(panel.offsets).tolist() == [4, 5, 3]
    np.testing.assert_array_equal(panel.values, [5, 6, np.nan, np.nan, 5, 6, 7, np.nan, np.nan, 5, np.nan, np.nan])
    assert panel.future[:, 1].tolist() == [0] * 4 + [1] * 5 + [0] * 3


def test_they_are_switches_to_the_network_not_levels_that_a_window_would_take_off(read):
    panel = read(TEXT, id="id", static=("size",)).panel

    assert [fit_covariate(column, panel.is_known)[2] for column in panel.future.T] == [False, False]


def test_a_column_that_changes_within_a_series_is_refused_with_both_rows(read):
    with pytest.raises(
        DataError,
        match=re.escape(
            "load.csv: line 4: static column 'size' is 12, but 10 in line 2 of the same series; correct it, or name a "
            "column that changes in data.past or data.future"
        ),
    ):
        read("time,id,load,size\n1,a,5,10\n2,a,5,10\n3,a,5,12\n", id="id", static=("size",))
    with pytest.raises(DataError, match="line 3: static column 'kind' is 'kiosk', but 'shop' in line 2 of the same"):
        read("time,id,load,kind\n1,a,5,shop\n2,a,5,kiosk\n", id="id", static=("kind",))


def test_a_number_that_a_series_never_has_is_refused_but_a_text_may_be_missing(read):
    text = "time,id,load,size,kind\n1,a,5,10,shop\n1,b,5,,\n2,b,5,,\n"

    with pytest.raises(DataError, match="line 3: static column 'size' is empty in all rows of this series; add its"):
        read(text, id="id", static=("size",))
    assert read(text, id="id", static=("kind",)).panel.future.tolist() == [[1], [0], [0]]


def test_a_model_keeps_its_steps_and_categories(read):
    facts = known(steps={"size": (15.0,)}, categories={"kind": ("kiosk", "mall", "shop")})

    panel = read(TEXT, known=facts, id="id", static=("size", "kind")).panel

    assert panel.future_names == ("size > 15", "kind=kiosk", "kind=mall", "kind=shop")
    assert panel.future[[0, 2, 5]].tolist() == [[0, 0, 0, 1], [1, 1, 0, 0], [1, 0, 0, 1]]


def test_a_static_text_that_a_model_has_not_seen_is_refused(read):
    with pytest.raises(ContractError, match=r"line 4: column 'kind': the model has not seen 'kiosk'.* it knows shop;"):
        read(TEXT, known=known(categories={"kind": ("shop",)}), id="id", static=("kind",))


def test_what_is_the_same_everywhere_is_said_to_tell_nothing(read):
    reading = read("time,id,load,size\n1,a,5,10\n1,b,5,10\n2,b,5,10\n", id="id", static=("size",))

    assert reading.panel.future_names == ()
    assert reading.notes == ("static column 'size' is the same for all series: it tells the model nothing",)


def test_many_values_are_cut_into_nine_parts_of_about_as_many_series():
    values = np.arange(90.0)

    steps = choose_steps(values)

    assert len(steps) == 8
    assert np.histogram(values, [-1, *steps, 100])[0].tolist() == [10, 10, 10, 10, 10, 10, 10, 10, 10]


def test_one_odd_value_leaves_the_others_apart():
    assert choose_steps(np.array([1.0, 2.0, 3.0, 1e9])) == (1.5, 2.5, 5e8 + 1.5)


def test_parts_before_a_long_gap_have_what_their_series_has(read):
    rows = [f"{step},a,5,10" for step in (1, 2, 3, 20, 21, 22)] + [f"{step},b,5,40" for step in (1, 2, 3)]

    panel = read("time,id,load,size\n" + "\n".join(rows) + "\n", id="id", static=("size",), gaps="previous",
                 horizon=1).panel  # fmt: skip

    assert panel.earlier.future.tolist() == [[0]] * 3
    assert panel.with_earlier().future[:, 0].tolist() == [0] * 4 + [1] * 4 + [0] * 3
