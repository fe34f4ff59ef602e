"""All kinds of covariates from the file to the forecast, and what happens when they change under a model."""

import csv
import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.errors import ConfigError, ContractError, DataError, LstmcastError, MissingError
from lstmcast.evaluation.bootstrap import Skill
from lstmcast.jobs.backtest import backtest
from lstmcast.jobs.backtesting.covariate_worth import describe_worth, spell_rival
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.predict import predict
from lstmcast.store.artifact import load_version
from lstmcast.store.versions import resolve_version
from tests.jobs.conftest import NOW, PLAIN

CONFIG = """
data:
  path: shops.csv
  time: day
  target: sold
  id: shop
  past: [sky]
  future: [price, promo]
  future_path: plans/future.csv
  static: [size, kind]
  holidays: DE
forecast: {horizon: 3, levels: [80]}
model: {units: 4, members: 1}
train: {steps: 20, batch: 32}
evaluate: {windows: 2, gate: {min_skill: -100}}
output: {dir: runs, plots: false}
"""
SHOPS = (("north", "40", "shop"), ("south", "10", "kiosk"))
NAMES = (
    "price", "promo=flyer", "promo=tv", "size > 25", "kind=kiosk", "kind=shop",
    "holiday DE", "day before holiday DE", "day after holiday DE",
)  # fmt: skip


def write_job(folder):
    random = np.random.default_rng(0)
    lines = ["shop,day,sold,price,promo,sky,size,kind"]
    later = ["shop,day,price,promo"]
    for shop, size, kind in SHOPS:
        for day, stamp in enumerate(np.datetime64("2024-01-14") - np.arange(60)[::-1]):
            price, promo = random.uniform(1, 3), ("", "flyer", "tv")[day % 3]
            sold = 50 + 10 * np.sin(2 * np.pi * day / 7) - 5 * price + 9 * (promo == "tv") + float(size)
            lines.append(f"{shop},{stamp},{sold:.2f},{price:.2f},{promo},{('sun', 'rain')[day % 2]},{size},{kind}")
        later += [f"{shop},2024-01-{day},2.5,{'tv' if day == 16 else ''}" for day in range(14, 20)]
    (folder / "plans").mkdir()
    (folder / "plans" / "future.csv").write_text("\n".join(later) + "\n")
    (folder / "shops.csv").write_text("\n".join(lines) + "\n")
    (folder / "job.yaml").write_text(CONFIG)
    return folder / "job.yaml"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    from lstmcast.jobs.train import train

    folder = tmp_path_factory.mktemp("shops")
    train(load_config(write_job(folder)), **PLAIN)
    return folder


@pytest.fixture
def job(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "job") / "job.yaml"


def forecast(job, *sets):
    return predict(
        load_config(job, sets=sets), now=NOW, model=None, data=None, output="-", plot=None, talk=SilentTalk()
    ).csv


def change(path, *replacements):
    text = path.read_text()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def values_of(content):
    return [float(row["forecast"]) for row in csv.DictReader(content.decode().splitlines())]


def test_a_version_knows_how_its_covariates_are_read(job):
    contract = load_version(resolve_version(job.parent / "runs")).artifact.contract

    assert (contract.past, contract.future) == (("sky=rain", "sky=sun"), NAMES)
    assert contract.covariates.categories == {
        "sky": ("rain", "sun"), "promo": ("flyer", "tv"), "kind": ("kiosk", "shop"),
    }  # fmt: skip
    assert contract.covariates.steps == {"size": (25.0,)}
    assert contract.covariates.holidays.days == ("2023-12-25", "2023-12-26", "2024-01-01")


def test_every_kind_of_covariate_moves_the_forecast(job):
    before = values_of(forecast(job))

    change(job.parent / "plans" / "future.csv", ("16,2.5,tv", "16,2.5,"))
    assert values_of(forecast(job))[1] != before[1]
    change(job.parent / "plans" / "future.csv", ("15,2.5", "15,1.5"))
    assert values_of(forecast(job))[0] != before[0]


def test_the_same_forecast_without_tensorflow_in_a_fresh_process(job):
    code = (
        "import atexit, sys; from lstmcast.cli.main import main\n"
        f"sys.argv[1:] = ['predict', {str(job)!r}, '--output', '-', '--now', '2024-01-15']\n"
        "heavy = {'tensorflow', 'keras', 'holidays'}\n"
        "atexit.register(lambda: print(sorted(heavy & set(sys.modules)), file=sys.stderr))\nmain()"
    )

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)

    assert ended.stdout == forecast(job)
    assert ended.stderr.decode().splitlines()[-1] == "['holidays']"


