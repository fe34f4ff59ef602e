import numpy as np
import pytest

from lstmcast.data.written.number_cells import SIGNIFICANT, number_cells


def texts_of(numbers):
    cells, belongs = number_cells(np.array(numbers, float))
    return [cell[of_cell].tobytes().decode() for cell, of_cell in zip(cells, belongs, strict=True)]


def test_numbers_are_written_with_the_digits_that_they_need():
    assert texts_of([0, 1, -20, 2.5, 0.1 + 0.2, 1 / 3, 1e9]) == [
        "0",
        "1",
        "-20",
        "2.5",
        "0.3",
        "0.3333333333",
        "1000000000",
    ]


def test_very_large_and_very_small_numbers_have_an_exponent():
    assert texts_of([1e10, 0.0001, 0.00001, -1.5e300, 5e-324]) == [
        "1e+10",
        "0.0001",
        "1e-05",
        "-1.5e+300",
        "4.940656458e-324",
    ]


def test_rounding_may_carry_into_the_next_power_of_ten():
    assert texts_of([9.99999999999, 9999999999.4, 9999999999.6]) == ["10", "9999999999", "1e+10"]


@pytest.mark.parametrize("number", [0.5, 1234567890.5, 1234567891.5, 0.12345678905, 99999.999995, 123456789.05])
def test_a_half_is_rounded_as_python_does(number):
    assert texts_of([number, -number]) == [SIGNIFICANT % number, SIGNIFICANT % -number]


def test_numbers_of_all_sizes_are_written_letter_for_letter_as_python_does():
    random = np.random.default_rng(0)
    numbers = random.choice([-1, 1], 20_000) * 10 ** random.uniform(-7, 12, 20_000)
    numbers = np.append(numbers, np.round(random.normal(0, 100, 5000), 2))

    assert texts_of(numbers) == [SIGNIFICANT % number for number in numbers.tolist()]
