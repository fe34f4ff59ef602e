import os
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lstmcast.config.data_config import DataConfig
from lstmcast.config.schema import Config
from lstmcast.config.yaml_file import dump_config, load_config
from lstmcast.errors import ConfigError, MissingError
from tests.drawn import drawn

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))

SMALLEST = """\
data:
  path: sales.csv
  target: sold
forecast:
  horizon: 7
"""


@pytest.fixture
def write(tmp_path):
    def write_config(text):
        path = tmp_path / "job.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_config


def message_of(path, **overrides):
    with pytest.raises(ConfigError) as caught:
        load_config(path, **overrides)

    message = str(caught.value)
    assert "\n" not in message
    return message


def test_load_config_reads_a_config_and_fills_in_the_defaults(write):
    config = load_config(write(SMALLEST + "train:\n  learning_rate: 1e-3\nmodel:\n"))

    assert config.forecast.horizon == 7
    assert config.train.learning_rate == 0.001
    assert config.model.units == "auto"


def test_load_config_makes_paths_absolute_from_the_folder_of_the_file(write, tmp_path):
    path = write(SMALLEST.replace("sales.csv", "[../a.csv, /b.csv]") + "output: {dir: out}\njob: {metrics: a.prom}")

    config = load_config(path)

    assert config.data.path == (str(tmp_path.parent / "a.csv"), "/b.csv")
    assert config.output.dir == str(tmp_path / "out")
    assert config.job.metrics == str(tmp_path / "a.prom")
    assert load_config(write(SMALLEST)).output.dir == str(tmp_path / "runs")


def test_load_config_takes_paths_of_overrides_from_the_current_folder(write, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    path = write(SMALLEST)
    monkeypatch.chdir(tmp_path / "here")

    config = load_config(path, sets=["data.path=x.csv"], environment={"LSTMCAST_OUTPUT_DIR": "out"})

    assert config.data.path == str(tmp_path / "here" / "x.csv")
    assert config.output.dir == str(tmp_path / "here" / "out")


def test_load_config_escapes_signs_of_the_folder_that_a_glob_would_read(tmp_path):
    folder = tmp_path / "a[1]"
    folder.mkdir()
    path = folder / "job.yaml"
    path.write_text(SMALLEST.replace("sales.csv", '"*.csv"'))

    assert load_config(path).data.path == str(tmp_path / "a[[]1]" / "*.csv")
    assert load_config(path, sets=["data.path=/x/*.csv"]).data.path == "/x/*.csv"


def test_load_config_counts_options_before_variables_and_variables_before_the_file(write):
    path = write(SMALLEST + "train: {seed: 1, batch: 1, steps: 1}")

    config = load_config(
        path,
        sets=["train.seed=3"],
        environment={"LSTMCAST_TRAIN_SEED": "2", "LSTMCAST_TRAIN_BATCH": "2"},
    )

    assert (config.train.seed, config.train.batch, config.train.steps) == (3, 2, 1)


def test_an_override_mends_what_the_file_has_wrong(write):
    path = write(SMALLEST.replace("horizon: 7", "horizon: no").replace("target: sold", "target: [a, 1]"))

    config = load_config(path, sets=["forecast.horizon=3", "data.target=a"])

    assert (config.forecast.horizon, config.data.target) == (3, "a")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("train: {learning_rat: 1}", "6: key 'train.learning_rat': unknown key (did you mean 'learning_rate'?)"),
        ("horizon: 3", "6: key 'horizon': unknown key (did you mean 'forecast.horizon'?)"),
        ("model: {xyz: 3}", "6: key 'model.xyz': unknown key; model has cell, units, layers, context, segment, bank,"),
        ("epochs: 010", "6: key 'epochs': unknown key; a config has version, data, forecast"),
        (
            "train: {steps: 010}",
            "6: key 'train.steps': found '010', must be 'auto' or a whole number from 1 to 10000000",
        ),
        ("train: {steps: 3.0}", "6: key 'train.steps': found 3.0, must be 'auto' or a whole number from 1 to 10000000"),
        ("train: {seed: no}", "6: key 'train.seed': found 'no', must be a whole number from 0 to 4294967295"),
        ("train: {seed: true}", "6: key 'train.seed': found true, must be a whole number from 0 to 4294967295"),
        ("train: {seed: .nan}", "6: key 'train.seed': found '.nan', must be a finite number, or text in quotes"),
        ("train: {learning_rate: 0}", "6: key 'train.learning_rate': found 0, must be 'auto' or a number above 0"),
        ("train: 3", "6: key 'train': found 3, must be a section: indented `key: value` lines"),
        ("train: [1]", "6: key 'train': found [1], must be a section: indented `key: value` lines"),
        ("output: {plots: yes}", "6: key 'output.plots': found 'yes', must be true or false"),
        (
            "model: {cell: LSTM}",
            "6: key 'model.cell': found 'LSTM', must be one of 'lstm', 'gru', 'rnn', 'linear' (did you mean",
        ),
        ("model: {bank: null}", "6: key 'model.bank': found null, must be one of 'auto', 'none'"),
        (
            "job: {max_age: 36}",
            "6: key 'job.max_age': found 36, must be a length of time such as 10min, 36h, 2D or null",
        ),
        ("job: {max_age: 36x}", "6: key 'job.max_age': found '36x', must be a number and a unit of s, min, h, D or W"),
        ("job: {max_age: 2D}", "6: key 'job.max_age': is set, but without `data.time` the rows have no age"),
        ("job: {ping: ftp://x}", "6: key 'job.ping': found 'ftp://x', must be a web address that begins with http://"),
        ("job: {ping: 'https://me:secret@x/'}", "6: key 'job.ping': holds a user, whom no call would send"),
        (
            "evaluate:\n  gate: {against: drift}",
            "7: key 'evaluate.gate.against': is 'drift', which `evaluate.baselines`",
        ),
        ("evaluate:\n  gate:\n    metrik: x", "8: key 'evaluate.gate.metrik': unknown key (did you mean 'metric'?)"),
        ("version: 2", "6: key 'version': found 2, must be 1"),
        ("data: {path: b.csv}", "6: key 'data': doubled key; it is set at "),
        ('x: !!python/object/apply:os.system ["touch /tmp/PWN"]', "6: key 'x': has the tag 'tag:yaml.org,2002:python/"),
    ],
)
def test_each_fault_tells_file_line_key_what_was_found_and_what_is_allowed(write, lines, message):
    path = write(SMALLEST + lines + "\n")

    assert message_of(path).startswith(f"{path}:{message}")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2021", "found 2021, must be text or a list of texts (at least one); put text in quotes"),
        ("[a, 2021]", "[1]': found 2021, must be text; put text in quotes"),
        ("[]", "found [], must be text or a list of texts (at least one)"),
        ("[a, a]", "names 'a' twice"),
        ("{a: b}", 'found {"a": "b"}, must be text or a list of texts (at least one)'),
        ('""', "found '', must be text or a list of texts (at least one)"),
    ],
)
def test_a_wrong_value_of_a_key_that_takes_one_or_many_is_told_once(write, value, message):
    path = write(SMALLEST.replace("sold", value))

    found = message_of(path)

    assert found.startswith(f"{path}:3: key 'data.target")
    assert found.endswith(message)