def test_columns_in_another_order_and_more_of_them_change_nothing(job):
    before = forecast(job)
    for path in (job.parent / "shops.csv", job.parent / "plans" / "future.csv"):
        lines = [",".join([*reversed(line.split(",")), "extra"]) for line in path.read_text().splitlines()]
        path.write_text("\n".join(lines) + "\n")

    assert forecast(job) == before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("price", "prize", r"shops\.csv: no column 'price' \(did you mean 'prize'\?\)"),
     ("promo", "promos", r"shops\.csv: no column 'promo' \(did you mean 'promos'\?\)"),
     ("size", "sizes", r"shops\.csv: no column 'size' \(did you mean 'sizes'\?\)"),
     ("sky", "Sky", r"shops\.csv: no column 'sky' \(did you mean 'Sky'\?\)"),
     (",tv,", ",TV,", r"line 4: column 'promo': the model has not seen 'TV' .*; it knows flyer, tv"),
     (",kiosk", ",mall", r"column 'kind': the model has not seen 'mall'; it knows kiosk, shop"),
     (",rain,", ",snow,", r"column 'sky': the model has not seen 'snow'")],
)  # fmt: skip
def test_a_covariate_that_is_not_what_it_was_is_refused(job, old, new, message):
    change(job.parent / "shops.csv", (old, new))

    with pytest.raises(ContractError, match=message):
        forecast(job)


def test_a_number_that_turned_to_text_is_refused(job):
    path = job.parent / "shops.csv"
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([header, *(line.replace(line.split(",")[3], "cheap") for line in lines)]) + "\n")

    with pytest.raises(
        ContractError, match=r"column 'price': 'cheap' is not a number.* \(the model was trained on another form"
    ):
        forecast(job)


def test_a_static_column_that_changes_is_refused_with_its_row(job):
    change(job.parent / "shops.csv", ("rain,10,kiosk", "rain,11,kiosk"))

    with pytest.raises(DataError, match="line 63: static column 'size' is 11, but 10 in line 62 of the same"):
        forecast(job)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [("shops.csv", "south,2023-11-16", "south,1823-11-16", "rows are missing between 1823-11-16 and"),
     ("shops.csv", r"(south,2024-01-09,[^,]*),[^,]*", r"\1,", "column 'price' is empty at 2024-01-09"),
     ("shops.csv", r"(south,2024-01-09,.*),10,", r"\1,11,", "static column 'size' is 11, but 10 in"),
     ("shops.csv", ",10,kiosk", ",,kiosk", "static column 'size' is empty in all rows"),
     ("shops.csv", ",kiosk", ",mall", "column 'kind': the model has not seen 'mall'"),
     ("shops.csv", r"(south,.*),tv,", r"\1,cinema,", "column 'promo': the model has not seen 'cinema'"),
     ("shops.csv", r"(south,.*),sun,", r"\1,snow,", "column 'sky': the model has not seen 'snow'"),
     ("plans/future.csv", "(south,2024-01-16,2.5),tv", r"\1,cinema", "column 'promo': the model has not seen 'cinema'"),
     ("plans/future.csv", "south,2024-01-16,2.5", "south,2024-01-16,", "column 'price' is empty at 2024-01-16"),
     ("plans/future.csv", "south,2024-01-16,2.5", "south,2024-01-16,cheap", "column 'price': 'cheap' is not a number"),
     ("plans/future.csv", "south,2024-01-16", "south,2024-01-36", "'2024-01-36' is not written as"),
     ("plans/future.csv", "south,2024-01-16", "south,2024-01-15", "2024-01-15 is there twice in series 'south'")],
)  # fmt: skip
def test_a_fault_of_one_series_leaves_out_that_one_where_a_part_will_do(job, file, old, new, message):
    path = job.parent / file
    path.write_text(re.sub(old, new, path.read_text()))
    options = {"model": None, "data": None, "output": "-", "plot": None, **PLAIN}

    with pytest.raises(LstmcastError, match=message):
        predict(load_config(job), **options)
    partly = predict(load_config(job), **options, allow_partial=True)

    assert partly.left_out == ("south",)
    assert len(values_of(partly.csv)) == 3


def test_future_rows_of_nobody_are_left_out_where_a_part_will_do(job):
    before = forecast(job)
    with (job.parent / "plans" / "future.csv").open("a") as file:
        file.write(",2024-01-15,2.5,\n")
    options = {"model": None, "data": None, "output": "-", "plot": None, **PLAIN}

    with pytest.raises(DataError, match=r"future\.csv: line 14: column 'shop' is empty: such a row belongs to no"):
        predict(load_config(job), **options)
    partly = predict(load_config(job), **options, allow_partial=True)

    assert partly.left_out == ("(no id)",)
    assert partly.csv == before


