import pytest

from lstmcast.data.written.text_cells import escape_formula


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("+x", "'+x"), ("-x", "'-x"), ("\tx", "'\tx"), ("\rx", "'\rx"), ("-5.2", "-5.2"),
     ("+7", "+7"), ("a=b", "a=b"), ("", "")],
)  # fmt: skip
def test_only_texts_that_begin_like_a_formula_are_escaped(text, escaped):
    assert escape_formula(text) == escaped
