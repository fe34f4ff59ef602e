import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.json_text import json_document, render_json

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1.0"),
        (0.0001, "0.0001"),
        (1e-5, "0.00001"),
        (-1.5e-5, "-0.000015"),
        (1e-7, "1e-7"),
        (1e16, "1e+16"),
        (-0.0, "-0.0"),
        (10**30, "1000000000000000000000000000000"),
    ],
)
def test_numbers_are_written_as_saved_models_have_them(number, text):
    assert render_json(number) == text


def test_json_stands_on_one_line_or_each_value_on_its_own():
    value = {"names": ("é", 'a"'), "none": [], "sizes": {}, "on": True}

    assert render_json(value) == '{"names":["é","a\\""],"none":[],"sizes":{},"on":true}'
    assert render_json({"a": [1, None]}, indent=1) == '{\n "a": [\n  1,\n  null\n ]\n}'


@given(plain, st.sampled_from([None, 1, 2]))
def test_what_is_written_is_read_back_as_it_was(value, indent):
    assert json.loads(render_json(value, indent)) == value


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused_where_it_is_to_be_read_back(number):
    with pytest.raises(ValueError, match=f"not a number of JSON: {number}"):
        render_json({"scales": [1.0, number]})


def test_a_number_that_is_not_finite_is_null_in_a_document():
    assert json_document({"mase": float("nan"), "rows": ({"wql": float("inf")},)}) == (
        '{\n  "mase": null,\n  "rows": [\n    {\n      "wql": null\n    }\n  ]\n}\n'
    )
