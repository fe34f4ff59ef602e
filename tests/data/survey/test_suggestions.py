import numpy as np
import pytest

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.survey.columns import look_at_columns
from lstmcast.data.survey.suggestions import Suggestions, suggest_helpers
from lstmcast.data.table.csv_file import open_sources

SERIES = np.array([0, 0, 1, 1])


@pytest.fixture
def suggest(tmp_path):
    def suggest_of(cells, series=SERIES, *, texts=True):
        path = tmp_path / "sales.csv"
        path.write_text("\n".join(["time,helper", *(f"{row},{cell}" for row, cell in enumerate(cells))]) + "\n")
        csv = CsvConfig()
        columns = {column.name: column for column in look_at_columns(open_sources(str(path), csv), csv)}
        numbers, others = ((), ("helper",)) if texts else (("helper",), ())
        return suggest_helpers(columns, numbers, others, series)

    return suggest_of


@pytest.mark.parametrize("cells", [("tv", "", "tv", ""), ("tv", "radio", "tv", "tv")])
def test_texts_of_few_kinds_may_help(suggest, cells):
    assert suggest(cells) == Suggestions(("helper",), ())


def test_texts_that_are_all_the_same_do_not_help(suggest):
    assert suggest(["tv"] * 4) == Suggestions((), ())


def test_texts_of_many_kinds_are_no_categories(suggest):
    assert suggest([f"item {row}" for row in range(21)], np.zeros(21, int)) == Suggestions((), ())


def test_what_never_changes_within_a_series_is_static(suggest):
    assert suggest(("shop", "shop", "kiosk", "")) == Suggestions((), ("helper",))
    assert suggest(("5", "5", "7", "7"), texts=False) == Suggestions((), ("helper",))


def test_what_changes_anywhere_or_nowhere_is_not_static(suggest):
    assert suggest(("5", "6", "7", "7"), texts=False) == Suggestions(("helper",), ())
    assert suggest(("5", "5", "5", "5"), texts=False) == Suggestions(("helper",), ())
    assert suggest(("5", "5", "5", "5"), np.zeros(4, int), texts=False) == Suggestions(("helper",), ())


def test_one_row_for_each_series_shows_nothing(suggest):
    assert suggest(("5", "6", "7", "8"), np.arange(4), texts=False) == Suggestions(("helper",), ())
