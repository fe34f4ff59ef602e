"""Which covariates are texts is found from all cells, however the first lines look; seen through the reader."""

import os
from threading import Thread

import pytest

from lstmcast.config.data_config import DataConfig
from lstmcast.data.covariate.text_columns import HEAD
from lstmcast.data.read import read_panel
from lstmcast.errors import DataError

MANY = HEAD // 10  # rows, which are more bytes than are looked at first


def rows_of(*cells):
    return "time,load,promo\n" + "".join(f"{step},{step % 7},{cell}\n" for step, cell in enumerate(cells, start=10_000))


def test_numbers_behind_many_texts_make_it_a_column_of_numbers_with_bad_cells(read):
    with pytest.raises(DataError, match=r"line 2: column 'promo': 'none' .*missing"):
        read(rows_of(*["none"] * MANY, "5"), past=("promo",))


def test_texts_behind_many_numbers_are_bad_cells(read):
    with pytest.raises(DataError, match=f"line {MANY + 2}: column 'promo': 'tv' is not a number"):
        read(rows_of(*["5"] * MANY, "tv"), past=("promo",))


def test_texts_behind_many_empty_cells_are_categories(read):
    reading = read(rows_of(*[""] * MANY, "tv"), past=("promo",))

    assert reading.panel.past_names == ("promo=tv",)
    assert reading.panel.past.sum() == 1


@pytest.mark.parametrize("sign", ["", "-", "\u2212"])
def test_numbers_without_a_zero_before_the_point_are_numbers(read, sign):
    reading = read(rows_of(*[f"{sign}.{place:02}" for place in range(50)]), past=("promo",))

    assert reading.panel.past_names == ("promo",)
    assert reading.panel.past[:, 0].tolist() == pytest.approx(
        [(-1 if sign else 1) * place / 100 for place in range(50)]
    )


def test_numbers_behind_many_missing_marks_are_numbers(read):
    reading = read(rows_of("5", *["off"] * MANY, "5"), past=("promo",), csv={"missing": ("off",)}, gaps="previous")

    assert reading.panel.past_names == ("promo",)
    assert reading.panel.past.tolist() == [[5]] * (MANY + 2)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_lines_and_quotes_are_read_the_same(read, encoding):
    text = 'time;load;promo\r\n1;5;"tv;1"\r\n2;6;\r\n3;7;"é"\r\n'.encode(encoding)

    assert read(text, past=("promo",)).panel.past_names == ("promo=tv;1", "promo=é")


@pytest.mark.parametrize(
    ("cells", "expected"), [(("5", "6", "7"), [[5], [6], [7]]), (("tv", "", "tv"), [[1], [0], [1]])]
)
def test_what_comes_through_a_pipe_is_read_once(tmp_path, cells, expected):
    path = tmp_path / "load.csv"
    os.mkfifo(path)
    Thread(target=path.write_text, args=(rows_of(*cells),), daemon=True).start()

    reading = read_panel(DataConfig(path=str(path), time="time", target="load", past=("promo",)))

    assert reading.panel.past.tolist() == expected
