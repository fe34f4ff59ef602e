import os
from importlib.metadata import version

import pytest

from lstmcast.training.compiler import FLAG, TRIED, compile_quickly


@pytest.mark.skipif(not version("tensorflow").startswith(TRIED), reason="a TensorFlow that was not tried")
def test_the_quick_way_is_added_to_what_is_there(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=/nowhere")

    compile_quickly()

    assert os.environ["XLA_FLAGS"] == f"--xla_dump_to=/nowhere {FLAG}=false"


def test_what_the_user_says_of_it_stays(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", f"{FLAG}=true")

    compile_quickly()

    assert os.environ["XLA_FLAGS"] == f"{FLAG}=true"


def test_another_tensorflow_compiles_as_it_likes(monkeypatch):
    monkeypatch.setattr("lstmcast.training.compiler.TRIED", "1.0.")
    monkeypatch.delenv("XLA_FLAGS", raising=False)

    compile_quickly()

    assert "XLA_FLAGS" not in os.environ
