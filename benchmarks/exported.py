"""What `lstmcast export` makes of the air passengers' model: time, size, difference, and what a forecast takes."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from measure import LSTMCAST, expect_exit_codes, in_turn, machine, median_seconds, prepare, verdict

ROUNDS = 1
FORECASTS = 200
LIMIT = 1e-3  # of an interval's width
CONFIG = Path(__file__).parents[1] / "configs" / "air_passengers.yaml"
FILES = {"keras": "model.keras", "litert": "model.tflite", "onnx": "model.onnx"}


def main() -> int:
    """Measure, print a table, and return 1 if a limit is broken."""
    with tempfile.TemporaryDirectory() as name:
        workspace = Path(name) / "workspace"
        options = [str(CONFIG), "--set", f"output.dir={workspace}", "--quiet"]
        prepare([*LSTMCAST, "train", *options], Path(name))
        runs = in_turn({kind: [*LSTMCAST, "export", *options, "--format", kind] for kind in FILES}, Path(name), ROUNDS)
        expect_exit_codes(runs, {})
        print(f"## Export\n\n{machine()}; the median of {ROUNDS} run to write, of {FORECASTS} to forecast\n")
        print("| file | seconds to write | MB | off by, in interval widths | ms to load | ms for a forecast |")
        print("|---|---|---|---|---|---|")
        worst = 0.0
        for kind, file in FILES.items():
            path = workspace / "export" / file
            described = json.loads(path.with_name(f"{file}.json").read_text())
            off, size = described["largest_difference"], path.stat().st_size / 1e6
            worst = max(worst, off)
            times = " | ".join(f"{seconds * 1000:.1f}" for seconds in time_file(path, kind, described["example"]))
            print(f"| {file} | {median_seconds(runs[kind]):.1f} | {size:.1f} | {off:.0e} | {times or ' | '} |")
    print()
    return 0 if verdict("largest difference in widths of an interval", worst, LIMIT, ".0e") else 1


def time_file(path: Path, kind: str, example: dict[str, Any]) -> list[float]:
    """Return the seconds to load a file with its first forecast, and of one forecast; none for Keras, a toolbox."""
    given = {name: np.array(values, np.float32) for name, values in example.items() if name != "quantiles"}
    if kind == "keras":
        return []
    started = time.perf_counter()
    forecast = load_file(path, kind)
    forecast(given)
    loaded, several = time.perf_counter() - started, []
    for _ in range(FORECASTS):
        started = time.perf_counter()
        forecast(given)
        several.append(time.perf_counter() - started)
    return [loaded, float(np.median(several))]


def load_file(path: Path, kind: str) -> Callable[[dict[str, Any]], Any]:
    """Return what forecasts, by the runtime of the file: that of ONNX is a package of `lstmcast[onnx]`."""
    if kind == "onnx":
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # it would tell its makers of each run
        import onnxruntime

        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        return lambda given: session.run(None, given)
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        sys.exit("ai-edge-litert: not there; pip install 'lstmcast[litert]'")
    runner = Interpreter(str(path)).get_signature_runner("serving_default")
    return lambda given: runner(**given)


if __name__ == "__main__":
    sys.exit(main())
