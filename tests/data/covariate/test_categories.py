"""Columns of texts as covariates, seen through the reader."""

import re

import numpy as np
import pytest

from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.times import parse_frequency
from lstmcast.data.covariate.covariate_facts import CovariateFacts
from lstmcast.data.grid.onto_grid import Known
from lstmcast.errors import ContractError, DataError

TEXT = "time,load,promo\n2024-01-01,1,tv\n2024-01-02,2,\n2024-01-03,3,flyer\n2024-01-04,4,tv\n"


def known(**categories):
    facts = CovariateFacts(categories=categories)
    return Known(TimeFormat("stamp", "%Y-%m-%d"), parse_frequency("D"), facts)


@pytest.mark.parametrize("role", ["past", "future"])
def test_each_text_is_a_column_of_ones_and_zeros_and_an_empty_cell_is_none(read, role):
    reading = read(TEXT, **{role: ("promo",)})
    panel = reading.panel
    names, block = (panel.past_names, panel.past) if role == "past" else (panel.future_names, panel.future)

    assert names == ("promo=flyer", "promo=tv")
    assert block.tolist() == [[0, 1], [0, 0], [1, 0], [0, 1]]
    assert reading.covariates.categories == {"promo": ("flyer", "tv")}
    assert reading.notes == ("column 'promo' holds texts: categories flyer, tv; 1 empty cell: none of them",)


def test_numbers_stand_beside_texts_in_the_order_of_the_config(read):
    text = "time,load,promo,warm,sky\n2024-01-01,1,tv,5,sun\n2024-01-02,2,,6,rain\n"

    panel = read(text, future=("warm", "promo"), past=("sky",)).panel

    assert (panel.past_names, panel.future_names) == (("sky=rain", "sky=sun"), ("warm", "promo=tv"))
    assert panel.future.tolist() == [[5, 1], [6, 0]]


def test_a_model_keeps_its_categories_whatever_a_file_holds(read):
    reading = read(TEXT, known=known(promo=("flyer", "radio", "tv")), future=("promo",))

    assert reading.panel.future_names == ("promo=flyer", "promo=radio", "promo=tv")
    assert reading.panel.future[:2].tolist() == [[0, 0, 1], [0, 0, 0]]
    assert reading.notes == ()


def test_a_text_that_a_model_has_not_seen_is_refused_with_the_nearest_one(read):
    with pytest.raises(
        ContractError,
        match=re.escape(
            "load.csv: line 2: column 'promo': the model has not seen 'tv' (did you mean 'tvs'?); it knows flyer, tvs; "
            "correct it, or train again to include it"
        ),
    ):
        read(TEXT, known=known(promo=("flyer", "tvs")), future=("promo",))


def test_numbers_are_texts_to_a_model_that_was_trained_on_texts(read):
    with pytest.raises(ContractError, match="the model has not seen '7'"):
        read("time,load,promo\n2024-01-01,1,7\n2024-01-02,2,8\n", known=known(promo=("tv",)), future=("promo",))


def test_a_text_that_only_the_future_holds_is_not_learnt_and_no_category(read):
    reading = read(TEXT + "2024-01-05,,radio\n", future=("promo",))

    assert reading.panel.future_names == ("promo=flyer", "promo=tv")
    assert reading.panel.future[-1].tolist() == [0, 0]
    with pytest.raises(ContractError, match="line 6: column 'promo': the model has not seen 'radio'"):
        read(TEXT + "2024-01-05,,radio\n", known=known(promo=("flyer", "tv")), future=("promo",))


def test_a_text_beyond_the_horizon_is_nobodys_business(read):
    text = TEXT + "2024-01-05,,tv\n2024-01-06,,radio\n"

    panel = read(text, known=known(promo=("flyer", "tv")), future=("promo",), horizon=1).panel

    assert panel.future.tolist()[3:] == [[0, 1], [0, 1]]


def test_rows_ahead_that_say_nothing_are_left_out_where_numbers_are_needed(read):
    text = "time,load,promo,warm\n2024-01-01,1,tv,5\n2024-01-02,2,,6\n2024-01-03,,,7\n2024-01-04,,,\n"

    panel = read(text, future=("promo", "warm")).panel

    assert panel.future.tolist() == [[1, 5], [0, 6], [0, 7]]


def test_texts_and_numbers_in_one_column_are_refused(read, tmp_path):
    with pytest.raises(DataError, match=r"line 3: column 'promo': .*'tv'"):
        read("time,load,promo\n2024-01-01,1,7\n2024-01-02,2,tv\n2024-01-03,2,8\n", future=("promo",))

    (tmp_path / "b.csv").write_text("time,load,promo\n2024-01-03,3,7\n")
    with pytest.raises(DataError, match="column 'promo' holds texts as 'tv' and numbers as '7'; write all as numbers"):
        read("time,load,promo\n2024-01-01,1,tv\n2024-01-02,2,tv\n", name="a.csv", path=str(tmp_path / "[ab].csv"),
             future=("promo",))  # fmt: skip


def test_too_many_texts_are_no_categories(read):
    rows = "".join(f"{step},1,item {step}\n" for step in range(21))

    with pytest.raises(DataError, match=r"column 'sku' holds 21 different texts \('item 0', .*, …\), at most 20 can"):
        read(f"time,load,sku\n{rows}", past=("sku",))


def test_a_target_of_texts_is_no_category(read):
    with pytest.raises(DataError, match="column 'load': 'high' is not a number"):
        read("time,load\n2024-01-01,high\n2024-01-02,low\n")


def test_a_gap_continues_a_text(read):
    text = "time,load,promo\n2024-01-01,1,tv\n2024-01-02,1,tv\n2024-01-04,1,flyer\n"

    panel = read(text, future=("promo",), gaps="interpolate").panel

    assert panel.future.tolist() == [[0, 1], [0, 1], [0, 1], [1, 0]]


def test_every_target_of_a_wide_table_has_the_texts_of_its_row(read):
    panel = read("time,a,b,promo\n1,5,6,tv\n2,7,8,\n", target=("a", "b"), future=("promo",)).panel

    assert panel.future.tolist() == [[1], [0], [1], [0]]
    np.testing.assert_array_equal(panel.values, [5, 7, 6, 8])
