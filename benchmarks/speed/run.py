"""Measures all that has to be fast, keeps what is printed in RESULTS.md, and writes docs/speed.md from it.

python benchmarks/speed/run.py [--peers PYTHON] [--only NAME ...]

Those that are named are measured anew; the others keep their figures. Three quarters of an hour for all; `--only` with
no name writes the page anew, and measures nothing.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
PAGE = HERE.parents[1] / "docs" / "speed.md"
SCRIPTS = {
    "throughput": HERE / "throughput.py",
    "predict_scale": HERE / "predict_scale.py",
    "demo": HERE.parent / "demo.py",
    "cold_predict": HERE.parent / "cold_predict.py",
    "other_tools": HERE / "other_tools.py",
    "large_train": HERE / "large_train.py",
    "growth": HERE / "growth.py",
}
BESIDE_PEERS = ("throughput", "other_tools")
HEAD = "# The last figures of speed\n\nWritten by `python benchmarks/speed/run.py`.\n\n"
ABOUT = """\
# Speed

What is quick here, what is not, and why. The figures are written by `python benchmarks/speed/run.py`; their machine and
versions stand above each table.

- **Forecasting** starts without TensorFlow: most of a `predict` is the import of NumPy and pandas; its own work on one
  series takes some forty milliseconds. What only large files, covariates or plots need is imported for them alone, and
  the process ends without taking apart what it imported. Many series are forecast some hundred at a time, so that their
  numbers stay close to the processor. In memory they lie side by side all the way, so that every sum runs along them;
  results are changed in place; what networks read is made once for those that read the same, the calendar once for all
  series that end at the same moment. About half of the network's time are products of matrices, at the rate of the
  processor. Each core works on its own series; products have one thread each, since small ones that are split over
  cores wait for each other, on a busy machine for seconds. `OPENBLAS_NUM_THREADS`, if it is set, is left alone.
- **Very many series** cost about 35 µs of processor time each, and more than as much for reading and writing them
  (hourly, 500 rows, leaning on history, the one network that `auto` has from 50,000 series on). The floor is at 14: the
  1.3 million operations in products take 10 µs at the 121 GFLOP/s of one core, and `tanh`, `exp`, `arcsinh` and
  logarithms 4 at the rates that NumPy has for each alone. By stages it is 4 for the scales, in double precision; 3 for
  what the network reads; 11 for the cells, two thirds of it products; 9 for bank, gate, calendar ahead and spreads; 6
  for history; 2 for calibration, values and their checks. Beyond the floor are passes over memory, a nanosecond or less
  for each number, and Python between NumPy's calls, some 2 ms for 384 series at once: fewer series cost more of it, and
  the numbers of more do not fit into the cache. Of the quantiles that the network has, only those that the forecast
  shows are kept: a page of new memory takes longer than the numbers on it.
  Cores share this by copies of the process (`network/copies.py`): two threads wait for the interpreter's lock a third
  of their time and were 1.5 times as quick as one, two copies twice. Where other threads are at work, as beside
  TensorFlow, it is threads all the same: a copy could find a lock that nobody will open.
- **Reading** a large plain file looks at eight bytes at a time, those of all lines of a block at once, while the next
  blocks are read and hashed. That each cell is what it has to be (digits, an id of the form of all others, the next
  time of the cycle) proves that nothing else is in the block: quotes, separators and odd bytes are looked for only
  where a cell is anything else. Little is kept beside the values: ids as runs, times as a cycle, columns that grow in
  place. Rows that fill their grid already are the panel; a table sorted by time is turned; others go to the place that
  their series and time give them, without being sorted. The forecast is rendered and written in pieces.