def test_a_frequency_of_dates_without_a_column_of_times_asks_for_that_column_first(write):
    path = write("data: {path: a.csv, target: x, freq: D}\nforecast: {horizon: 1}\n")

    assert message_of(path) == (
        f"{path}:1: key 'data.time': names no column, but `data.freq` is 'D'; set it to the column of times, or, if "
        "there is none and each row is a step, set data.freq to 1"
    )
    assert load_config(path, sets=["data.freq=1"]).data.freq == 1


def test_a_missing_key_is_told_with_the_section_that_lacks_it(write):
    path = write("data: {path: a.csv}\nforecast:\n")

    assert message_of(path) == (
        f"{path}:1: key 'data.target': is missing; must be text or a list of texts (at least one) "
        f"(and 1 more: {path}:2 key 'forecast.horizon')"
    )


def test_a_key_that_is_missing_since_it_is_misspelt_is_one_fault(write):
    path = write(SMALLEST.replace("horizon", "horizn").replace("target", "goal"))

    with pytest.raises(ConfigError) as caught:
        load_config(path)

    assert caught.value.faults == (
        f"{path}:1: key 'data.target': is missing; must be text or a list of texts (at least one)",
        f"{path}:3: key 'data.goal': unknown key; data has {', '.join(DataConfig.known_keys)}",
        f"{path}:5: key 'forecast.horizn': unknown key (did you mean 'horizon'?)",
    )


def test_every_fault_comes_along_with_its_reason_up_to_fifty(write):
    path = write(SMALLEST + "train: {seed: x}\n" + "".join(f"unknown_{place}: 1\n" for place in range(60)))

    with pytest.raises(ConfigError) as caught:
        load_config(path)

    faults = caught.value.faults
    assert faults[0] == f"{path}:6: key 'train.seed': found 'x', must be a whole number from 0 to 4294967295"
    assert faults[1].startswith(f"{path}:7: key 'unknown_0': unknown key")
    assert (len(faults), faults[-1]) == (52, "10 more keys")


