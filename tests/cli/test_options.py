from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import click
import pytest

from lstmcast.cli.border import run
from lstmcast.cli.manner import Manner, manner_spelled_in
from lstmcast.cli.models import config_and_version
from lstmcast.cli.options import (
    config_options,
    manner_options,
    now_option,
    read_given_config,
    read_instant,
    read_length,
    refuse_partial,
    timeout_option,
)
from lstmcast.errors import OutputError, PartialError


def heard_from(arguments):
    heard = {}

    @click.group()
    def program() -> None:
        """A program of one command."""

    @program.command(name="work")
    @config_options
    @now_option
    @timeout_option
    @manner_options
    def work(**options) -> None:
        heard.update(options)

    assert run(program, ["work", *arguments]) == 0
    return heard


def test_the_config_is_lstmcast_yaml_unless_another_is_named():
    assert heard_from([])["config_path"] == Path("lstmcast.yaml")
    assert heard_from(["jobs/load.yaml"])["config_path"] == Path("jobs/load.yaml")


def test_a_config_that_cannot_be_read_is_left_for_its_reader_to_say(tmp_path, monkeypatch):
    (tmp_path / "job.yaml").touch()
    monkeypatch.setattr("os.access", lambda *_: False)

    assert heard_from([str(tmp_path / "job.yaml")])["config_path"] == tmp_path / "job.yaml"


@pytest.mark.parametrize("result", ["job.yaml", Path("job.yaml"), "../{}/job.yaml"])
def test_no_result_takes_the_place_of_the_config(tmp_path, monkeypatch, result):
    monkeypatch.chdir(tmp_path)
    Path("job.yaml").write_text("data: {path: a.csv, time: t, target: y}\nforecast: {horizon: 1}\n")

    assert read_given_config(Path("job.yaml"), (), "-", None, "other.csv").forecast.horizon == 1
    with pytest.raises(OutputError, match=r"job.yaml: the config is read from there, and would be lost"):
        read_given_config(Path("job.yaml"), (), "-", str(result).format(tmp_path.name))
    with pytest.raises(OutputError, match=r"job.yaml: the config is read from there, and would be lost"):
        read_given_config(Path("job.yaml"), ("job.metrics=job.yaml",))


def test_set_is_repeatable_and_keeps_its_order():
    heard = heard_from(["--set", "forecast.horizon=24", "--set", "train.seed=2"])

    assert heard["sets"] == ("forecast.horizon=24", "train.seed=2")


def test_the_manner_knows_its_command():
    heard = heard_from(["-q", "--json", "--log-format", "json"])

    assert heard["manner"] == Manner("work", quiet=True, as_json=True, log_format="json")


def test_now_is_the_present_unless_it_is_given():
    before = datetime.now(UTC)

    now = heard_from([])["now"]

    assert before <= now <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-03-01", datetime(2025, 3, 1, tzinfo=UTC)),
        ("2025-03-01T06:30:00Z", datetime(2025, 3, 1, 6, 30, tzinfo=UTC)),
        ("2025-03-01 06:30+01:00", datetime(2025, 3, 1, 6, 30, tzinfo=timezone(timedelta(hours=1)))),
    ],
)
def test_an_instant_without_an_offset_is_utc(text, instant):
    assert read_instant(text) == instant


def test_a_now_that_is_no_time_is_a_usage_error():
    with pytest.raises(click.BadParameter, match=r"'soon' is no ISO 8601 time, such as 2025-03-01T06:00:00Z"):
        read_instant("soon")


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59", "0001-01-01T00:00:00+14:00", "0999-12-31", "9901-01-01"])
def test_a_now_at_the_end_of_all_time_is_a_usage_error(text):
    with pytest.raises(click.BadParameter, match=r"is not in the years 1000 to 9900"):
        read_instant(text)


@pytest.mark.parametrize(
    ("text", "length"), [("90", "90s"), ("0.5", "0.5s"), ("90s", "90s"), ("10min", "10min"), ("2H", "2H")]
)
def test_a_length_of_time_without_a_unit_counts_seconds(text, length):
    assert read_length(text) == length


@pytest.mark.parametrize("text", ["", "0", "-1s", "1.2.3", "soon", "10 min", "1e3", "200000w"])
def test_a_timeout_that_is_no_length_of_time_is_a_usage_error(text):
    with pytest.raises(click.BadParameter, match=r"^found '.*', must be "):
        read_length(text)


def test_a_timeout_is_none_unless_it_is_given():
    assert heard_from([])["timeout"] is None
    assert heard_from(["--timeout", "90"])["timeout"] == "90s"


def test_the_manner_can_be_read_from_words_that_make_no_command_line():
    manner = manner_spelled_in(["train", "--nope", "--log-format", "json", "--json", "-q"])

    assert manner == Manner("train", quiet=True, as_json=True, log_format="json")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), (Path("lstmcast.yaml"), None)),
        (("load.yml",), (Path("load.yml"), None)),
        (("20250101",), (Path("lstmcast.yaml"), "20250101")),
        (("load", "20250101"), (Path("load"), "20250101")),
    ],
)
def test_a_single_word_is_the_config_if_it_ends_like_one(words, found):
    assert config_and_version(words) == found


def test_what_was_left_out_is_told_with_what_was_done_to_the_others():
    with pytest.raises(PartialError, match=r"^forecast: left out the series 'a'; the others are published$"):
        refuse_partial(("a",))
    with pytest.raises(PartialError, match=r"^detect: left out the series 'a', .* and 1 more; the others are judged$"):
        refuse_partial(tuple("abcdef"), "detect", "judged")
    refuse_partial(())