- **Training** gathers windows by index inside a compiled program of 16 steps; no window is ever copied into a table.
  Series are scaled once, some at a time, and lent to TensorFlow without a copy.
  The members of an ensemble train side by side, one on each core. The LSTM has the weights and equations of Keras, but
  its gradient is written out (`training/lean_lstm.py`). TensorFlow would keep seven arrays of all steps, each filled
  with zeros first; here gates and cells are kept, in a room that one training step hands to the next, and XLA goes
  through the numbers of a step half as often. That made 1,180 windows a second of 980 with 128 units and eight
  features, 7,100 of 5,560 with 64 units and batches of 128; M4 hourly takes 102 seconds of the processor, before 110.
  The gradient of a GRU is written out too (`training/lean_gru.py`): it trains 8 to 23% faster for that, and, having
  three quarters of the weights, 4 to 27% faster than an LSTM; most with 128 units, least with 64 and batches of 32.
  With 128 units products of matrices, at the full rate of the processor, are three quarters of our time now.
  There the tutorial has two paces on this machine, in one process from run to run: 400 windows a second with one core
  at work, 580 to 690 with two. Its median falls on the one or the other: we are 2.9 to 3.1 times as fast as the slower,
  1.8 to 1.9 times as fast as the faster, where the limit of twice is missed. Products alone would be 2.3 times as fast
  as that. What else might have gained the missing part did not: gates kept as whole numbers of 16 bits (1%) or
  as halves (a fifth slower), one pass less over the numbers of a step (nothing), no tangent made twice (nothing).
- **Compiling** costs seconds, once for each length of context and size of batch; neither a last batch, nor validation,
  nor another seed compiles anew (a test counts it). A short training would be mostly this.
  So XLA compiles only where the steps would lose more without it: a step is slower then by some milliseconds, told from
  its segments and weights, and few of them (60 of a short monthly series) lose two seconds where compiling took nine.
  The random numbers of the two ways differ, as those of two seeds do. XLA goes an older way, which compiles in two
  thirds of the time; the steps of an LSTM are a tenth faster on it.
- **The same seed gives the same weights**, bit for bit, on the same machine with the same versions and threads. Nothing
  is switched on for it, so there is nothing to turn off: random numbers are drawn by step and seed, and the compiled
  program has a fixed order of sums. Tests hold two processes against each other.

![How time and memory grow](images/growth.png)

"""


def main() -> int:
    """Run the scripts, keep what they print, and return 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", help="the Python of an environment with torch, neuralforecast and gluonts")
    parser.add_argument("--only", nargs="*", choices=list(SCRIPTS), default=list(SCRIPTS))
    arguments = parser.parse_args()
    sections, failed = read_sections(), False
    for name in arguments.only:
        if name == "other_tools" and not arguments.peers:
            print(f"{name} is left out: it needs --peers")
            continue
        options = ["--peers", arguments.peers] if name in BESIDE_PEERS and arguments.peers else []
        ended = subprocess.run([sys.executable, SCRIPTS[name], *options], stdout=subprocess.PIPE, text=True)
        print(ended.stdout, flush=True)
        failed |= ended.returncode != 0
        if ended.stdout.startswith("## "):
            sections[name] = ended.stdout.strip()
            write_sections(sections)
    write_sections(sections)
    return int(failed)


def read_sections() -> dict[str, str]:
    """Return what stands in RESULTS.md, by the name of the script."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.is_file() else ""
    parts = re.split(r"^<!-- (\w+) -->\n", text, flags=re.MULTILINE)
    return {name: section.strip() for name, section in zip(parts[1::2], parts[2::2], strict=True)}


def write_sections(sections: dict[str, str]) -> None:
    """Write RESULTS.md and the page of the docs."""
    parts = [(name, sections[name]) for name in SCRIPTS if name in sections]
    marked = "\n\n".join(f"<!-- {name} -->\n{section}" for name, section in parts)
    RESULTS.write_text(f"{HEAD}{marked}\n", encoding="utf-8")
    PAGE.write_text(render_page(sections), encoding="utf-8")


def render_page(sections: dict[str, str]) -> str:
    """Return the page of the docs: words, then figures."""
    plain = "\n\n".join(sections[name] for name in SCRIPTS if name in sections)
    return f"{ABOUT}{plain}\n"


if __name__ == "__main__":
    sys.exit(main())
