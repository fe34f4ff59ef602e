"""The files, run by the runtimes that they are for, say what our own forward pass says."""

import errno
import json
import subprocess
import sys

import numpy as np
import pytest

from lstmcast.errors import MissingError
from lstmcast.export import formats
from lstmcast.export.file_names import FILES
from lstmcast.export.formats import check_packages, run_graph, write_graph
from lstmcast.export.graph import Forecaster
from lstmcast.jobs.export import largest_difference
from lstmcast.network.calibration import Calibration
from lstmcast.network.ensemble import SMOOTHING_OF_HISTORY
from lstmcast.training.backend import tf
from tests.examples import a_full_spec, a_member, a_scale, a_spec
from tests.export.problems import ROWS, a_problem

NEAR = 1e-3  # of the width of an interval
EVERYTHING = {
    "positive": True,
    "past": (a_scale("wind", centred=True), a_scale("rain", offset=1.0)),
    "future": (a_scale("price", centred=True), a_scale("switch")),
    "members": (a_member(log=True), a_member(context=12), a_member(log=True, seed=3)),
}
LEANING = Calibration.from_plain(
    {"baseline": SMOOTHING_OF_HISTORY, "weights": (0.9, 0.5, 0.1), "factors": (1.3, 0.8, 1.0, 0.9, 1.6)}
)
LOAD_ALONE = """
import json, os, sys
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras, numpy as np
given = {name: np.array(values, "float32") for name, values in json.load(sys.stdin).items()}
answer = keras.models.load_model(sys.argv[1])(given)
assert not any(name.startswith("lstmcast") for name in sys.modules)
print(json.dumps(np.asarray(answer["quantiles"]).tolist()))
"""


def written(problem, name, folder):
    return write_graph(Forecaster(problem.spec, problem.weights, problem.calibration, ROWS), name, folder)


@pytest.mark.parametrize(("name", "cell"), [("keras", "lstm"), ("litert", "lstm"), ("litert", "gru"), ("onnx", "lstm")])
def test_a_file_says_what_we_say(tmp_path, capfd, name, cell):
    problem = a_problem(a_full_spec(cell=cell, **EVERYTHING), LEANING)

    path = written(problem, name, tmp_path)
    found = run_graph(path, name, problem.feed)

    assert path == tmp_path / FILES[name].name
    assert largest_difference(found, problem.own) < NEAR
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("changes", [{"quantiles": (0.1, 0.5, 0.9)}, {"horizon": 1}])
def test_what_is_long_on_one_axis_only_goes_into_a_litert_file(tmp_path, changes):
    problem = a_problem(a_spec(**changes))

    found = run_graph(written(problem, "litert", tmp_path), "litert", problem.feed)

    assert largest_difference(found, problem.own) < NEAR


def test_a_keras_file_needs_nothing_of_ours(tmp_path):
    problem = a_problem(a_full_spec())
    path = written(problem, "keras", tmp_path)
    feed = json.dumps({name: values.astype(float).tolist() for name, values in problem.feed.items()})

    answered = subprocess.run(
        [sys.executable, "-c", LOAD_ALONE, str(path)], input=feed, capture_output=True, text=True, check=True, cwd="/"
    )

    assert largest_difference(np.array(json.loads(answered.stdout)), problem.own) < NEAR


def test_a_format_whose_packages_are_not_there_is_told_how_to_have_them(monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)

    with pytest.raises(MissingError, match=r"pip install 'lstmcast\[onnx\]'"):
        check_packages("onnx")


def test_what_tensorflow_says_of_a_full_disk_is_an_error_of_the_disk(tmp_path, monkeypatch):
    def fail(*given):
        raise tf.errors.ResourceExhaustedError(None, None, "draft/variables; No space left on device [Op:SaveV2]")

    monkeypatch.setitem(formats.FORMATS, "litert", formats.Format(fail, fail))

    with pytest.raises(OSError, match="No space left on device") as raised:
        written(a_problem(a_full_spec()), "litert", tmp_path)

    assert raised.value.errno == errno.ENOSPC
