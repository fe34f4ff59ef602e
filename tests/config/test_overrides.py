import pytest

from lstmcast.config.overrides import environment_settings, set_settings


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("1e-3", 0.001),
        ("010", "010"),
        ("no", "no"),
        ("null", None),
        ("", None),
        ("[80,95]", (80, 95)),
        ("[a, 'b: c']", ("a", "b: c")),
        ('"3"', "3"),
        (" x ", "x"),
        ("a # b: c", "a # b: c"),
        ("*.csv", "*.csv"),
        ("a=b", "a=b"),
    ],
)
def test_set_settings_reads_the_value_as_the_file_would(text, value):
    assert set_settings([f"x.y={text}"]).values == {"x": {"y": value}}


def test_set_settings_sets_each_key_of_a_mapping():
    settings = set_settings(["model={cell: gru, units: 8}", "model.units=16", "train.seed=2"])

    assert settings.values == {"model": {"cell": "gru", "units": 16}, "train": {"seed": 2}}


def test_set_settings_counts_the_last_of_two():
    settings = set_settings(["data.target=[a, b]", "data.target=c"])

    assert settings.values == {"data": {"target": "c"}}
    assert settings.places["data", "target"].text == "--set data.target=c"
    assert ("data", "target", 1) not in settings.places


@pytest.mark.parametrize("option", ["forecast.horizon", "=3", ""])
def test_set_settings_wants_a_key_and_a_value(option):
    [fault] = set_settings([option]).faults

    assert str(fault) == f"--set {option}: must be key=value, as `--set forecast.horizon=24`"


def test_set_settings_names_the_option_of_each_fault():
    faults = set_settings(["train.learning_rate=.nan", "data.past=[&a x, *a]"]).faults

    assert [str(fault) for fault in faults] == [
        "--set train.learning_rate=.nan: key 'train.learning_rate': found '.nan', "
        "must be a finite number, or text in quotes",
        "--set data.past=[&a x, *a]: key 'data.past[0]': sets the anchor '&a'; "
        "anchors are not allowed, repeat the value",
        "--set data.past=[&a x, *a]: key 'data.past[1]': uses the alias '*a'; "
        "aliases are not allowed, repeat the value",
    ]


def test_set_settings_shows_an_option_on_one_line():
    [fault] = set_settings(["a\nb"]).faults

    assert str(fault).startswith(r"--set 'a\nb': must be key=value")


def test_environment_settings_finds_the_key_of_each_variable():
    environment = {
        "LSTMCAST_TRAIN_LEARNING_RATE": "1e-3",
        "LSTMCAST_DATA_CSV_SEPARATOR": ";",
        "LSTMCAST_EVALUATE_GATE_MIN_SKILL": "0.1",
        "LSTMCAST_VERSION": "1",
        "HOME": "/root",
    }

    assert environment_settings(environment).values == {
        "data": {"csv": {"separator": ";"}},
        "evaluate": {"gate": {"min_skill": 0.1}},
        "train": {"learning_rate": 0.001},
        "version": 1,
    }


def test_environment_settings_refuses_an_unknown_variable_with_the_nearest_one():
    [fault] = environment_settings({"LSTMCAST_TRAIN_LEARNIG_RATE": "1"}).faults

    assert str(fault) == (
        "LSTMCAST_TRAIN_LEARNIG_RATE=1: unknown variable (did you mean 'LSTMCAST_TRAIN_LEARNING_RATE'?)"
    )
