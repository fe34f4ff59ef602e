"""How programs are compiled; to be said before TensorFlow is loaded."""

import os
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

TRIED = "2.21."  # a version that does not know the flag would end the process
FLAG = "--xla_cpu_use_fusion_emitters"


def compile_quickly() -> None:
    """Have programs compiled in two thirds of the time, and the steps of an LSTM run a tenth faster.

    What a user asks for has priority.
    """
    flags = os.environ.get("XLA_FLAGS", "")
    with suppress(PackageNotFoundError):
        if version("tensorflow").startswith(TRIED) and FLAG not in flags:
            os.environ["XLA_FLAGS"] = f"{flags} {FLAG}=false".strip()
