import pytest

from lstmcast.jobs.watch.metrics_file import Metrics, merge_metrics

WELL = Metrics("run", "/srv/sales", {"exit_code": 0.0, "drifted": 0.0})
BADLY = Metrics("run", "/srv/sales", {"exit_code": 14.0})


def samples(content):
    return dict(line.rsplit(" ", 1) for line in content.decode().splitlines() if not line.startswith("#"))


def test_a_success_notes_when_it_was():
    found = samples(merge_metrics(b"", WELL, 1000.5))

    assert found == {
        'lstmcast_drifted{command="run",workspace="/srv/sales"}': "0",
        'lstmcast_exit_code{command="run",workspace="/srv/sales"}': "0",
        'lstmcast_last_run_timestamp_seconds{command="run",workspace="/srv/sales"}': "1000.5",
        'lstmcast_last_success_timestamp_seconds{command="run",workspace="/srv/sales"}': "1000.5",
    }


def test_a_failure_keeps_the_last_success_and_tells_its_code():
    found = samples(merge_metrics(merge_metrics(b"", WELL, 1000.5), BADLY, 2000.0))

    assert found['lstmcast_exit_code{command="run",workspace="/srv/sales"}'] == "14"
    assert found['lstmcast_last_run_timestamp_seconds{command="run",workspace="/srv/sales"}'] == "2000"
    assert found['lstmcast_last_success_timestamp_seconds{command="run",workspace="/srv/sales"}'] == "1000.5"


def test_commands_and_workspaces_do_not_disturb_each_other():
    other = Metrics("predict", 'a "b"\\', {"exit_code": 21.0})

    found = samples(merge_metrics(merge_metrics(b"", WELL, 1.0), other, 2.0))

    assert found['lstmcast_exit_code{command="run",workspace="/srv/sales"}'] == "0"
    assert found[r'lstmcast_exit_code{command="predict",workspace="a \"b\"\\"}'] == "21"


@pytest.mark.parametrize("workspace", ["/srv/n\udcff", "/srv/a\nb", "/srv/a\u2028b\rc"])
def test_a_workspace_may_have_any_bytes_in_its_path(workspace):
    odd = Metrics("run", workspace, {"exit_code": 0.0})

    again = merge_metrics(merge_metrics(b"", odd, 1.0), Metrics("run", workspace, {"exit_code": 14.0}), 2.0)

    found = dict(line.rsplit(" ", 1) for line in again.decode().split("\n") if line and not line.startswith("#"))
    assert list(found.values()) == ["14", "2", "1"]  # its last success is kept


def test_each_metric_is_described_once_before_its_samples():
    lines = merge_metrics(merge_metrics(b"", WELL, 1.0), Metrics("train", "/x", {"exit_code": 0.0}), 2.0).decode()

    assert lines.count("# TYPE lstmcast_exit_code gauge\n") == 1
    described = lines.splitlines().index("# HELP lstmcast_exit_code How it ended; 0 is well.")
    assert [line.partition("{")[0] for line in lines.splitlines()[described + 2 : described + 4]] == [
        "lstmcast_exit_code"
    ] * 2


def test_a_file_that_is_none_of_ours_is_replaced():
    found = merge_metrics(b'\xff\x00 rubbish\nlstmcast_exit_code{command="run",workspace="x"} many\n', WELL, 1.0)

    assert found == merge_metrics(b"", WELL, 1.0)
