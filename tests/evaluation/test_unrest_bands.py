import numpy as np
import pytest

from lstmcast.evaluation.held_out import LOUDEST, Errors
from lstmcast.evaluation.unrest_bands import (
    SHARE,
    draw_to_unrest,
    each_drawn,
    interval_losses,
    widths_in_unrest,
)
from tests.evaluation.held_windows import held_of

SPREAD = np.array([[[-1.0, 0.0, 2.0]], [[-4.0, 0.0, 8.0]], [[-3.0, 0.0, 9.0]]])  # three windows, one step
UNREST = np.array([1.0, 2.0, 1.0])
QUANTILES = (0.1, 0.5, 0.9)


def test_widths_are_those_of_the_window_in_the_middle_for_an_unrest_of_one():
    assert widths_in_unrest(SPREAD, UNREST) == pytest.approx(np.array([[2.0, 0.0, 4.0]]), abs=1e-11)


@pytest.mark.parametrize(("share", "lower", "upper"), [(0.0, -3, 9), (0.5, -(6**0.5), 6), (1.0, -2, 4)])
def test_the_share_leads_from_what_the_network_says_to_what_the_unrest_does(share, lower, upper):
    drawn = np.stack([*each_drawn(SPREAD, UNREST, widths_in_unrest(SPREAD, UNREST), share)], axis=-1)

    assert drawn[2, 0] == pytest.approx([lower, 0, upper], abs=1e-5)
    assert drawn[1, 0] == pytest.approx([-4, 0, 8], abs=1e-5)  # as usual as can be


def test_the_loss_is_the_mean_pinball_of_the_quantiles_in_usual_changes():
    held = held_of([[0.0, 0.0], [0.0, np.nan], [np.nan, np.nan], [0.0, 0.0]], unit=[1.0, 2.0, 1.0, 1.0])
    error = np.array([[5.0, -1.0], [5.0, np.nan], [np.nan, np.nan], [1e9, 0.0]])
    spread = np.tile([-1.0, 0.0, 2.0], (4, 2, 1))

    found = interval_losses(held, error, np.moveaxis(spread, -1, 0), QUANTILES)

    above = (0.1 * 6 + 0.5 * 5 + 0.9 * 3) / 3
    below = (0.0 + 0.5 * 1 + 0.1 * 3) / 3  # the truth lies on the lower bound
    assert found == pytest.approx([(above + below) / 2, above / 2, 0, LOUDEST])


def errors_of(size, *, series=40, seed=1):
    """Return errors of this size (N, 1), and normal bands that are alike for all."""
    random = np.random.default_rng(seed)
    error = random.normal(size=(series, 4)) * size
    spread = np.tile(1.28 * np.array([-1.0, 0.0, 1.0]), (series, 4, 1))
    return held_of(np.zeros((series, 4))), Errors(error, spread)


UNEVEN = np.exp(np.linspace(-1.5, 1.5, 40))


@pytest.mark.parametrize(
    ("size", "share"),
    [
        (np.ones((40, 1)), None),  # nothing follows the unrest
        (UNEVEN[:, None] ** 0.3, SHARE),
        (UNEVEN[:, None], 0.5),  # all does
    ],
)
def test_what_is_held_out_says_how_far_bands_follow_the_unrest(size, share):
    held, errors = errors_of(size)

    drawn = draw_to_unrest(held, errors, UNEVEN, 40, QUANTILES)

    assert (drawn.share if drawn else None) == share
    expected = 1.28 * (UNEVEN / np.median(UNEVEN)) ** (share or 0)
    assert errors.spread[:, 0, 2] == pytest.approx(expected, rel=1e-3)
    assert errors.spread[:, 3, 0] == pytest.approx(-expected, rel=1e-3)


def test_a_few_series_do_not_tell_what_is_usual_for_so_much_unrest():
    held, errors = errors_of(UNEVEN[:, None])

    assert draw_to_unrest(held, errors, UNEVEN, 7, QUANTILES) is None
    assert draw_to_unrest(held, errors, UNEVEN, 8, QUANTILES) is not None
