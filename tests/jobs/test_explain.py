import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from lstmcast.cli.explain import describe
from lstmcast.cli.main import lstmcast
from lstmcast.config.yaml_file import load_config
from lstmcast.data.clock.times import parse_frequency
from lstmcast.errors import ConfigError, NoModelError
from lstmcast.jobs.explain import explain
from lstmcast.jobs.explaining.explain_measure import BankUse, Change, Effects, Likeness, MemberTrace
from lstmcast.jobs.explaining.explain_words import say_bank, say_changes, say_effects, say_memory
from lstmcast.network.calibration import Calibration, no_calibration
from lstmcast.network.influence import Agreement, Part
from tests.examples import a_member, a_spec
from tests.jobs.conftest import PLAIN, write_load

WISHES = {"model": None, "series": None, "origin": None, "windows": None}
HEADINGS = [
    "What moves the forecast",
    "What would change it most",
    "Which classical forecast it follows",
    "What it remembers",
]
HOURS = parse_frequency("h")


def explained(job, *sets, **wishes):
    return explain(load_config(job, sets=sets), **{**WISHES, **wishes}, **PLAIN)


def test_an_explanation_has_words_figures_and_pictures(shops_job):
    result = explained(shops_job, "output.plots=true")

    assert list(result.words) == HEADINGS
    assert {path.name for path in result.folder.iterdir()} == {
        "explain.json", "gates.png", "influence.png", "memory.png", "bank.png",
    }  # fmt: skip
    assert [path.name for path in result.pictures] == ["gates.png", "influence.png", "memory.png", "bank.png"]
    assert json.loads((result.folder / "explain.json").read_text()).items() <= result.as_json().items()


def test_the_figures_hold_gates_memory_bank_and_influence(shops_job):
    figures = explained(shops_job, series="south").as_json()

    assert (figures["series"], figures["cutoff"], figures["unit"]) == ("south", "2024-01-14", "day")
    assert [set(member["openings"]) for member in figures["members"]] == [{"forget", "input", "output"}] * 2
    member = figures["members"][0]
    assert len(member["openings"]["forget"]) == member["context"] // member["segment"]
    assert len(member["memory_by_layer"][0]) == 4  # units
    assert figures["memory"]["units"] == 8
    shares = np.array(list(figures["bank"]["shares"].values()))
    assert shares.sum(axis=0) == pytest.approx([1, 1, 1], abs=1e-4)
    parts = figures["influence"]["parts"]
    assert [part["name"] for part in parts if part["kind"] in ("past", "future")] == ["visitors", "price"]
    assert parts[0]["first_lag"] == 1
    assert {row["column"] for row in figures["what_if"]} == {None, "visitors", "price"}


def test_the_same_window_gives_the_same_files_and_old_pictures_go(load_job):
    explained(load_job, "output.plots=true")
    folder = load_job.parent / "runs" / "explain"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    explained(load_job, "output.plots=true")
    second = {path.name: path.read_bytes() for path in folder.iterdir()}

    explained(load_job)  # without plots: the old ones would be another explanation's

    assert first == second
    assert [path.name for path in folder.iterdir()] == ["explain.json"]


def test_many_windows_are_told_in_percent_if_they_are_of_several_series(shops_job):
    result = explained(shops_job, windows=4)

    assert result.windows == "the mean over 4 windows of 2 series"
    assert result.figures["influence"]["in"] == "% of the size of the series"
    assert "(by " in result.words["What moves the forecast"][0]
    assert "%" in result.words["What moves the forecast"][0]


def test_windows_are_explained_together_although_more_of_the_past_is_known_of_some(load_job):
    result = explained(load_job, windows=20)

    blocks = [part for part in result.figures["influence"]["parts"] if part["kind"] == "values"]
    assert result.windows == "the mean over 13 windows"
    assert blocks[-1]["last_lag"] == 60


def test_a_workspace_without_a_model_has_nothing_to_explain(tmp_path):
    with pytest.raises(NoModelError):
        explained(write_load(tmp_path))


def test_a_series_that_is_not_there_leaves_no_file(load_job):
    with pytest.raises(ConfigError):
        explained(load_job, series="other")

    assert not (load_job.parent / "runs" / "explain").exists()


