from lstmcast.jobs.doctor import doctor, installed_version, is_writable, read_cpu_flags, read_memory


def test_doctor_imports_none_of_the_packages_that_it_names():
    result = doctor(None, environment={"OMP_NUM_THREADS": "1"}, deep=False)

    assert result.packages["tensorflow"] is not None
    assert result.threads == {"OMP_NUM_THREADS": "1"}
    assert result.tensorflow_import is None
    assert result.workspace is None


def test_the_facts_have_names_for_people():
    facts = dict(doctor(None, environment={}, deep=False).lines())

    assert {"lstmcast", "python", "numpy", "cores"} <= facts.keys()
    assert "workspace" not in facts


def test_a_package_that_is_not_there_has_no_version():
    assert installed_version("no-such-package") is None


def test_the_flags_of_the_processor_are_read(tmp_path):
    path = tmp_path / "cpuinfo"
    path.write_text("processor : 0\nflags : fpu avx2 sse\n\nprocessor : 1\nflags : fpu avx2 sse\n")

    assert read_cpu_flags(path) == {"avx2": True, "avx512f": False, "amx_bf16": False}
    assert read_cpu_flags(tmp_path / "none") is None


def test_sizes_of_memory_are_bytes(tmp_path):
    path = tmp_path / "meminfo"
    path.write_text("MemTotal:       2 kB\nHugePages_Total:       0\n")

    assert read_memory(path) == {"MemTotal": 2048}
    assert read_memory(tmp_path / "none") == {}


def test_a_workspace_is_writable_if_its_nearest_folder_is(tmp_path):
    (tmp_path / "file").write_text("")

    assert is_writable(tmp_path / "runs" / "load")
    assert not is_writable(tmp_path / "file")
    assert not is_writable(tmp_path / "file" / "runs")
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_workspace_that_nobody_can_reach_is_not_writable(tmp_path):
    assert not is_writable(tmp_path / ("x" * 300))
    assert not is_writable(tmp_path / ("x" * 300) / "runs")
