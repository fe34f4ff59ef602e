import pytest

from lstmcast.config.data_config import CsvConfig, DataConfig
from lstmcast.config.schema import (
    Config,
    EvaluateConfig,
    ForecastConfig,
    GateConfig,
    JobConfig,
    ModelConfig,
    OutputConfig,
    TrainConfig,
)
from lstmcast.kinds import UnfitError


def a_config(**sections):
    data = {"path": "sales.csv", "time": "day", "target": "sold"}
    return Config.from_plain({"data": data, "forecast": {"horizon": 7}, **sections})


def test_a_config_needs_only_a_path_a_target_and_a_horizon():
    config = Config(data=DataConfig(path="sales.csv", target="sold"), forecast=ForecastConfig(horizon=7))

    assert config.model == ModelConfig(cell="lstm", units="auto", bank="auto", members="auto")
    assert config.evaluate.baselines == ("seasonal_naive", "naive")
    assert config.evaluate.gate == GateConfig(metric="mase", against="seasonal_naive", min_skill=0.0)
    assert (config.output.dir, config.output.plots) == ("runs", True)
    assert (config.job.retrain, config.job.keep, config.data.time) == ("7D", 5, None)


def test_a_config_cannot_be_changed():
    config = a_config()

    with pytest.raises(AttributeError, match="frozen"):
        config.model.units = 3


@pytest.mark.parametrize("value", [True, False, "3", 3.0, None])
def test_a_whole_number_is_nothing_but_a_whole_number(value):
    with pytest.raises(UnfitError, match="horizon"):
        ForecastConfig(horizon=value)


@pytest.mark.parametrize("value", [True, "0.1", float("nan"), float("inf"), 0, -1.0])
def test_a_learning_rate_is_a_finite_number_above_zero(value):
    with pytest.raises(UnfitError, match="learning_rate"):
        TrainConfig(learning_rate=value)


def test_a_whole_number_will_do_where_any_number_is_asked_for():
    assert TrainConfig(learning_rate=1).learning_rate == 1.0
    assert TrainConfig(learning_rate=1e30).learning_rate == 1e30


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        (ForecastConfig, "horizon", 0),
        (ForecastConfig, "horizon", 10_001),
        (ForecastConfig, "levels", (49,)),
        (ForecastConfig, "levels", (100,)),
        (ForecastConfig, "levels", ()),
        (ForecastConfig, "levels", (True,)),
        (ModelConfig, "units", 1025),
        (ModelConfig, "layers", 4),
        (ModelConfig, "context", 1),
        (ModelConfig, "members", 17),
        (ModelConfig, "dropout", 0.91),
        (ModelConfig, "cell", "LSTM"),
        (TrainConfig, "seed", -1),
        (TrainConfig, "seed", 2**32),
        (EvaluateConfig, "windows", 101),
        (EvaluateConfig, "baselines", ()),
        (GateConfig, "metric", "mae"),
        (GateConfig, "min_skill", 1.1),
        (CsvConfig, "separator", ";;"),
        (CsvConfig, "separator", "a"),
        (CsvConfig, "thousands", "auto"),
        (CsvConfig, "decimal", ";"),
        (CsvConfig, "units", {"2x": 1}),
        (CsvConfig, "units", {"-x": 1}),
        (CsvConfig, "units", {".x": 1}),
        (CsvConfig, "units", {" x": 1}),
        (CsvConfig, "units", {"": 1}),
        (OutputConfig, "plots", 1),
        (OutputConfig, "dir", ""),
        (JobConfig, "max_age", "2 days"),
        (DataConfig, "freq", True),
        (DataConfig, "freq", 0),
        (DataConfig, "target", ("a", "a")),
        (DataConfig, "path", ()),
        (DataConfig, "path", "a\0b"),
    ],
)
def test_a_value_outside_its_limits_is_refused(record, field, value):
    needed = (
        {"horizon": 1} if record is ForecastConfig else {"path": "a", "target": "b"} if record is DataConfig else {}
    )

    with pytest.raises(UnfitError) as caught:
        record.from_plain({**needed, field: value})

    assert {flaw.path[0] for flaw in caught.value.flaws} == {field}