def test_the_command_tells_it_in_lines_that_fit_a_terminal(shops_job):
    text = describe(explained(shops_job))

    assert all(heading in text for heading in HEADINGS)
    assert max(map(len, text.splitlines()[:-1])) <= 100
    assert text.splitlines()[-1].endswith("explain.json")


def test_one_window_and_many_cannot_be_asked_for_at_once(load_job):
    ended = CliRunner().invoke(lstmcast, ["explain", str(load_job), "--windows", "3", "--series", "a"])

    assert ended.exit_code == 2
    assert "--windows takes windows of all series; leave out --series and --origin" in ended.output


def a_trace(kept=(24.0, 48.0, 480.0), untrained=(24.0, 36.0, 48.0)):
    gates = {name: np.full((2, 3), opening, np.float32) for name, opening in
             (("forget", 0.75), ("input", 0.5), ("output", 0.25))}  # fmt: skip
    return MemberTrace(
        spec=a_member(context=240, segment=24),
        gates=gates,
        memory=np.zeros((2, 3), np.float32),
        kept=(np.array(kept),),
        untrained=(np.array(untrained),),
        distance=0.0,
    )


def test_memory_is_told_in_the_users_own_time():
    spec = a_spec(members=(a_member(context=240, segment=24),))

    told = say_memory(spec, [a_trace()], HOURS)

    assert told[0].startswith("The memory of the middle unit is 48 hours (2 days): after so long, 37% (1/e) of what")
    assert told[0].endswith("one step of the cell is 24 hours.")
    assert told[1].startswith("The members see 240 hours (10 days); 33% of the units still hold more than 37%")
    assert told[2].startswith("Before training the middle unit kept for 36 hours")
    assert told[2].endswith(": the rest these data have taught.")
    assert "forget 0.75 (0.75 to 0.75), input 0.50 (0.50 to 0.50) and output 0.25" in told[3]


def test_memory_that_training_has_left_as_it_was_is_said_to_be_that():
    spec = a_spec(members=(a_member(context=240, segment=24),))

    told = say_memory(spec, [a_trace(kept=(25.0, 40.0, 50.0))], HOURS)

    assert told[2].endswith(": that is how gates start, and these data have hardly changed it.")


def test_a_plain_rnn_is_said_to_have_no_memory_that_can_be_read():
    trace = replace(a_trace(), gates={}, kept=())

    (told,) = say_memory(a_spec(cell="rnn"), [trace], HOURS)

    assert told.startswith("A plain RNN has no gates: how long it remembers cannot be read off it.")


def test_the_bank_is_told_step_by_step():
    bank = BankUse(
        ("naive", "theta", "ses"),
        np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.8], [0.1, 0.1, 0.1]]),
        np.array([0.5, 0.1, 0]),
    )
    likeness = Likeness(("naive", "theta"), np.array([[0.5, 2, 2], [1, 1, 0.3]]))

    told = say_bank(bank, likeness, no_calibration(3, 5), "hour")

    assert told == [
        "The bank's gate gives the lead to naive (hour 1) and theta (hours 2 to 3); over the horizon the largest "
        "shares are those of theta (57%), naive (33%) and ses (10%).",
        "Names say what each started as; training has moved them by 0.20 usual changes since.",
        "Of the classical forecasts as textbooks have them, the finished forecast is nearest to naive (hour 1) and "
        "theta (hours 2 to 3) (0.60 usual changes away).",
    ]


def test_a_forecast_that_is_all_a_simple_one_is_said_to_be_that():
    calibration = Calibration(baseline="theta", weights=(0.0,) * 3, factors=(1.0,) * 5)
    likeness = Likeness(("naive", "theta"), np.array([[1.0, 1, 1], [0, 0, 0]]))

    told = say_bank(None, likeness, calibration, "hour")

    assert told == [
        "To be safe, the forecast leans 100% on plain theta: the network then only sets the width of the bands.",
        "Of the classical forecasts as textbooks have them, the finished forecast is nearest to theta at every step "
        "(0.00 usual changes away).",
    ]


@pytest.mark.parametrize(
    ("weight", "told"), [(1.0, "the network forecasts alone."), (0.6, "the rest is the network's own.")]
)
def test_a_network_without_a_bank_is_said_to_be_alone_only_where_it_is(weight, told):
    calibration = Calibration(baseline="theta", weights=(weight,) * 3, factors=(1.0,) * 5)
    likeness = Likeness(("naive", "theta"), np.array([[1.0, 1, 1], [0, 0, 0]]))

    *_, bank, _ = say_bank(None, likeness, calibration, "hour")

    assert bank == f"The model has no bank of classical forecasts: {told}"


