import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from lstmcast.errors import ArtifactError
from lstmcast.store.weights import decode_weights, encode_weights, largest_file

SHAPES = {"a": (2, 3), "b": (2,)}
ARRAYS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([0.5, -0.5], np.float32)}
A = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}
B = {"dtype": "F32", "shape": [2], "data_offsets": [24, 32]}


def a_file(header, numbers=bytes(32)):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + numbers


def test_weights_survive_the_way_to_a_file_and_back():
    weights = decode_weights(encode_weights(ARRAYS), SHAPES, "w")

    assert {name: array.tolist() for name, array in weights.items()} == {
        "a": [[0, 1, 2], [3, 4, 5]],
        "b": [0.5, -0.5],
    }
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float32)}


def test_an_array_that_lies_otherwise_in_memory_is_saved_as_it_reads():
    weights = decode_weights(encode_weights({"a": np.asfortranarray(ARRAYS["a"]), "b": ARRAYS["b"]}), SHAPES, "w")

    assert weights["a"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_the_safetensors_package_reads_what_we_write():
    found = load(encode_weights(ARRAYS))

    assert {name: array.tolist() for name, array in found.items()} == {n: a.tolist() for n, a in ARRAYS.items()}


def test_we_read_what_the_safetensors_package_writes():
    found = decode_weights(save(ARRAYS), SHAPES, "w")

    assert {name: array.tolist() for name, array in found.items()} == {n: a.tolist() for n, a in ARRAYS.items()}


def test_loaded_weights_cannot_be_changed_by_accident():
    weights = decode_weights(encode_weights(ARRAYS), SHAPES, "w")

    with pytest.raises(ValueError, match="read-only"):
        weights["a"][0, 0] = 9


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the length of its header is impossible"),
        (bytes(7), "the length of its header is impossible"),
        ((2**60).to_bytes(8, "little") + bytes(64), "the length of its header is impossible"),
        ((2**63).to_bytes(8, "little"), "the length of its header is impossible"),
        ((9).to_bytes(8, "little") + b'{"a": 1} ' + bytes(32), "the length of its header is impossible"),
        (b"\x80\x04\x95" + bytes(100), "the length of its header is impossible"),  # a pickle
        (a_file(b"not json"), "is not valid JSON"),
        (a_file(b'{"a": 1, "a": 2}'), "the key 'a' stands there twice"),
        (a_file({"a": A, "b": B, "c": B}), "holds 'c', which its model does not have"),
        (a_file({"a": A, "b": B, "__metadata__": {}}), "holds '__metadata__', which its model does not have"),
        (a_file({"a": A}), "lacks 'b', which its model has"),
        (a_file({"a": A, "b": B}, bytes(31)), "holds 31 bytes of numbers, where its model has 32"),
        (a_file({"a": A, "b": B}, bytes(33)), "holds 33 bytes of numbers, where its model has 32"),
        (a_file({"a": A | {"shape": [3, 2]}, "b": B}), r"'a': its shape is \[3, 2\], and has to be \[2, 3\]"),
        (a_file({"a": A | {"shape": [2**40, 2**40]}, "b": B}), "'a': its shape is"),
        (a_file({"a": A | {"shape": [2.0, 3]}, "b": B}), "'a': its shape is"),
        (a_file({"a": A | {"shape": "23"}, "b": B}), "'a': its shape is"),
        (a_file({"a": A | {"dtype": "F64"}, "b": B}), "'a': its type is 'F64', and has to be 'F32'"),
        (a_file({"a": A | {"dtype": ["F32"]}, "b": B}), "'a': its type is"),
        (a_file({"a": A | {"more": 1}, "b": B}), "'a': its header entry is malformed"),
        (a_file({"a": [], "b": B}), "'a': its header entry is malformed"),
        (a_file({"a": A, "b": B | {"data_offsets": [20, 28]}}), "'b' overlaps another weight, or leaves a gap"),
        (a_file({"a": A, "b": B | {"data_offsets": [0, 8]}}), "'a' overlaps another weight, or leaves a gap"),
        (a_file({"a": A, "b": B | {"data_offsets": [28, 36]}}), "'b' overlaps another weight, or leaves a gap"),
        (a_file({"a": A, "b": B | {"data_offsets": [24, 31]}}), "'b': its offsets do not fit its shape"),
        (a_file({"a": A, "b": B | {"data_offsets": [23, 31]}}), "'b': its offsets are malformed"),
        (a_file({"a": A, "b": B | {"data_offsets": [-8, 0]}}), "'b': its offsets are malformed"),
        (a_file({"a": A, "b": B | {"data_offsets": [24]}}), "'b': its offsets are malformed"),
        (a_file({"a": A, "b": B | {"data_offsets": 24}}), "'b': its offsets are malformed"),
        (a_file({"a": A, "b": B}, np.array([0] * 7 + [np.nan], "<f4").tobytes()), "'b' holds NaN or infinity"),
        (a_file({"a": A, "b": B}, np.array([np.inf] + [0] * 7, "<f4").tobytes()), "'a' holds NaN or infinity"),
    ],
)
def test_decode_weights_refuses_what_its_model_does_not_have(content, message):
    with pytest.raises(ArtifactError, match=f"^w: .*{message}"):
        decode_weights(content, SHAPES, "w")


def test_a_model_too_large_to_load_is_refused_by_its_description_alone():
    with pytest.raises(ArtifactError, match=r"^model.json: asks for 4,000,000,000,000 bytes of weights"):
        largest_file({"a": (10**6, 10**6)}, "model.json")


@given(st.integers(0, 8 * len(encode_weights(ARRAYS)) - 1))
def test_a_flipped_bit_is_refused_or_changes_numbers_only(bit):
    content = bytearray(encode_weights(ARRAYS))
    content[bit // 8] ^= 1 << bit % 8

    try:
        weights = decode_weights(bytes(content), SHAPES, "w")
    except ArtifactError:
        return

    assert {name: array.shape for name, array in weights.items()} == SHAPES
    assert all(np.isfinite(array).all() for array in weights.values())


@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_but_an_artifact_error(content):
    with pytest.raises(ArtifactError):
        decode_weights(content, SHAPES, "w")
