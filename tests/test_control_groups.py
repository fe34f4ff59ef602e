import pytest

from lstmcast.control_groups import cpu_limit, memory_limit


@pytest.fixture
def machine(tmp_path):
    """Return a function that writes the groups of a process, and limits, and reads the tightest."""

    def limit_of(groups, limits, read=memory_limit):
        (tmp_path / "cgroup").write_text(groups)
        for name, text in limits.items():
            path = tmp_path / "fs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return read(tmp_path / "cgroup", tmp_path / "fs")

    return limit_of


def test_a_container_sees_the_limit_of_its_own_group_as_the_root(machine):
    assert machine("0::/\n", {"memory.max": "536870912\n"}) == 536870912


def test_the_tightest_of_all_groups_around_a_unit_holds(machine):
    limits = {"jobs.slice/memory.max": "1000\n", "jobs.slice/sales.service/memory.max": "2000\n", "memory.max": "max\n"}

    assert machine("0::/jobs.slice/sales.service\n", limits) == 1000


def test_older_kernels_have_a_tree_for_memory_alone(machine):
    groups = "5:devices:/\n4:cpu,memory:/docker/4711\n0::/\n"

    assert machine(groups, {"memory/memory.limit_in_bytes": "700\n"}) == 700
    assert machine(groups, {"memory/docker/4711/memory.limit_in_bytes": "600\n"}) == 600


@pytest.mark.parametrize("text", ["max\n", "9223372036854771712\n", "", "many\n"])
def test_what_is_no_limit_limits_nothing(machine, text):
    assert machine("0::/\n4:memory:/\n", {"memory.max": text, "memory/memory.limit_in_bytes": text}) is None


def test_a_system_without_groups_has_no_limit(tmp_path):
    assert memory_limit(tmp_path / "none", tmp_path) is None
    assert cpu_limit(tmp_path / "none", tmp_path) is None


@pytest.mark.parametrize(
    ("groups", "limits", "processors"),
    [
        ("0::/\n", {"cpu.max": "150000 100000\n"}, 1.5),
        ("0::/jobs/sales\n", {"jobs/cpu.max": "50000 100000\n", "jobs/sales/cpu.max": "200000 100000\n"}, 0.5),
        ("2:cpu,cpuacct:/\n", {"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
        ("0::/\n", {"cpu.max": "max 100000\n"}, None),
        ("0::/\n", {"cpu.max": "100000\n"}, None),
        ("2:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ("2:cpuacct:/\n", {"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
    ],
    ids=["newer", "group around it", "older", "no limit", "damaged", "no limit, older", "another kind"],
)
def test_a_share_of_the_processors_time_is_told(machine, groups, limits, processors):
    assert machine(groups, limits, cpu_limit) == processors
