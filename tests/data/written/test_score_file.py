import io

import numpy as np
import pandas as pd
import pytest

from lstmcast.data.written.score_file import AT_ONCE, render_table


def test_a_table_has_a_line_for_each_row_and_an_empty_cell_where_there_is_no_score():
    table = {
        "forecaster": np.array(["lstm", "naive"], object),
        "step": np.array([1, 2]),
        "mase": np.array([1 / 3, np.nan]),
    }

    assert render_table(table) == b"forecaster,step,mase\nlstm,1,0.3333333333\nnaive,2,\n"


def test_no_text_is_a_formula_and_every_text_comes_back_whole():
    table = {"=name": np.array(["=1+1", 'a"b', "x,y", "=1+1"], object), "n": np.arange(4)}

    assert render_table(table).decode().splitlines() == ["'=name,n", "'=1+1,0", '"a""b",1', '"x,y",2', "'=1+1,3"]


def test_a_table_is_the_one_that_pandas_would_write():
    numbers = np.random.default_rng(2).normal(size=40) * 10.0 ** np.arange(-20, 20)
    odd = np.array([0.0, -0.0, np.inf, -np.inf, 1e-310, 9999999999.5, 12345678901.0, 0.1 + 0.2])
    table = {
        "name": np.array([f"n{place % 5}" for place in range(48)], object),
        "full": np.append(numbers, odd),
        "some": np.append(np.where(numbers > 0, numbers, np.nan), odd),
        "none": np.full(48, np.nan),
        "count": np.arange(-24, 24),
        "single": np.linspace(0, 1, 48, dtype=np.float32),
        "flag": np.arange(48) % 2 == 0,
    }

    assert render_table(table).decode() == pd.DataFrame(table).to_csv(
        index=False, float_format="%.10g", lineterminator="\n"
    )


def test_a_long_table_has_all_its_rows():
    places = np.arange(2 * AT_ONCE + 1)

    assert render_table({"n": places}).decode().splitlines() == ["n", *map(str, places.tolist())]


@pytest.mark.parametrize("name", ["a\rb", "a\nb", "a\r\nb", "\rb", 'a"b', "a,b", " a "])
def test_names_with_the_signs_of_the_format_come_back_the_same(name):
    content = render_table({name: np.array([name, "c"], object), "n": np.array([0.5, 1.5])})

    frame = pd.read_csv(io.BytesIO(content))
    same = f"'{name}" if name.startswith("\r") else name  # a spreadsheet would take it for a formula
    assert frame.columns.tolist() == [same, "n"]
    assert frame[same].tolist() == [same, "c"]
    assert frame["n"].tolist() == [0.5, 1.5]