def test_a_unit_may_hold_digits_and_points_behind_its_beginning():
    units = {"m3/s": 1, "t CO2": 1, "Mio.": 1_000_000, "Rs.": 1, "²": 1}

    assert CsvConfig(units=units).units == units


def test_levels_come_back_rising_and_whole_where_they_are_whole():
    levels = ForecastConfig(horizon=1, levels=(95, 80.0, 97.5)).levels

    assert [str(level) for level in levels] == ["80", "95", "97.5"]


def test_a_level_may_stand_only_once():
    with pytest.raises(UnfitError, match="must be distinct"):
        ForecastConfig(horizon=1, levels=(80, 80.0))


def test_a_start_may_be_the_number_of_a_step():
    data = DataConfig(path="a.csv", target="b", start=100, end="2024-01-31")

    assert (data.start, data.end) == ("100", "2024-01-31")


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        ({"time": "sold"}, r"column 'sold' is `data\.time` already"),
        ({"id": ("shop", "sold")}, r"column 'sold' is `data\.target` already"),
        ({"past": ("x",), "future": ("x",)}, r"column 'x' is `data\.past` already; a column has one role"),
    ],
)
def test_a_column_has_one_role(roles, message):
    with pytest.raises(UnfitError, match=message):
        DataConfig.from_plain({"path": "a.csv", "target": "sold", **roles})


def test_a_table_is_wide_or_long():
    with pytest.raises(UnfitError, match=r"names several columns while `data\.id` is set"):
        DataConfig(path="a.csv", target=("a", "b"), id="shop")


@pytest.mark.parametrize(
    "signs",
    [{"decimal": ",", "thousands": ","}, {"separator": "'", "quote": "'"}],
)
def test_the_signs_of_a_csv_file_differ(signs):
    with pytest.raises(UnfitError, match="they must differ"):
        CsvConfig.from_plain(signs)


def test_without_a_cell_there_has_to_be_a_bank():
    with pytest.raises(UnfitError, match=r"with `model\.cell: linear` only the bank reads the past"):
        ModelConfig(cell="linear", bank="none")


def test_a_segment_fits_the_context():
    with pytest.raises(UnfitError, match=r"is 24, more than the 12 steps of `model\.context`"):
        ModelConfig(segment=24, context=12)


def test_the_gate_is_against_a_baseline_that_is_scored():
    with pytest.raises(UnfitError, match=r"is 'drift', which `evaluate\.baselines` lacks; add it there"):
        EvaluateConfig(gate=GateConfig(against="drift"))


def test_rows_without_a_time_have_no_age():
    data = {"path": "sales.csv", "target": "sold"}

    with pytest.raises(UnfitError, match=r"without `data\.time` the rows have no age"):
        a_config(data=data, job={"max_age": "2D"})


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"time": "day", "future_path": "later.csv"}, r"is set, but `data\.future` names no column"),
        ({"future": ("price",), "future_path": "later.csv"}, r"needs `data\.time`"),
        ({"time": "day", "target": ("a", "b"), "static": ("size",)}, r"needs `data\.id`: in a wide table"),
        ({"time": "day", "future": ("price",), "future_path": "s3://b/x.csv"}, "nothing is fetched over a network"),
        ({"time": "day", "static": ("price",), "future": ("price",)}, r"column 'price' is `data\.future` already"),
    ],
)
def test_covariates_have_what_they_need(data, problem):
    with pytest.raises(UnfitError, match=problem):
        DataConfig(**{"path": "sales.csv", "target": "sold", **data})


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x.csv", "s3://bucket/x.csv", "file:///etc/passwd"])
@pytest.mark.parametrize("as_list", [False, True])
def test_a_path_is_no_address(address, as_list):
    path = ("a.csv", address) if as_list else address

    with pytest.raises(UnfitError, match="must be a path; nothing is fetched over a network"):
        DataConfig(path=path, target="sold")


def test_what_is_not_available_yet_may_be_written_out_at_its_default():
    defaults = a_config().as_plain()

    assert Config.from_plain(defaults).as_plain() == defaults