def test_faults_of_file_options_and_variables_are_all_told_in_one_line(write):
    path = write(SMALLEST + "train:\n  seed: 1\n  seed: 2\nmodel: {cell: x, units: 0}\n")

    message = message_of(path, sets=["forecast.horizn=3"], environment={"LSTMCAST_TRAIN_STEPS": "many"})

    assert message == (
        f"{path}:8: key 'train.seed': doubled key; it is set at {path}:7 already "
        f"(and 4 more: {path}:9 key 'model.cell', {path}:9 key 'model.units', "
        "--set forecast.horizn=3 key 'forecast.horizn', LSTMCAST_TRAIN_STEPS=many key 'train.steps')"
    )


def test_a_fault_of_an_override_names_the_override(write):
    path = write(SMALLEST)

    assert message_of(path, sets=["forecast.horizn=3"]) == (
        "--set forecast.horizn=3: key 'forecast.horizn': unknown key (did you mean 'horizon'?)"
    )
    assert message_of(path, environment={"LSTMCAST_TRAIN_SEED": "x"}) == (
        "LSTMCAST_TRAIN_SEED=x: key 'train.seed': found 'x', must be a whole number from 0 to 4294967295"
    )
    assert message_of(path, environment={"LSTMCAST_TRAIN_SEDE": "1"}) == (
        "LSTMCAST_TRAIN_SEDE=1: unknown variable (did you mean 'LSTMCAST_TRAIN_SEED'?)"
    )


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/x.csv", "s3://bucket/x.csv", "file:///etc/hostname"])
def test_an_address_is_refused_from_wherever_it_comes(write, address):
    problem = f"key 'data.path': found the address '{address}', must be a path; nothing is fetched over a network"
    path = write(SMALLEST.replace("sales.csv", address))

    assert message_of(path) == f"{path}:2: {problem}"
    assert problem in message_of(write(SMALLEST), sets=[f"data.path={address}"])
    assert problem in message_of(write(SMALLEST), environment={"LSTMCAST_DATA_PATH": address})


@pytest.mark.parametrize("key", ["data.path", "data.future_path", "output.dir", "job.metrics"])
def test_a_home_is_not_guessed_at(write, key):
    problem = f"key '{key}': found '~/x', where ~ does not stand for a home; write out where that is"

    assert problem in message_of(write(SMALLEST), sets=[f"{key}=~/x"])
    assert problem.replace("~/x", "~") in message_of(write(SMALLEST), sets=[f"{key}='~'"])
    assert load_config(write(SMALLEST), sets=["output.dir=~x"]).output.dir.endswith("/~x")


def test_a_tag_runs_nothing(write, tmp_path):
    canary = tmp_path / "canary"
    path = write(f'x: !!python/object/apply:os.system ["touch {canary}"]\n')

    assert "tags are not allowed" in message_of(path)
    assert not canary.exists()


def test_a_bomb_of_merge_keys_is_refused_at_once(write):
    levels = [f"a{level}: &a{level} {{<<: [*a{level - 1}, *a{level - 1}]}}" for level in range(1, 24)]
    path = write("a0: &a0 {x: 1}\n" + "\n".join(levels))
    started = time.perf_counter()

    message = message_of(path)

    assert message.startswith(f"{path}:1: key 'a0': sets the anchor '&a0'; anchors are not allowed, repeat the value")
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"data:\n  path: \xff.csv", ":2: is not UTF-8 text (found the byte 0xff); save the file as UTF-8"),
        ("version: 1".encode("utf-16"), ":1: is not UTF-8 text (found the byte 0xff); save the file as UTF-8"),
        (b"just text", ": holds no `key: value` lines; `lstmcast init FILE.csv` writes a config"),
        (b"- a\n- b", ": holds no `key: value` lines; `lstmcast init FILE.csv` writes a config"),
        (b"#" * 512_001, ": is larger than 512,000 bytes; a config is some lines of YAML"),
        (
            b"data:\n\tpath: a",
            ":2: is not YAML: found character '\\t' that cannot start any token; indent with spaces,",
        ),
    ],
)
def test_a_file_that_is_no_config_is_refused(write, content, message):
    path = write(content)

    assert message_of(path).startswith(f"{path}{message}")


def test_a_byte_order_mark_is_no_part_of_the_config(write):
    assert load_config(write(b"\xef\xbb\xbf" + SMALLEST.encode())).forecast.horizon == 7


def test_a_table_in_place_of_a_config_is_told_apart():
    with pytest.raises(ConfigError, match=r"^sales\.csv: is a table, not a config; `lstmcast init sales\.csv` writes"):
        load_config(Path("sales.csv"))


