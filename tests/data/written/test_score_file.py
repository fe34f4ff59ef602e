import numpy as np

from lstmcast.data.written.score_file import render_table


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
