"""The work of `train` that needs TensorFlow: validate, test, fit on everything, and describe the result."""

from collections.abc import Mapping
from dataclasses import dataclass

from lstmcast.config.schema import Config
from lstmcast.config.yaml_file import dump_config
from lstmcast.data.read import Reading
from lstmcast.evaluation.backtest import HeldOutWindows, ScoreRow, model_scored, score_baselines, score_rows
from lstmcast.evaluation.metrics import Scored
from lstmcast.jobs.common.outputs import drawing_cache
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.model.budget import begin_training
from lstmcast.jobs.model.checkpoints import Checkpoints
from lstmcast.jobs.model.deciding import calibrated_block, decide_calibration, decide_recipe
from lstmcast.jobs.model.description import describe_contract, describe_history, describe_scores, written_out
from lstmcast.jobs.model.fitting import Recipe, fit_ensemble
from lstmcast.jobs.model.past_errors import past_errors
from lstmcast.jobs.model.problem import Problem
from lstmcast.jobs.model.rehearsal import Block, hold_out_test, hold_out_validation, rehearse
from lstmcast.jobs.model.training_pictures import draw_backtest, draw_history
from lstmcast.jobs.model.workshop import Workshop
from lstmcast.network.calibration import Calibration
from lstmcast.store.artifact import Artifact
from lstmcast.training.members import TrainedMember


@dataclass(frozen=True)
class Trained:
    """Everything that becomes a version, and the scores of the test windows."""

    artifact: Artifact
    scores: tuple[ScoreRow, ...]
    windows: HeldOutWindows  # the test windows,
    scored: Mapping[str, Scored]  # and what every forecaster said of them


@dataclass(frozen=True)
class _Decided:
    """What the rehearsals taught; their data are not needed any more."""

    recipe: Recipe
    calibration: Calibration
    rehearsed: tuple[TrainedMember, ...]  # on the training part, up to validation
    windows: HeldOutWindows  # the test windows,
    scored: Mapping[str, Scored]  # and what every forecaster said of them


def train_forecaster(
    problem: Problem, config: Config, reading: Reading, checkpoints: Checkpoints, talk: Talk
) -> Trained:
    """Return what training leaves behind, and its scores on the test windows."""
    config, problem, workshop = begin_training(config, problem, talk, checkpoints)
    checkpoints.decide(problem.settings)
    decided = _decide(problem, config, workshop)
    fitted = fit_ensemble(problem, decided.recipe, workshop, "training")
    rows = score_rows(decided.scored, config.forecast.levels)
    plots = {}
    if config.output.plots:
        cache = drawing_cache(config)
        plots = {
            "history.png": draw_history(decided.recipe, decided.rehearsed, fitted, cache),
            "backtest.png": draw_backtest(reading, decided.windows, decided.scored, config, cache),
        }
    artifact = Artifact(
        spec=fitted.spec,
        contract=describe_contract(reading, problem),
        calibration=decided.calibration,
        weights=fitted.weights,
        config_yaml=dump_config(written_out(config, problem.settings, reading)),
        metrics=describe_scores(decided.recipe, fitted, rows, decided.scored),
        history_csv=describe_history(decided.recipe, decided.rehearsed, fitted),
        plots=plots,
    )
    return Trained(artifact, rows, decided.windows, decided.scored)


def _decide(problem: Problem, config: Config, workshop: Workshop) -> _Decided:
    validation, test = _rehearse(problem, workshop)
    first = decide_recipe([validation])
    simple_errors = past_errors(problem, [validation], problem.spans.test_start)
    values = calibrated_block(test, first, decide_calibration([validation], first, simple_errors))
    season, quantiles = problem.settings.season, problem.settings.quantiles
    scored: dict[str, Scored] = {config.model.cell: model_scored(test.windows, quantiles, values)}
    scored |= score_baselines(problem.panel, test.windows, config.evaluate.baselines, season, quantiles)
    recipe = decide_recipe([validation, test])  # what is saved may learn from the test windows; its score did not
    simple_errors = past_errors(problem, [validation, test], problem.panel.known)
    calibration = decide_calibration([validation, test], recipe, simple_errors)
    return _Decided(recipe, calibration, validation.rehearsal.trained, test.windows, scored)


def _rehearse(problem: Problem, workshop: Workshop) -> tuple[Block, Block]:
    """Return the validation block and the test block, each by networks that had seen neither it nor what came later."""
    spans, sizes = problem.spans, problem.settings.members
    first_known = spans.validation_start
    validation = hold_out_validation(problem)
    tester_known = spans.test_start if problem.settings.test_refit else first_known
    test = hold_out_test(problem, tester_known, workshop.talk)
    if not problem.settings.test_refit:
        together = [validation, test]
        both = rehearse(problem, first_known, together, sizes[:1], workshop, "rehearsing")
        return Block(both, 0), Block(both, 1)
    first = rehearse(problem, first_known, [validation], sizes[:1], workshop, "validating", coming=sizes[1:2])
    second = rehearse(problem, tester_known, [test], sizes[:2], workshop, "testing")
    return Block(first, 0), Block(second, 0)
