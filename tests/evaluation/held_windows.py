"""Held-out windows small enough to check by eye."""

import numpy as np

from lstmcast.evaluation.held_out import HeldOut


def held_of(truth, *, unit=None, overlap=1.0, moments=None):
    """Return windows with this truth, each at a moment of its own unless `moments` says otherwise."""
    truth = np.array(truth, float)
    moment = np.arange(len(truth)) if moments is None else np.array(moments)
    return HeldOut(truth, np.ones(len(truth)) if unit is None else np.array(unit, float), moment, overlap)


def constant(held, *values):
    """Return the same forecast for each window: one number for all its steps."""
    return np.repeat(np.array(values, float)[:, None], held.truth.shape[1], axis=1)
