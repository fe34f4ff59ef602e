import pytest

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.survey.columns import look_at_columns
from lstmcast.data.survey.roles import guess_roles
from lstmcast.data.table.csv_file import open_sources


@pytest.fixture
def guess(tmp_path):
    """Return a function that guesses the roles of the columns of a table."""

    def guess_of(header, rows, separator="", **given):
        path = tmp_path / "load.csv"
        path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows), ""]))
        sources = open_sources(str(path), CsvConfig())
        return guess_roles("load.csv", look_at_columns(sources, CsvConfig()), sources.rows, given, separator=separator)

    return guess_of
