import pytest

from lstmcast.config.settings import Place
from lstmcast.config.yaml_text import read_yaml
from lstmcast.errors import ConfigError


def read(text):
    return read_yaml(text, lambda line: Place(line, f"x.yaml:{line}"))


def faults(text):
    return [str(fault) for fault in read(text).faults]


KEPT_AS_TEXT = """
    no No NO yes on off y n 12:30 1:2:3 010 -007 1_000 0x1F 0o17 0b1 2024-01-31 2024-01-31T12:30:00Z 2024-01
    = 1e e3 . + 1.2.3 nan inf None ٣
"""


@pytest.mark.parametrize("text", KEPT_AS_TEXT.split())
def test_what_other_readers_take_for_something_else_stays_text(text):
    assert read(f"a: {text}").values == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E5", 100_000.0),
        ("2.5e+3", 2500.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("0.10", 0.1),
        ("-3", -3),
        ("+4", 4),
        ("0", 0),
        ("12345678901", 12_345_678_901),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_numbers_truth_values_and_null_are_read(text, value):
    read_value = read(f"a: {text}").values["a"]

    assert read_value == value
    assert type(read_value) is type(value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".inf", "-.inf", "+.INF", "1e999", "-1e999", "9" * 5000])
def test_numbers_that_are_not_finite_are_faults(text):
    [fault] = faults(f"a:\n  b: {text}")

    assert fault.startswith("x.yaml:2: key 'a.b': found '")
    assert fault.endswith(", must be a finite number, or text in quotes")


def test_quotes_make_anything_text():
    assert read("""{a: "1", b: 'true', c: ".nan", "d": '', e: "<<"}""").values == {
        "a": "1",
        "b": "true",
        "c": ".nan",
        "d": "",
        "e": "<<",
    }


def test_each_key_and_each_item_knows_its_line():
    settings = read("a:\n  b: 1\n  c:\n    - x\n    - y\n")

    lines = {path: place.line for path, place in settings.places.items()}
    assert lines == {("a",): 1, ("a", "b"): 2, ("a", "c"): 3, ("a", "c", 0): 4, ("a", "c", 1): 5}
    assert settings.values == {"a": {"b": 1, "c": ("x", "y")}}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\nb: 2\na: 3", "x.yaml:3: key 'a': doubled key; it is set at x.yaml:1 already"),
        ("a: {b: 1, 'b': 2}", "x.yaml:1: key 'a.b': doubled key; it is set at x.yaml:1 already"),
        (
            "a: !!python/name:os.system",
            "x.yaml:1: key 'a': has the tag 'tag:yaml.org,2002:python/name:os.system'; tags",
        ),
        (
            "a: !!str 3",
            "x.yaml:1: key 'a': has the tag 'tag:yaml.org,2002:str'; tags are not allowed, write plain values",
        ),
        ("a: ! 3", "x.yaml:1: key 'a': has the tag '!'; tags are not allowed, write plain values"),
        ("a: !mine [1]", "x.yaml:1: key 'a': has the tag '!mine'; tags are not allowed, write plain values"),
        ("a: &x 1", "x.yaml:1: key 'a': sets the anchor '&x'; anchors are not allowed, repeat the value"),
        ("a: *x", "x.yaml:1: key 'a': uses the alias '*x'; aliases are not allowed, repeat the value"),
        ("a:\n  <<: {b: 1}", "x.yaml:2: key 'a.<<': merge keys are not allowed; repeat the values"),
        ("? [1]\n: 2", "x.yaml:1: has a key that is no plain text; write `key: value`"),
        ("a: 1\n---\nb: 2", "x.yaml:2: starts a second document; a config is one document, without '---' lines"),
        ('a: "\\ud800"', "x.yaml:1: key 'a': found '\\ud800', which holds half a character"),
    ],
)
def test_what_makes_yaml_unsafe_or_unclear_is_a_fault_with_its_line(text, fault):
    assert faults(text)[0].startswith(fault)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n\tb: 1", r"x.yaml:2: is not YAML: found character '\t' that cannot start any token; indent with spaces"),
        ("a: b: c", "x.yaml:1: is not YAML: mapping values are not allowed here; put text that holds ': ' in quotes"),
        ("a: 'b", "x.yaml:1: is not YAML: found unexpected end of stream"),
        ('a: "\\UFFFFFFFF"', "x.yaml:1: is not YAML: "),
        ("%YAML 9" + "9" * 5000 + ".1\n---\na", "x.yaml:1: is not YAML: "),
        ("ok: 1\na: \x00", r"x.yaml:2: holds the character '\x00', which is not text"),
        ("[" * 100_000, "x.yaml:1: is nested more than 16 deep"),
        ("? " * 100_000, "x.yaml:1: is nested more than 16 deep"),
        ("- " * 100_000, "x.yaml:1: is nested more than 16 deep"),
    ],
)
def test_text_that_cannot_be_understood_raises_with_its_line(text, message):
    with pytest.raises(ConfigError) as caught:
        read(text)

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
