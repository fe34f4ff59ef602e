from datetime import timedelta

import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.errors import LockedError, LstmcastError, MissingError, ShortError, StaleError
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.common.workspace import hold_folder
from lstmcast.jobs.model.opening import open_job
from lstmcast.store.lock import hold_workspace
from tests.jobs.conftest import NOW, PLAIN, write_load


class HeardTalk(SilentTalk):
    def __init__(self):
        self.said = []
        self.warned = []

    def say(self, text):
        self.said.append(text)

    def warn(self, text):
        self.warned.append(text)


@pytest.fixture
def config(tmp_path):
    return load_config(write_load(tmp_path))


def assert_held(workspace):
    with pytest.raises(LockedError), hold_workspace(workspace):
        pass


def assert_free(workspace):
    with hold_workspace(workspace):
        pass


def test_a_job_opens_with_its_workspace_held_and_its_problem_posed(config, tmp_path):
    with open_job(config, **PLAIN) as opening:
        assert_held(tmp_path / "runs")

    assert opening.workspace == opening.folder == tmp_path / "runs"
    assert opening.reading.panel.known.tolist() == [60]
    assert opening.problem.horizon == 3
    assert_free(tmp_path / "runs")


def test_results_may_go_to_a_folder_of_the_workspace(config, tmp_path):
    with open_job(config, folder="backtest", **PLAIN) as opening:
        assert_held(tmp_path / "runs")

    assert opening.workspace == tmp_path / "runs"
    assert opening.folder == tmp_path / "runs" / "backtest"
    assert opening.folder.is_dir()


def test_what_was_noted_in_reading_is_said(tmp_path):
    path = write_load(tmp_path)
    lines = (tmp_path / "load.csv").read_text().splitlines(keepends=True)
    (tmp_path / "load.csv").write_text("".join(lines[:20] + lines[22:]))
    talk = HeardTalk()

    with open_job(load_config(path, sets=["data.gaps=interpolate"]), now=NOW, talk=talk):
        pass

    assert talk.said == ["2 missing values filled: interpolate"]
    assert talk.warned == []


def test_a_season_that_is_set_in_vain_is_warned_of(tmp_path):
    talk = HeardTalk()

    with open_job(load_config(write_load(tmp_path), sets=["evaluate.season=49"]), now=NOW, talk=talk):
        pass

    assert talk.warned == ["evaluate.season: 49 does not fit one and a quarter times into 60 values, so it is not used"]


@pytest.mark.parametrize(
    ("sets", "days", "error", "message"),
    [
        (["data.path=none.csv"], 0, MissingError, "none.csv: no such file"),
        ([], -90, StaleError, "after now"),
        (["evaluate.windows=60"], 0, ShortError, "60 known values, but 71 are needed"),
    ],
    ids=["missing", "future", "short"],
)
def test_what_is_wrong_is_raised_before_the_work_and_frees_the_workspace(tmp_path, sets, days, error, message):
    config = load_config(write_load(tmp_path), sets=sets)

    with (
        pytest.raises(error, match=message),
        open_job(config, now=NOW + timedelta(days=days), talk=SilentTalk()),
    ):
        pytest.fail("the job began")

    assert_free(tmp_path / "runs")


@pytest.mark.parametrize("was_there", [False, True])
def test_a_refused_job_leaves_no_empty_folder_of_its_own(tmp_path, was_there):
    config = load_config(write_load(tmp_path))
    if was_there:
        (tmp_path / "runs" / "backtest").mkdir(parents=True)
    (tmp_path / "load.csv").write_text("nothing of use\n1\n")

    with pytest.raises(LstmcastError), open_job(config, folder="backtest", **PLAIN):
        pass

    assert (tmp_path / "runs" / "backtest").is_dir() == was_there


def test_a_workspace_that_another_run_holds_gets_no_new_folder(config, tmp_path):
    (tmp_path / "runs").mkdir()

    with (
        hold_workspace(tmp_path / "runs"),
        pytest.raises(LockedError),
        hold_folder(config, "backtest"),
    ):
        pytest.fail("the job began")

    assert not (tmp_path / "runs" / "backtest").exists()


def test_what_killed_runs_left_is_cleared_away(config, tmp_path):
    folder = tmp_path / "runs" / "backtest"
    folder.mkdir(parents=True)
    (folder / ".draft-0123456789abcdef").mkdir()

    with hold_folder(config, "backtest"):
        pass

    assert list(folder.iterdir()) == []
