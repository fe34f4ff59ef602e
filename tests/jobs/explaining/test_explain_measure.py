import numpy as np

from lstmcast.jobs.explaining.explain_measure import mean_change
from lstmcast.network.what_if import WhatIf


def merged(*found):
    return mean_change(("past", "flag"), [WhatIf("past", "flag", *one) for one in found], np.ones(len(found)))


def test_turning_a_switch_off_counts_as_the_opposite_of_turning_it_on():
    found = merged((1.0, np.array([2.0, 4.0])), (-1.0, np.array([-4.0, -8.0])))

    assert (found.amount, found.mean, found.largest, found.at_step) == (1.0, 4.5, 6.0, 2)


def test_a_switch_that_is_on_in_all_windows_is_turned_off_in_all():
    found = merged((-1.0, np.array([-2.0, -4.0])), (-1.0, np.array([-4.0, -8.0])))

    assert (found.amount, found.mean, found.largest, found.at_step) == (-1.0, -4.5, -6.0, 2)
