import os
from importlib.metadata import version

import pytest

from lstmcast.training.compiler import FLAG, TRIED, compile_quickly

FOREIGN = ["--xla_no_such_flag", "/no/such/file", f"{FLAG}=maybe", f"{FLAG}=true", "--xla_dump_to=/nowhere", ""]


@pytest.mark.skipif(not version("tensorflow").startswith(TRIED), reason="a TensorFlow that was not tried")
@pytest.mark.parametrize("foreign", FOREIGN)
def test_the_quick_way_stands_in_place_of_what_the_machine_sets_for_others(monkeypatch, foreign):
    monkeypatch.setenv("XLA_FLAGS", foreign)
    monkeypatch.setenv("TF_XLA_FLAGS", foreign)

    compile_quickly()

    assert os.environ["XLA_FLAGS"] == f"{FLAG}=false"
    assert "TF_XLA_FLAGS" not in os.environ


@pytest.mark.parametrize("foreign", [None, *FOREIGN])
def test_another_tensorflow_compiles_as_it_likes(monkeypatch, foreign):
    monkeypatch.setattr("lstmcast.training.compiler.TRIED", "1.0.")
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    if foreign is not None:
        monkeypatch.setenv("XLA_FLAGS", foreign)

    compile_quickly()

    assert "XLA_FLAGS" not in os.environ