def test_a_missing_config_is_named_with_the_nearest_one_and_what_to_do(write):
    path = write(SMALLEST)

    with pytest.raises(MissingError) as caught:
        load_config(path.with_name("jbo.yaml"))

    assert str(caught.value) == (
        f"{path.with_name('jbo.yaml')}: no such config (did you mean 'job.yaml'?); `lstmcast init FILE.csv` writes one"
    )


def test_a_config_in_a_missing_folder_names_the_folder(tmp_path):
    with pytest.raises(MissingError, match=r"no such config \(there is no folder '.*/nowhere'\)"):
        load_config(tmp_path / "nowhere" / "job.yaml")


def test_a_folder_in_place_of_a_config_is_missing(tmp_path):
    with pytest.raises(MissingError, match=r"cannot be read \(Is a directory\); check the path and its permissions"):
        load_config(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_config_is_missing(write):
    path = write(SMALLEST)
    path.chmod(0)

    with pytest.raises(MissingError, match=r"cannot be read \(Permission denied\)"):
        load_config(path)


def test_every_config_that_comes_along_is_right_and_names_its_schema():
    assert [path.stem for path in CONFIGS] == ["air_passengers", "power_long", "retail_wide", "textbook_lstm"]
    for path in CONFIGS:
        assert path.read_text().startswith("# yaml-language-server: $schema=lstmcast.schema.json\n")
        assert load_config(path).version == 1


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_dump_config_writes_what_load_config_reads(path, write):
    config = load_config(path)

    assert load_config(write(dump_config(config))) == config


def test_dump_config_writes_each_value_out(write):
    dumped = dump_config(load_config(write(SMALLEST)))

    assert "  units: auto\n" in dumped
    assert "  levels:\n  - 80\n  - 95\n" in dumped
    assert "&" not in dumped


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
traps = st.sampled_from(
    ["1e-3", "no", "12:30", "010", "null", "~", ".nan", "<<", "=", "true", "1_000", "a: b", "# x", "- a"]
)
names = (texts | traps).filter(lambda name: "\0" not in name and "://" not in name)


@given(target=names, time=names, missing=st.lists(names, unique=True).map(tuple), rate=st.floats(1e-30, 1e30))
def test_dump_config_keeps_every_text_and_number(tmp_path_factory, target, time, missing, rate):
    path = tmp_path_factory.getbasetemp() / "dumped.yaml"
    data = {"path": "/a.csv", "target": target, "time": None if time == target else time, "csv": {"missing": missing}}
    config = Config.from_plain(
        {"data": data, "forecast": {"horizon": 1}, "train": {"learning_rate": rate}, "output": {"dir": "/runs"}}
    )

    path.write_text(dump_config(config), encoding="utf-8", newline="")

    assert load_config(path) == config


pieces = st.sampled_from(
    ["data:", "path", ": ", "\n", "  ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!str ", "<<", "? "]
)
yamlish = st.lists(pieces | st.text(max_size=5), max_size=40).map(
    lambda parts: "".join(parts).encode("utf-8", "ignore")
)


@given(content=st.binary(max_size=200) | yamlish)
@example(b'"\\UFFFFFFFF"')
@example(b"!<%ff> a")
@example(b"%YAML 1.1 1")
@example(b"? [a]\n: {b: [c]}")
@example(b'"\\ud800": 1')
@drawn(300)
def test_load_config_raises_nothing_but_a_config_error_whatever_the_file_holds(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)

    assert message_of(path)


@given(option=st.text(max_size=30) | st.text(max_size=20).map("data.past=".__add__))
def test_load_config_raises_nothing_but_a_config_error_whatever_an_option_holds(tmp_path_factory, option):
    path = tmp_path_factory.getbasetemp() / "empty.yaml"
    path.write_bytes(b"")

    assert message_of(path, sets=[option])


def test_a_wide_table_of_twenty_thousand_columns_fits_into_a_config(tmp_path):
    names = tuple(f"store_{number:05}_sales" for number in range(20_000))
    path = tmp_path / "job.yaml"
    path.write_text(f"data: {{path: a.csv, target: [{', '.join(names)}]}}\nforecast: {{horizon: 1}}\n")

    assert load_config(path).data.target == names


def test_a_current_folder_that_was_removed_is_named(write, tmp_path, monkeypatch):
    path = write(SMALLEST)
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    assert load_config(path, sets=["output.dir=/runs"]).output.dir == "/runs"
    with pytest.raises(MissingError, match="current folder: is not there any more; change to another one"):
        load_config(Path("../job.yaml"))
    with pytest.raises(MissingError, match="current folder: is not there any more; change to another one"):
        load_config(path, sets=["output.dir=runs"])