def some_effects(correlation=0.95, relative=False):
    parts = (Part("values", "", 1, 1), Part("values", "", 2, 6), Part("future", "price"), Part("calendar", "day"))
    return Effects(
        parts=parts,
        is_relative=relative,
        forecast=np.zeros(3),
        flat=np.zeros(3),
        occlusion=np.array([3.0, 5.0, 2.0, 0.0]),
        gradients=np.array([3.0, 5.0, 2.0, 0.0]),
        by_step=np.zeros((4, 3)),
        gap=0.012,
        agreement=Agreement(correlation, 3, 3),
        correction=0.5,
    )


@pytest.mark.parametrize("noise", [0.0, 4e-17])
def test_what_moves_a_forecast_by_its_rounding_does_not_move_it(noise):
    still = replace(some_effects(), forecast=np.full(3, 0.1), occlusion=np.array([noise, 0, 0, 0]))

    assert say_effects(still, HOURS, "load") == ["Nothing moves the forecast: it is the same whatever is hidden."]


def test_the_strongest_parts_come_first_and_the_check_is_stated():
    told = say_effects(some_effects(), HOURS, "MW")

    assert told == [
        "Of the past, these move the forecast most: the values 2 to 6 hours back (by 5 MW) and the value 1 hour back "
        "(by 3 MW), on average over the horizon.",
        "Beside the values, in this order: the column price (known ahead) (by 2 MW) and the place in the day "
        "(by 0 MW).",
        "Occlusion and integrated gradients agree closely: rank correlation 0.95, 3 of the 3 strongest are the same "
        "(the gradients miss 1.2% of the whole).",
        "Without the network's own correction the forecast would differ by 0.5 MW.",
    ]


@pytest.mark.parametrize(
    ("correlation", "verdict"), [(0.8, "agree in the main"), (0.2, "disagree, so read this order with care")]
)
def test_methods_that_disagree_are_said_to_disagree(correlation, verdict):
    assert f"integrated gradients {verdict}: rank" in say_effects(some_effects(correlation), HOURS, "MW")[2]


def test_a_series_that_never_changes_has_no_usual_change():
    changes = [Change("newest value", "", 0.0, 0.0, 0.0, 1), Change("newest season", "", 0.0, 0.0, 0.0, 1)]

    told = [say_changes(changes, some_effects(), season, HOURS, "MW") for season in (1, 24)]

    assert told == [
        ["Nothing ever changed, so there is no usual change to try."],
        ["Each season was as the one before, so there is no usual change to try."],
    ]


def test_one_thing_beside_the_values_has_no_order():
    effects = some_effects()
    alone = replace(effects, parts=effects.parts[:3], occlusion=effects.occlusion[:3])

    assert say_effects(alone, HOURS, "MW")[1] == "Beside the values: the column price (known ahead) (by 2 MW)."


def test_what_moves_nothing_is_named_in_one_sentence():
    effects = some_effects()
    idle = replace(effects, occlusion=np.array([3.0, 5.0, 0.0, 0.0]))
    alone = replace(idle, parts=effects.parts[:3], occlusion=idle.occlusion[:3])

    assert say_effects(idle, HOURS, "MW")[1] == (
        "Beside the values nothing moves it, neither the column price (known ahead) nor the place in the day."
    )
    assert say_effects(alone, HOURS, "MW")[1] == (
        "Beside the values nothing moves it, not the column price (known ahead)."
    )


def test_changes_are_told_with_what_they_do_and_when():
    changes = [Change("future", "price", -1.0, -4.0, -6.0, 2), Change("newest value", "", 2.0, 1.5, 3.0, 1)]

    told = say_changes(changes, some_effects(), 24, HOURS, "MW")

    assert told == [
        "If price were 1 lower over the horizon: the forecast moves by -4 MW on average, most at step 2 (-6 MW).",
        "If the newest value had been 2 MW higher (its usual change): the forecast moves by +1.5 MW on average, most "
        "at step 1 (+3 MW).",
    ]
