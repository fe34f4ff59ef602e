import numpy as np
import pandas as pd
import pytest

from lstmcast.data.table.csv_numbers import Style, describe_bad_number, is_comma_decimal, parse_numbers


def texts(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype=object)


def test_numbers_are_read_with_their_signs_and_thousands():
    values, bad = parse_numbers(texts("1.234,5", "-0,25", "7", " 1e3 ", None), Style(",", "."))

    np.testing.assert_array_equal(values, [1234.5, -0.25, 7, 1000, np.nan])
    assert not bad.any()


@pytest.mark.parametrize("text", ["1.5.2", "1,5", "1_000", "0x10", "inf", "", "--1", "1e", "True", "٣٣x"])
def test_what_is_no_number_is_marked(text):
    assert parse_numbers(texts("1", text), Style())[1].tolist() == [False, True]


def test_units_are_taken_off_and_multiplied_with():
    units = {"K": 1000, "M": 1e6, "%": 1, "$": 1, "kWh": 1}

    values, bad = parse_numbers(texts("1.5K", "-2 M", "45%", "$20", "-$3", "7 kWh", "8"), Style(units=units))

    assert values.tolist() == [1500, -2e6, 45, 20, -3, 7, 8]
    assert not bad.any()
    assert parse_numbers(texts("5 lb", "K", "1K2"), Style(units=units))[1].all()


def test_brackets_around_a_number_are_a_minus():
    values, bad = parse_numbers(texts("(12.50)", "($1,100.00)", "$7", "(2,000)"), Style(".", ",", {"$": 1}))

    assert values.tolist() == [-12.5, -1100, 7, -2000]
    assert not bad.any()
    assert parse_numbers(texts("(-5)", "(5", "()", "(a)", "((5))"), Style())[1].all()


def test_a_minus_of_typesetters_is_a_minus():
    assert parse_numbers(texts("\u22125"), Style())[0].tolist() == [-5]


def test_hundred_thousands_are_grouped_as_in_india():
    values, bad = parse_numbers(texts("1,20,409", "-12,34,567.5", "1,23,45,678", "98,765"), Style(".", ","))

    assert values.tolist() == [120409, -1234567.5, 12345678, 98765]
    assert not bad.any()


@pytest.mark.parametrize("text", ["1,23,45", "123,45,678", "1,2,345", "12,34", ",123", "1234,567"])
def test_signs_between_thousands_must_stand_between_thousands(text):
    assert parse_numbers(texts("1,000", text), Style(".", ","))[1].tolist() == [False, True]


@pytest.mark.parametrize(
    ("values", "comma"),
    [
        (("1,5", "2"), True),
        (("1.5", "2"), False),
        (("1,234", "5,678"), None),
        (("1,234", "0,5"), True),
        (("a,b",), False),
    ],
)
def test_commas_are_decimal_signs_only_where_nothing_else_fits(values, comma):
    assert is_comma_decimal(texts(*values)) is comma


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("NA", "data.csv.missing"),
        ("-inf", "is not finite"),
        ("1,234.5", "data.csv.thousands"),
        ("1,20,409", "data.csv.thousands"),
        ("abc", "correct it"),
    ],
)
def test_each_bad_number_gets_its_advice(text, advice):
    assert advice in describe_bad_number(text, ())


@pytest.mark.parametrize(
    ("text", "style", "advice"),
    [
        (
            "1759.96 €",
            Style(",", ".", {"€": 1}),
            "stands before decimals, set it to '.', and data.csv.thousands to null",
        ),
        ("1759.96", Style(","), "'1759.96' is not a number while data.csv.decimal is ','; if its point stands before "),
        ("1759.96 $", Style(",", None, {"€": 1}), "if it has a unit, set data.csv.units"),
    ],
)
def test_a_point_before_decimals_is_said_to_be_one_where_commas_are_set(text, style, advice):
    assert advice in describe_bad_number(text, (), style)
