"""`data.future_path`, seen through the reader."""

import re
from pathlib import Path

import numpy as np
import pytest

from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.times import parse_frequency
from lstmcast.data.covariate.covariate_facts import CovariateFacts
from lstmcast.data.grid.onto_grid import Known
from lstmcast.errors import ContractError, DataError, MissingError

TEXT = "time,load,warm\n2024-01-01,1,5\n2024-01-02,2,6\n"
LONG = "time,id,load,warm\n2024-01-01,a,1,5\n2024-01-02,a,2,6\n2024-01-01,b,3,7\n"


@pytest.fixture
def read_both(read, tmp_path):
    def read_with(text, later, *, predicts=False, categories=None, frequency="D", **options):
        (tmp_path / "later.csv").write_text(later)
        known = None
        if predicts:
            facts = CovariateFacts(categories=categories or {})
            known = Known(TimeFormat("stamp", "%Y-%m-%d"), parse_frequency(frequency), facts)
        options = {"future": ("warm",), "future_path": str(tmp_path / "later.csv"), **options}
        return read(text, known=known, **options)

    return read_with


def test_rows_of_the_second_file_follow_those_of_the_first(read_both):
    panel = read_both(TEXT, "time,warm\n2024-01-03,7\n2024-01-04,8\n", horizon=2).panel

    assert (panel.known.tolist(), panel.offsets.tolist()) == ([2], [0, 4])
    assert panel.future[:, 0].tolist() == [5, 6, 7, 8]
    np.testing.assert_array_equal(panel.values, [1, 2, np.nan, np.nan])


def test_they_replace_what_the_first_file_knows_ahead_but_nothing_before(read_both):
    later = "time,warm\n2024-01-02,99\n2024-01-03,7\n2024-01-04,8\n"

    panel = read_both(f"{TEXT}2024-01-03,,70\n", later, horizon=2).panel

    assert panel.future[:, 0].tolist() == [5, 6, 7, 8]


def test_what_lies_beyond_the_horizon_does_not_count_however_odd(read_both):
    later = "time,warm\n2024-01-03,7\n2024-01-04,8\n2024-01-04 12:00,\n2030-01-01,1\n"

    panel = read_both(TEXT, later.replace("-04 12:00", "-09"), horizon=1, predicts=True).panel

    assert panel.future[:, 0].tolist() == [5, 6, 7]


def test_rows_count_up_to_the_first_missing_one(read_both):
    panel = read_both(TEXT, "time,warm\n2024-01-03,7\n2024-01-05,9\n", horizon=3, predicts=True).panel

    assert panel.future[:, 0].tolist() == [5, 6, 7]


def test_each_series_has_its_own_rows_in_any_order_and_strangers_are_told(read_both):
    later = "warm,id,time\n10,b,2024-01-02\n1,c,2024-01-02\n8,a,2024-01-04\n7,a,2024-01-03\n11,b,2024-01-03\n"

    reading = read_both(LONG, later, id="id", horizon=2)

    assert reading.panel.future[:, 0].tolist() == [5, 6, 7, 8, 7, 10, 11]
    assert reading.panel.known.tolist() == [2, 1]
    assert reading.notes[-1].endswith("later.csv: 1 row of series that data.path lacks left out")


def test_all_targets_of_a_wide_table_share_the_rows(read_both):
    panel = read_both("time,a,b,warm\n1,5,6,1\n2,7,8,2\n", "time,warm\n3,9\n", target=("a", "b"), horizon=1).panel

    assert panel.future[:, 0].tolist() == [1, 2, 9, 1, 2, 9]


def test_texts_of_the_second_file_are_those_of_the_first(read_both):
    text = "time,load,promo\n2024-01-01,1,tv\n2024-01-02,2,\n"
    options = {"future": ("promo",), "horizon": 1}

    assert read_both(text, "time,promo\n2024-01-03,tv\n", **options).panel.future.tolist() == [[1], [0], [1]]
    assert read_both(text, "time,promo\n2024-01-03,\n", **options).panel.future.tolist() == [[1], [0], [0]]
    with pytest.raises(ContractError, match=r"later\.csv: line 2: column 'promo': the model has not seen 'radio'"):
        read_both(text, "time,promo\n2024-01-03,radio\n", **options, predicts=True, categories={"promo": ("tv",)})


@pytest.mark.parametrize(
    ("later", "message"),
    [("time,cold\n2024-01-03,7\n", "later.csv: no column 'warm'; it has time, cold"),
     ("time,warn\n2024-01-03,7\n", "later.csv: no column 'warm' (did you mean 'warn'?); it has time, warn"),
     ("time,warm\n2024-01-03,hot\n", "later.csv: line 2: column 'warm': 'hot' is not a number"),
     ("time,warm\n2024-01-03,7\n2024-01-03,8\n", "later.csv: line 3: 2024-01-03 is there twice")],
)  # fmt: skip
def test_a_second_file_that_does_not_fit_is_named(read_both, later, message):
    with pytest.raises(DataError, match=re.escape(message)):
        read_both(TEXT, later, horizon=2)


def test_a_second_file_of_many_columns_names_only_the_first_ones(read_both):
    header = ",".join(f"c{number}" for number in range(1000))

    with pytest.raises(DataError, match=r"no column 'warm'; it has time, c0, .*, c28 and 971 more$"):
        read_both(TEXT, f"time,{header}\n2024-01-03{',1' * 1000}\n", horizon=2)


def test_a_cell_that_a_forecast_needs_is_named_and_one_that_training_never_needs_is_not(read_both):
    later = "time,warm\n2024-01-03,7\n2024-01-04,\n"

    assert read_both(TEXT, later, horizon=2).panel.future[:, 0].tolist() == [5, 6, 7]
    with pytest.raises(
        ContractError, match=re.escape("later.csv: line 3: column 'warm' is empty at 2024-01-04; the forecast needs it")
    ):
        read_both(TEXT, later, horizon=2, predicts=True)


def test_rows_between_the_steps_are_of_another_frequency(read_both):
    text = "time,load,warm\n2024-01-07,1,5\n2024-01-14,2,6\n2024-01-21,2,6\n"
    later = "time,warm\n2024-01-22,7\n2024-01-23,8\n"
    message = "line 2: 2024-01-22 lies between the steps of the data (W-SUN); data.future_path has to be of the same"

    with pytest.raises(ContractError, match=re.escape(message)):
        read_both(text, later, horizon=2, predicts=True, frequency="W-SUN")


def test_a_second_file_that_is_not_there_is_named(read, tmp_path):
    with pytest.raises(MissingError, match=r"nowhere\.csv: no such file; check data\.future_path"):
        read(TEXT, future=("warm",), future_path=str(tmp_path / "nowhere.csv"))


def test_another_second_file_is_another_fingerprint(read_both, tmp_path):
    first, same, other = (
        read_both(TEXT, f"time,warm\n2024-01-03,{warm}\n", horizon=1).fingerprint for warm in (7, 7, 8)
    )

    assert first == same != other
    assert Path(tmp_path / "later.csv").exists()


def test_numbers_of_series_of_two_columns_are_found(read_both):
    text = "time,id,shop,load,warm\n1,a,x,1,5\n1,a,y,2,6\n1,b,x,3,7\n"
    later = "time,shop,id,warm\n2,x,b,9\n2,y,a,8\n2,x,a,7\n"

    panel = read_both(text, later, id=("id", "shop"), freq=1, horizon=1).panel

    assert panel.future[:, 0].tolist() == [5, 7, 6, 8, 7, 9]
