import csv
import json

import numpy as np
import pytest

from lstmcast.cli.compare import describe
from lstmcast.cli.documents import DOCUMENTS
from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.compare import compare
from lstmcast.jobs.comparison.comparing import SEED_STEP, with_cell
from lstmcast.jobs.model.problem import make_problem
from lstmcast.jobs.model.rolling import roll_origins
from tests.jobs.conftest import PLAIN, write_load

FILES = {"scores.csv", "differences.csv", "costs.csv", "by_seed.csv", "by_step.csv", "gradients.csv", "compare.json"}
CELLS = {"lstm", "gru", "rnn", "linear"}
SIMPLE = {"seasonal_naive", "naive", "drift", "seasonal_average"}
MANY_STEPS = ("model.context=24", "model.segment=2", "evaluate.windows=4")


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """Return the comparison of all cells on one series, each from two seeds."""
    job = write_load(tmp_path_factory.mktemp("load"))
    return compare(load_config(job, sets=("output.plots=true", *MANY_STEPS)), seeds=2, **PLAIN)


def test_a_comparison_writes_tables_and_a_picture_and_saves_no_version(compared):
    workspace = compared.folder.parent

    assert {path.name for path in compared.folder.iterdir()} == FILES | {"compare.png"}
    assert not (workspace / "models").exists()
    assert not (workspace / "current").exists()


def test_every_cell_stands_beside_the_baselines_the_best_first(compared):
    rows = rows_of(compared.folder / "scores.csv")

    networks, simple = rows[:4], rows[4:]
    assert {row["forecaster"] for row in networks} == CELLS
    assert {row["forecaster"] for row in simple} == SIMPLE
    scores = [float(row["mase"]) for row in networks]
    assert scores == sorted(scores)
    assert all(float(row["seed_spread"]) > 0 for row in networks)
    assert [row["seed_spread"] for row in simple] == [""] * 4


def test_scores_are_means_over_seeds_far_apart(compared):
    rows = rows_of(compared.folder / "by_seed.csv")

    assert sorted({(row["forecaster"], int(row["seed"])) for row in rows}) == sorted(
        (cell, seed) for cell in CELLS for seed in (1, 1 + SEED_STEP)
    )
    for cell in CELLS:
        mine = [float(row["mase"]) for row in rows if row["forecaster"] == cell]
        overall = next(float(row["mase"]) for row in compared.scores if row["forecaster"] == cell)
        assert np.mean(mine) == pytest.approx(overall)
        assert np.std(mine, ddof=1) > 0


def test_a_cell_is_scored_as_a_backtest_of_it_would(compared, tmp_path):
    config = load_config(write_load(tmp_path), sets=MANY_STEPS)
    variant = with_cell(config, "gru", 1)
    problem = make_problem(variant, read_panel(config.data).panel)

    rolled = roll_origins(problem, variant, ("naive",), "never", SilentTalk())

    mine = compared.by_seed["mase"][(compared.by_seed["forecaster"] == "gru") & (compared.by_seed["seed"] == 1)]
    assert rolled.tallies["gru"].windows["mase"].value == pytest.approx(float(mine[0]))
    naive = next(row for row in compared.scores if row["forecaster"] == "naive")
    assert rolled.tallies["naive"].windows["mase"].value == naive["mase"]


def test_every_network_is_held_against_all_others(compared):
    rows = rows_of(compared.folder / "differences.csv")

    assert len(rows) == 4 * (3 + 4)
    assert {row["finding"] for row in rows} <= {"better", "worse", "seed noise", "these windows only"}
    pair = {(row["network"], row["against"]): 1 - float(row["saved"]) for row in rows}
    assert pair["lstm", "gru"] * pair["gru", "lstm"] == pytest.approx(1)


def test_costs_are_told_and_the_linear_network_is_the_smallest(compared):
    costs = {row.forecaster: row for row in compared.costs}

    assert costs.keys() == CELLS
    assert costs["linear"].parameters < costs["rnn"].parameters < costs["gru"].parameters < costs["lstm"].parameters
    assert all(row.seconds > 0 and row.milliseconds > 0 and 0 <= row.clipped <= 1 for row in costs.values())


def test_gradients_are_told_for_each_state_and_step_of_the_cell(compared):
    rows = rows_of(compared.folder / "gradients.csv")

    states = {(row.cell, row.state): row for row in compared.flows}
    assert states.keys() == {
        ("lstm", "hidden state"), ("lstm", "cell state"), ("gru", "hidden state"), ("rnn", "hidden state"),
    }  # fmt: skip
    lags = [int(row["lag"]) for row in rows if row["cell"] == "rnn"]
    assert lags == list(range(0, 24, 2))
    norms = [float(row["norm"]) for row in rows if row["cell"] == "rnn"]
    assert states["rnn", "hidden state"].left == pytest.approx(norms[-1] / norms[0])
    assert {row.finding for row in compared.flows} <= {"vanishes", "fades", "holds", "grows", "explodes"}


def test_the_document_holds_no_time_that_changes_from_run_to_run(compared):
    document = json.loads((compared.folder / "compare.json").read_text())

    assert document.items() <= json.loads(json.dumps(compared.as_json())).items()
    assert list(compared.as_json()) == list(DOCUMENTS["compare"])
    assert document["use"] in CELLS
    assert document["configured"] == "lstm"
    assert not {"seconds", "costs", "folder"} & document.keys()
    assert len(document["gradient_flow"]) == 4


def test_the_terminal_tells_the_choice_the_scores_and_the_costs(compared):
    text = describe(compared)

    assert "4 origins, 1 series, means over 2 seeds; lower is better" in text
    assert "forecaster" in text
    assert "+- seeds" in text
    assert "forecast ms" in text
    assert "model.cell: " in text
    assert "2 seeds" in text.splitlines()[-2]


def test_without_a_bank_the_linear_network_is_left_out_and_one_seed_proves_nothing(tmp_path):
    said = []

    class Listener(SilentTalk):
        def say(self, text):
            said.append(text)

    config = load_config(write_load(tmp_path), sets=("model.bank=none", "train.steps=2"))

    result = compare(config, seeds=1, now=PLAIN["now"], talk=Listener())

    assert {row.forecaster for row in result.costs} == CELLS - {"linear"}
    assert "linear is left out: with model.bank: none it has nothing that reads the past" in said
    assert {row.finding for row in result.pairs} == {"one seed"}
    assert (result.use, result.configured) == ("lstm", "lstm")
    assert not (result.folder / "compare.png").exists()
