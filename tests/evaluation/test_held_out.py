import numpy as np

from lstmcast.evaluation.held_out import LOUDEST, is_clear_gain, window_losses
from tests.evaluation.held_windows import constant, held_of


def test_the_loss_of_a_window_is_its_mean_error_in_units_of_the_usual_change():
    held = held_of([[1, 5], [2, np.nan], [np.nan, np.nan]], unit=[1, 4, 1])

    assert window_losses(held, constant(held, 3, 4, 9)).tolist() == [2, 0.5, 0]
    assert window_losses(held, constant(held, 3, 4, 9), slice(1, 2)).tolist() == [2, 0, 0]


def test_an_absurd_loss_does_not_drown_the_others():
    held = held_of([[1.0], [1.0]], unit=[1, 1e-8])

    assert window_losses(held, constant(held, 3, 3)).tolist() == [2, LOUDEST]


def test_a_gain_is_clear_if_it_is_larger_than_its_standard_error():
    held = held_of(np.zeros((4, 1)))
    before = np.array([1.0, 1.0, 1.0, 1.0])

    assert is_clear_gain(held, before, before - [0.1, 0.2, 0.1, 0.2], errors=1)
    assert not is_clear_gain(held, before, before - [0.1, 0.2, 0.1, 0.2], errors=6)
    assert not is_clear_gain(held, before, before - [1.0, -0.9, 1.0, -0.9], errors=1)
    assert not is_clear_gain(held, before, before, errors=1)
    assert not is_clear_gain(held, before, before + 0.1, errors=1)


def test_a_single_window_proves_nothing():
    assert not is_clear_gain(held_of(np.zeros((1, 1))), np.ones(1), np.zeros(1), errors=1)


def test_windows_that_overlap_say_less():
    gain = np.array([0.5, -0.2, 0.5, -0.2] * 4)
    before = np.ones(16)

    assert is_clear_gain(held_of(np.zeros((16, 1))), before, before - gain, errors=1)
    assert not is_clear_gain(held_of(np.zeros((16, 1)), overlap=8.0), before, before - gain, errors=1)


def test_series_that_share_their_moments_say_less_than_as_many_moments():
    assert held_of(np.zeros((40, 1))).independent_windows == 40
    assert held_of(np.zeros((40, 1)), overlap=4.0).independent_windows == 10
    assert 2 < held_of(np.zeros((40, 1)), moments=[0, 1] * 20).independent_windows < 40


def test_what_all_series_gain_at_some_moments_and_lose_at_others_is_not_clear():
    gain = np.repeat([0.9, -0.6, 0.9, -0.6], 50)
    before = np.ones(200)

    assert not is_clear_gain(
        held_of(np.zeros((200, 1)), moments=np.repeat([0, 1, 2, 3], 50)), before, before - gain, errors=1
    )
    assert is_clear_gain(
        held_of(np.zeros((200, 1)), moments=np.tile([0, 1, 2, 3], 50)), before, before - np.abs(gain), errors=1
    )
