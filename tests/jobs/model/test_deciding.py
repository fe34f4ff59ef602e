import numpy as np
import pytest

from lstmcast.config.schema import Config
from lstmcast.evaluation import unrest_bands
from lstmcast.evaluation.bands import stretch_factors
from lstmcast.evaluation.held_out import Errors
from lstmcast.evaluation.unrest_bands import each_drawn, widths_in_unrest
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.model.deciding import calibrated_block, decide_calibration, decide_recipe, forecast_block
from lstmcast.jobs.model.problem import make_problem
from lstmcast.jobs.model.rehearsal import Block, hold_out_validation, joined_truth, rehearse
from lstmcast.jobs.model.workshop import Workshop
from tests.examples import a_panel

SERIES, ROWS = 80, 60


@pytest.fixture(scope="module")
def block():
    """Return what a small network says of random walks with rare large steps, of which most contexts hold none."""
    random = np.random.default_rng(5)
    steps = random.standard_t(2.5, size=(SERIES, ROWS)) * np.where(np.arange(SERIES) % 2, 1.5, 0.5)[:, None]
    panel = a_panel({str(place): one for place, one in enumerate(steps.cumsum(axis=1))})
    config = {
        "data": {"path": "a.csv", "target": "x"},
        "forecast": {"horizon": 4},
        "model": {"units": 4, "members": 1, "context": 8},
        "train": {"steps": 60},
        "evaluate": {"season": 1},
    }
    problem = make_problem(Config.from_plain(config), panel)
    sizes = problem.settings.members
    held = hold_out_validation(problem)
    known = problem.spans.validation_start
    return Block(rehearse(problem, known, [held], sizes, Workshop(1, SilentTalk()), "validating"), 0)


def bands_of(block, calibration):
    """Return the bounds of the bands of 80%, and where the truth is inside."""
    quantiles = block.rehearsal.spec.quantiles
    values = calibrated_block(block, decide_recipe([block]), calibration)
    low, high = (values[..., quantiles.index(q)] for q in (0.1, 0.9))
    return high - low, (low <= block.windows.truth) & (block.windows.truth <= high)


def test_bands_of_each_of_many_series_are_drawn_to_what_its_unrest_tells(block, monkeypatch):
    followed = decide_calibration([block], decide_recipe([block]), None)
    monkeypatch.setattr(unrest_bands, "FEWEST_SERIES", SERIES + 1)
    alike = decide_calibration([block], decide_recipe([block]), None)

    (width, inside), (width_alike, inside_alike) = bands_of(block, followed), bands_of(block, alike)

    narrow = np.argsort(width_alike.mean(axis=1) / block.rehearsal.scaled.unrest[block.windows.windows.series])
    third = len(narrow) // 3
    gap, gap_alike = (one[narrow[-third:]].mean() - one[narrow[:third]].mean() for one in (inside, inside_alike))
    assert (followed.measure, followed.share) == ("unrest", 0.5)  # more than by default: rare steps hide from contexts
    assert (alike.measure, alike.share, alike.widths) == ("usual_change", 0, ())
    assert width[narrow[0]].mean() > width_alike[narrow[0]].mean()
    assert 0 < gap < 0.85 * gap_alike  # without a share, the narrow third is hit less often by a quarter of all values
    assert inside.mean() == pytest.approx(0.8, abs=0.1)


def test_the_factors_are_those_of_the_bands_that_were_drawn_to_the_unrest(block):
    recipe = decide_recipe([block])
    calibration = decide_calibration([block], recipe, None)
    spec, windows, held = block.rehearsal.spec, block.windows.windows, joined_truth([block])
    raw, found = forecast_block(block, recipe), calibrated_block(block, recipe, calibration)
    unrest = block.rehearsal.scaled.unrest[windows.series]
    spread = raw - raw[..., [spec.median]]

    drawn = np.stack([*each_drawn(spread, unrest, widths_in_unrest(spread, unrest), calibration.share)], axis=-1)

    errors = Errors(block.windows.truth - found[..., spec.median], drawn)
    factors = stretch_factors(errors, spec.quantiles, windows=held.independent_windows, moments=held.moments)
    assert calibration.factors == pytest.approx(factors)
    assert min(factors) < 0.97  # so that it matters that they are there
    inner = slice(4, -4)  # which no history is too narrow for
    assert (found - found[..., [spec.median]])[..., inner] == pytest.approx((drawn * factors)[..., inner], rel=1e-4)
