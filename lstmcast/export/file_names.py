"""The files for other runtimes by name; what only wants the names need not import what writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FormatName = Literal["keras", "litert", "onnx"]


@dataclass(frozen=True)
class File:
    """What a kind of file is called, and how many series it takes at once; None is any number."""

    name: str
    windows: int | None


FILES: Mapping[FormatName, File] = {
    "keras": File("model.keras", None),
    "litert": File("model.tflite", 1),  # its recurrent layers want a fixed number
    "onnx": File("model.onnx", None),
}
