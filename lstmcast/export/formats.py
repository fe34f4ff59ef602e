"""The files that other runtimes read: how each is written, and how it is run to see that it says the same."""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.errors import CANNOT_WRITE, MissingError
from lstmcast.export.feed import Feed
from lstmcast.export.file_names import FILES, FormatName
from lstmcast.export.graph import Forecaster, build_graph
from lstmcast.training.backend import keras, quiet_stderr, tf

Answer = npt.NDArray[np.float32]  # (N, H, Q)

ONNX_OPERATIONS = 18  # the version of them: runtimes know it since 2023
SIGNATURE, OUTPUT = "serving_default", "quantiles"
FATAL_ONLY = 4  # what ONNX Runtime prints

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # it would tell its makers of each run, and number the machine in the home


@dataclass(frozen=True)
class Format:
    """How a kind of file is written and run."""

    write: Callable[[Any, Path], None]
    run: Callable[[Path, Feed], Answer]


def write_graph(forecaster: Forecaster, name: FormatName, folder: Path) -> Path:
    """Write the forecaster as a file in a folder, where drafts of it may lie too."""
    path = folder / FILES[name].name
    with _in_silence(), _drafts_in(folder), _failing_as_files_do():
        FORMATS[name].write(build_graph(forecaster, windows=FILES[name].windows), path)
    return path


def run_graph(path: Path, name: FormatName, feed: Feed) -> Answer:
    """Return what a written file says, by the runtime that it is for."""
    with _in_silence():
        return FORMATS[name].run(path, feed)


def check_packages(name: FormatName) -> None:
    """Raise a MissingError if a package that only this format needs is not there."""
    try:
        with _in_silence():
            if name == "onnx":
                import onnx  # noqa: F401
                import onnxruntime  # noqa: F401
                import tf2onnx  # noqa: F401
            elif name == "litert":
                _litert_interpreter()
    except ImportError as error:
        raise MissingError(f"--format {name}: {error}; pip install 'lstmcast[{name}]'") from error


@contextmanager
def _in_silence() -> Iterator[None]:
    """Let nobody hear what other packages warn of: it is for their developers."""
    with quiet_stderr(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _drafts_in(folder: Path) -> Iterator[None]:
    """Let what is written on the way lie in a folder: there may be no other that can be written to."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextmanager
def _failing_as_files_do() -> Iterator[None]:
    """Turn what TensorFlow says of a disk that takes no more into the OSError that it is."""
    try:
        yield
    except tf.errors.OpError as error:
        for code in CANNOT_WRITE:
            if os.strerror(code) in error.message:
                raise OSError(code, os.strerror(code)) from error
        raise


def _write_keras(graph: Any, path: Path) -> None:
    graph.save(path)


def _run_keras(path: Path, feed: Feed) -> Answer:
    loaded = keras.models.load_model(path, compile=False, safe_mode=True)
    return np.asarray(loaded(dict(feed), training=False)[OUTPUT])


def _write_litert(graph: Any, path: Path) -> None:
    """Write it for one series, of operations that each LiteRT has: recurrent layers need a fixed number."""
    signature = {name: tf.TensorSpec(given.shape, tf.float32, name=name) for name, given in graph.input.items()}
    graph.export(
        path,
        format="litert",
        verbose=False,
        input_signature=[signature],
        target_spec={"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]},
    )


def _run_litert(path: Path, feed: Feed) -> Answer:
    run = _litert_interpreter()(model_path=str(path)).get_signature_runner(SIGNATURE)
    windows = len(feed["values"])
    each = ({name: given[place : place + 1] for name, given in feed.items()} for place in range(windows))
    return np.concatenate([run(**one)[OUTPUT] for one in each])


def _litert_interpreter() -> Any:
    """Return the one of the package of its own, or that of TensorFlow, which is to go."""
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        if not hasattr(tf.lite, "Interpreter"):
            raise
        return tf.lite.Interpreter
    return Interpreter


def _write_onnx(graph: Any, path: Path) -> None:
    graph({name: np.ones((1, *given.shape[1:]), np.float32) for name, given in graph.input.items()})  # it asks for that
    graph.export(path, format="onnx", verbose=False, opset_version=ONNX_OPERATIONS)
    _name_output(path)


def _name_output(path: Path) -> None:
    """Give output and first axis names that tell what they are: the way to ONNX makes up its own."""
    import onnx

    model = onnx.load(path)
    output = model.graph.output[0]
    for node in model.graph.node:
        for names in (node.input, node.output):
            names[:] = [OUTPUT if name == output.name else name for name in names]
    output.name = OUTPUT
    for value in (*model.graph.input, output):
        value.type.tensor_type.shape.dim[0].dim_param = "series"
    onnx.save(model, path)


def _run_onnx(path: Path, feed: Feed) -> Answer:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = FATAL_ONLY
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run([OUTPUT], dict(feed))[0])


FORMATS: Mapping[FormatName, Format] = {
    "keras": Format(_write_keras, _run_keras),
    "litert": Format(_write_litert, _run_litert),
    "onnx": Format(_write_onnx, _run_onnx),
}
