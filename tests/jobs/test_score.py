"""`score`, and what it says of a table that cannot be read."""

from datetime import timedelta

import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.errors import ArtifactError
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.run import run
from lstmcast.jobs.score import score
from tests.jobs.conftest import NOW, PLAIN

LATER = {"now": NOW + timedelta(days=30), "talk": SilentTalk()}


@pytest.fixture
def scored(load_job):
    """Return a job with one forecast, one month of truth for it, and its score."""
    config = load_config(load_job)
    run(config, **PLAIN)
    with (load_job.parent / "load.csv").open("a") as file:
        file.write("2024-01,161.5\n")
    assert len(score(config, **LATER).rows) == 1
    return load_job


def put_in_its_place(table, content):
    table.unlink()
    if content is None:
        table.symlink_to("elsewhere.csv")
    else:
        table.write_bytes(content)


DAMAGES = pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00\xff garbage", "is not the table of scores: 'utf-8' codec can't decode"),
        (b'"a"b,c\n1,2\n', "is not the table of scores: "),
        (b"", "is not the table of scores: has no column 'bias'"),
        (
            b"origin,cutoff,published,model,complete,series,values,mase,mase_seasonal_naive,skill,bias\n"
            b"2023-99,2023-99,2024-01-01T00:00:00Z,m,yes,1,1,1,1,0,0\n",
            "is not the table of scores: '2023-99' is no origin",
        ),
        (None, "is a symbolic link, and is not followed"),
    ],
)


@DAMAGES
def test_a_table_of_scores_that_cannot_be_read_is_refused_with_what_to_do(scored, content, message):
    config = load_config(scored)
    table = score(config, **LATER).table
    sound = table.read_bytes()
    put_in_its_place(table, content)

    with pytest.raises(ArtifactError, match=message) as refusal:
        score(config, **LATER)

    assert str(refusal.value).startswith(f"{table}: ")
    assert str(refusal.value).endswith("; move it away: it is made anew from the forecasts that are kept")
    table.unlink()
    assert score(config, **LATER).table.read_bytes() == sound


@DAMAGES
def test_a_night_goes_on_without_the_scores_and_warns(scored, content, message):
    config = load_config(scored)
    put_in_its_place(scored.parent / "runs" / "scores" / "scores.csv", content)

    night = run(config, **PLAIN)

    assert (night.cutoff, night.published, night.origins) == ("2024-01", True, 0)
    assert len(night.warnings) == 1
    assert message in night.warnings[0]
    assert night.warnings[0].endswith("from the forecasts that are kept; nothing was scored")


def test_scores_of_whole_number_steps_do_not_share_a_picture_with_those_of_times(scored):
    config = load_config(scored, sets=("output.plots=true",))
    table = score(config, **LATER).table
    header, row = table.read_text().splitlines()
    table.write_text(f"{header}\n{row}\n{row.replace('2023-12-01', '60', 1)}\n")

    result = score(config, **LATER)

    assert {row["origin"] for row in result.rows} == {"2023-12-01", "60"}
    assert result.picture == table.with_suffix(".png")


def test_before_a_forecast_came_true_no_table_is_named(load_job):
    result = score(load_config(load_job), **LATER)

    assert not result.table.exists()
    assert (result.as_json()["table"], result.as_json()["picture"]) == (None, None)


def test_a_picture_of_other_scores_goes(scored):
    table = score(load_config(scored, sets=("output.plots=true",)), **LATER).table
    table.write_text(table.read_text().replace("2023-12-01", "60", 1))

    score(load_config(scored), **LATER)

    assert not table.with_suffix(".png").exists()


def test_there_is_no_picture_where_all_scores_are_of_other_steps(scored):
    config = load_config(scored, sets=("output.plots=true",))
    folder = scored.parent / "runs"
    table = score(config, **LATER).table
    table.with_suffix(".png").unlink()
    table.write_text(table.read_text().replace("2023-12-01", "60", 1))
    for kept in (folder / "forecasts").iterdir():
        kept.unlink()

    result = score(config, **LATER)

    assert [row["origin"] for row in result.rows] == ["60"]
    assert result.picture is None
