import numpy as np
import pytest

from lstmcast.evaluation.ranks import LEAST_FOR_TAIL, Ranked, tail_p


@pytest.mark.parametrize(("value", "p"), [(0.5, 5 / 5), (1.0, 5 / 5), (2.5, 3 / 5), (4.0, 2 / 5), (9.0, 1 / 5)])
def test_a_p_value_is_the_share_of_values_at_least_as_large_counting_the_new_one(value, p):
    assert tail_p(value, [1.0, 2.0, 3.0, 4.0]) == pytest.approx(p)


def test_beyond_the_largest_value_the_p_value_falls_as_a_power_law():
    sizes = np.sort(np.random.default_rng(1).pareto(3.0, 20_000) + 1)  # P(size > s) = s^-3

    found = tail_p(float(np.log(100.0)), np.log(sizes).tolist())

    assert found == pytest.approx(100.0**-3, rel=0.6)


def test_few_values_say_no_more_than_they_can():
    assert tail_p(1e9, [0.0] * (LEAST_FOR_TAIL - 1)) == pytest.approx(1 / LEAST_FOR_TAIL)


def test_values_that_never_differed_make_another_one_strange():
    assert tail_p(1.0, [0.0] * LEAST_FOR_TAIL) == pytest.approx(1e-12)


def test_the_oldest_values_are_forgotten_first():
    ranked = Ranked(np.array([9.0, 1.0, 2.0]), size=3)

    ranked.add(3.0)

    assert ranked.values.tolist() == [1.0, 2.0, 3.0]
    assert ranked.p_of(2.5) == pytest.approx(2 / 4)
