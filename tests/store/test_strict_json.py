from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.errors import ArtifactError
from lstmcast.records import Record
from lstmcast.store.strict_json import DEEPEST, parse_object, parse_record


class Sizes(Record):
    units: int
    names: tuple[str, ...] = ()


class Network(Record):
    sizes: Sizes


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not valid JSON"),
        (b'{"a": 1', "is not valid JSON"),
        (b'{"a": 1} x', "is not valid JSON"),
        (b'{"a": 1, "a": 2}', "the key 'a' stands there twice"),
        (b'{"a": {"c": 1, "b": 1, "b": 1}}', "the key 'b' stands there twice"),
        (b'{"a": NaN}', "is not valid JSON"),
        (b'{"a": [-Infinity]}', "is not valid JSON"),
        (b'{"a": 1e999}', "the number 1e999 is too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "is not valid JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "recursion limit"),
        (b'{"a":' * 1000 + b"1" + b"}" * 1000, "recursion limit"),
        (b'{"a": "\\ud800"}', "is not valid JSON"),
        (b'{"a": "\xff"}', "is not valid JSON"),
        ("\ufeff{}".encode(), "is not valid JSON"),
        ('{"a": 1}'.encode("utf-16"), "is not valid JSON"),
        (b"[1]", "holds no JSON object, but a list"),
        (b"null", "holds no JSON object, but a NoneType"),
    ],
)
def test_parse_object_refuses_what_is_ambiguous_or_absurd(content, message):
    with pytest.raises(ArtifactError, match=f"^m.json: .*{message}"):
        parse_object(content, "m.json")


def test_parse_object_returns_what_is_there():
    assert parse_object(b'{"a": [1, 2.5, null, "x"]}', "m.json") == {"a": [1, 2.5, None, "x"]}


def test_parse_object_goes_down_two_hundred_levels_and_no_further():
    inside = DEEPEST - 1

    assert parse_object(b'{"a": ' + b"[" * inside + b"]" * inside + b"}", "m.json").keys() == {"a"}
    with pytest.raises(ArtifactError, match="recursion limit"):
        parse_object(b'{"a": [' + b"[" * inside + b"]" * inside + b"]}", "m.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"sizes": {"units": 1}, "layer": "Lambda"}', "unknown key 'layer'"),
        (b'{"sizes": {"units": 1, "os.system": "id"}}', "unknown key 'sizes.os.system'"),
        (b'{"sizes": {"units": "1"}}', "'sizes.units': input should be a valid integer"),
        (b'{"sizes": {"units": 1.0}}', "'sizes.units': input should be a valid integer"),
        (b'{"sizes": {"units": true}}', "'sizes.units': input should be a valid integer"),
        (b"{}", "'sizes': field required"),
    ],
)
def test_parse_record_takes_the_closed_schema_only(content, message):
    with pytest.raises(ArtifactError, match=f"^m.json: {message}.*; go back with"):
        parse_record(Network, content, "m.json")


def test_parse_record_returns_the_record():
    record = parse_record(Network, b'{"sizes": {"units": 3, "names": ["a"]}}', "m.json")

    assert record == Network(sizes=Sizes(units=3, names=("a",)))


@given(st.binary(max_size=40))
def test_parse_object_raises_nothing_but_an_artifact_error(content):
    with suppress(ArtifactError):
        assert isinstance(parse_object(content, "m.json"), dict)
