"""`explain`: what the gates of a trained version do on its data, and what moves its forecast; without TensorFlow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lstmcast.config.schema import Config
from lstmcast.data.read import Reading
from lstmcast.data.windows import Windows
from lstmcast.drafts import remove_drafts
from lstmcast.files import ensure_folder, remove_outdated, write_all_whole
from lstmcast.jobs.common.folders import EXPLAIN, EXPLANATION
from lstmcast.jobs.common.outputs import drawing_cache
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.common.version_data import read_present_for_version
from lstmcast.jobs.explaining.explain_figures import explanation_figures
from lstmcast.jobs.explaining.explain_measure import (
    measure_bank,
    measure_effects,
    measure_likeness,
    scale_windows,
    trace_members,
)
from lstmcast.jobs.explaining.explain_result import Explanation
from lstmcast.jobs.explaining.explain_windows import choose_window, choose_windows
from lstmcast.jobs.explaining.explain_words import explain_in_words
from lstmcast.json_text import json_document
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.versions import resolve_version


@dataclass(frozen=True)
class ExplainResult:
    """An explanation in words and figures, and where its pictures are."""

    version_id: str
    windows: str  # which, in words
    words: Mapping[str, tuple[str, ...]]  # by heading
    figures: Mapping[str, Any]
    folder: Path
    pictures: tuple[Path, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return {**self.document(), "folder": str(self.folder), "pictures": [str(path) for path in self.pictures]}

    def document(self) -> dict[str, Any]:
        """Return what stays the same wherever it lies."""
        words = {heading: list(sentences) for heading, sentences in self.words.items()}
        return {"version": self.version_id, "windows": self.windows, "words": words, **self.figures}


def explain(
    config: Config,
    *,
    model: str | None,
    series: str | None,
    origin: str | None,
    windows: int | None,
    now: datetime,
    talk: Talk,
) -> ExplainResult:
    """Explain the current version, or `model`, on one window or on many, and draw what its gates did."""
    workspace = Path(config.output.dir)
    version = load_version(resolve_version(workspace, model))
    reading = read_present_for_version(config.data, version.artifact, now, talk)
    spec = version.artifact.spec
    if windows is None:
        chosen = choose_window(reading, spec, series, origin)
    else:
        chosen = choose_windows(reading.panel, spec, windows)
    found = _explain(version, reading, chosen, talk)
    words = explain_in_words(found)
    figures = explanation_figures(found)
    folder = workspace / EXPLAIN
    pictures = _write(config, folder, version.id, found, words, figures)
    return ExplainResult(version.id, found.windows_text, words, figures, folder, pictures)


def _explain(version: LoadedVersion, reading: Reading, windows: Windows, talk: Talk) -> Explanation:
    artifact, panel = version.artifact, reading.panel
    scaled = scale_windows(artifact, panel)
    effects, changes = measure_effects(artifact, panel, scaled, windows, talk)
    return Explanation(
        spec=artifact.spec,
        calibration=artifact.calibration,
        reading=reading,
        windows=windows,
        members=trace_members(artifact, scaled, windows),
        bank=measure_bank(artifact, scaled, windows),
        likeness=measure_likeness(artifact, panel, scaled, windows),
        effects=effects,
        changes=changes,
    )


def _write(
    config: Config,
    folder: Path,
    version_id: str,
    found: Explanation,
    words: Mapping[str, tuple[str, ...]],
    figures: Mapping[str, Any],
) -> tuple[Path, ...]:
    """Write pictures and document, all or none, and remove the pictures of an earlier run that this one has not."""
    ensure_folder(folder)
    remove_drafts(folder)
    pictures: dict[str, bytes] = {}
    if config.output.plots:
        from lstmcast.jobs.explaining.explain_pictures import draw_explanation  # matplotlib: only where it draws

        pictures = draw_explanation(found, drawing_cache(config))
    document = ExplainResult(version_id, found.windows_text, words, figures, folder, ()).document()
    contents = {folder / name: content for name, content in pictures.items()}
    write_all_whole(contents | {folder / EXPLANATION: json_document(document).encode()})
    remove_outdated(*(old for old in folder.glob("*.png") if old.name not in pictures))
    return tuple(contents)
