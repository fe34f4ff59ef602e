"""How programs are compiled; to be said before TensorFlow is loaded."""

import os
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

TRIED = "2.21."  # a version that does not know the flag would end the process
FLAG = "--xla_cpu_use_fusion_emitters"
FLAGS, FLAGS_OF_TENSORFLOW = "XLA_FLAGS", "TF_XLA_FLAGS"


def compile_quickly() -> None:
    """Have programs compiled in two thirds of the time, and the steps of an LSTM run a tenth faster.

    What the machine sets for other programs is left out: one flag that this XLA does not know would abort the process,
    before anybody could say why, and one that it knows may change the weights that a seed gives.
    """
    for name in (FLAGS, FLAGS_OF_TENSORFLOW):
        os.environ.pop(name, None)
    with suppress(PackageNotFoundError):
        if version("tensorflow").startswith(TRIED):
            os.environ[FLAGS] = f"{FLAG}=false"