@pytest.mark.parametrize(
    ("sets", "message"),
    [("data.holidays=AT", "trained without 'holiday AT', .* and with 'holiday DE'"),
     ("data.holidays=null", "trained with 'holiday DE', 'day before holiday DE', 'day after holiday DE'; set"),
     ("data.static=[size]", "trained with 'kind=kiosk', 'kind=shop'; set"),
     ("data.past=[]", "trained with 'sky=rain', 'sky=sun'; set")],
)  # fmt: skip
def test_other_covariates_in_the_config_are_refused(job, sets, message):
    with pytest.raises(ContractError, match=message):
        forecast(job, sets)


def test_a_missing_row_of_the_second_file_is_named_with_series_and_time(job):
    path = job.parent / "plans" / "future.csv"
    path.write_text("".join(line for line in path.read_text().splitlines(True) if "south,2024-01-16" not in line))

    with pytest.raises(
        ContractError,
        match=r"price, promo must be known 3 steps ahead, but series 'south' has no row that gives it for 2024-01-16; "
        r"add them to data\.future_path",
    ):
        forecast(job)


def test_the_second_file_is_looked_for_beside_the_config(job, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert load_config(job).data.future_path == str(job.parent / "plans" / "future.csv")

    (job.parent / "plans" / "future.csv").unlink()
    with pytest.raises(MissingError, match=r"plans/future\.csv: no such file; check data\.future_path"):
        forecast(job)


def test_what_the_forecast_does_not_need_changes_nothing(job):
    before = forecast(job)
    path = job.parent / "plans" / "future.csv"

    change(path, ("01-18,2.5,", "01-18,1e6,never seen"), ("01-14,2.5", "01-14,77"), ("south,2024-01-19,2.5,\n", ""))

    assert forecast(job) == before


@pytest.fixture(scope="module")
def weighed(tmp_path_factory):
    """Return the result of a backtest with and without covariates."""
    job = write_job(tmp_path_factory.mktemp("weighed"))
    return backtest(load_config(job), refit="never", weigh_covariates=True, **PLAIN)


def test_the_model_without_covariates_stands_behind_the_model_and_against_it(weighed):
    names = [row["forecaster"] for row in weighed.scores]
    document = json.loads((weighed.folder / "backtest.json").read_text())

    assert names == ["lstm", "without_covariates", "seasonal_naive", "naive", "drift", "seasonal_average"]
    assert weighed.scores[0]["mase"] != weighed.scores[1]["mase"]
    assert "without_covariates" in {row["baseline"] for row in document["skill"]}


def test_a_backtest_says_whether_the_covariates_help(weighed):
    row = next(row for row in weighed.skills if (row.baseline, row.metric) == ("without_covariates", "mase"))
    said = {
        "better": "the covariates help: they save",
        "worse": "the covariates do harm: they add",
        "no clear difference": "it is not clear that the covariates help: they",
    }[row.verdict]

    assert weighed.notes[-1].startswith(said)
    assert f"{abs(row.skill):.1%}" in weighed.notes[-1]


def test_nothing_cannot_be_weighed(tmp_path):
    job = write_job(tmp_path)
    none = ("data.past=[]", "data.future=[]", "data.static=[]", "data.holidays=null", "data.future_path=null")

    with pytest.raises(ConfigError, match=r"--covariates: the config names none; set data\.past"):
        backtest(load_config(job, sets=none), refit="never", weigh_covariates=True, **PLAIN)
    assert read_panel(load_config(job, sets=none).data).panel.future_names == ()


def test_the_model_without_covariates_is_the_model_itself_in_words():
    assert spell_rival("without_covariates") == "itself without covariates"
    assert spell_rival("seasonal_naive") == "seasonal naive"


@pytest.mark.parametrize(
    ("skill", "reach", "said"),
    [(Skill(0.082, 0.021, 0.13), "",
      "the covariates help: they save 8.2% of the MASE (95% interval: +2.1% to +13.0%)"),
     (Skill(-0.1, -0.2, -0.01), "",
      "the covariates do harm: they add 10.0% to the MASE (95% interval: -20.0% to -1.0%); leave them out, or look at "
      "their values"),
     (Skill(0.082, 0.021, 0.13), " at this origin",
      "the covariates help at this origin: they save 8.2% of the MASE (95% interval: +2.1% to +13.0%)"),
     (Skill(-0.1, -0.2, -0.01), " at this origin",
      "the covariates do harm at this origin: they add 10.0% to the MASE (95% interval: -20.0% to -1.0%); leave them "
      "out, or look at their values"),
     (Skill(0.01, None, None), " at this origin",
      "it is not clear that the covariates help: they save 1.0% of the MASE; without them the model is simpler"),
     (Skill(np.nan, None, None), "",
      "whether the covariates help cannot be said: there is no score")],
)  # fmt: skip
def test_the_worth_of_covariates_is_told_in_words(skill, reach, said):
    assert describe_worth(skill, "MASE", reach) == said
