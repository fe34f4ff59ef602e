"""The model in a report: in words, its training, its data, and the versions beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from lstmcast.config.schema import MOST_STEPS
from lstmcast.data.read import Reading
from lstmcast.errors import LstmcastError
from lstmcast.jobs.common.time_words import count_in_words
from lstmcast.jobs.common.version_lines import describe_line
from lstmcast.jobs.reporting.report_backtest import LOOKS
from lstmcast.jobs.reporting.report_parts import ExplainDocument, number, rows_of
from lstmcast.network.ensemble import spell_baseline
from lstmcast.plurals import list_all
from lstmcast.report.chart import Chart, render_chart
from lstmcast.report.layers import Layer
from lstmcast.report.markup import Html, bullets, definitions, folded, join, table, tag, text
from lstmcast.report.page import missing, note
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.forecasts import ForecastManifest
from lstmcast.store.versions import list_versions, models_folder

MOST_VERSIONS = 20
CELLS = {"lstm": "an LSTM", "gru": "a GRU", "rnn": "a plain RNN"}
NO_MODEL = "There is no trained model in the workspace yet: run `lstmcast train`."


def model_section(version: LoadedVersion | None, unit: str, explanation: ExplainDocument | None) -> Html:
    """Return the model in words, and what `explain` found for the same version."""
    if version is None:
        return missing(NO_MODEL)
    parts = [bullets(describe_model(version, unit))]
    if explanation is not None and explanation.version == version.id:
        parts.append(note(f"What `lstmcast explain` found, for {explanation.windows}:"))
        for heading, sentences in explanation.words.items():
            parts += [tag("h3", text(heading)), bullets(sentences)]
    else:
        parts.append(missing("What it remembers and what moves its forecast: run `lstmcast explain`."))
    parts.append(folded("The config with what was decided written out", _preformatted(version.artifact.config_yaml)))
    return join(parts)


def describe_model(version: LoadedVersion, unit: str) -> list[str]:
    """Return what the model is, in words."""
    spec, calibration = version.artifact.spec, version.artifact.calibration
    contexts = sorted({member.context for member in spec.members})
    segments = sorted({member.segment for member in spec.members})
    numbers = sum(int(np.prod(array.shape)) for array in version.artifact.weights.values())
    count = len(spec.members)
    layers = f" in {spec.layers} layers" if spec.layers > 1 else ""
    how = (
        "all at once, without a recurrent part"
        if spec.cell == "linear"
        else f"with {CELLS[spec.cell]} of {spec.units} units{layers}, {_counted(segments, unit)} at a time"
    )
    sentences = [
        f"{'One network reads' if count == 1 else f'{count} networks, whose middle counts, read'} the last "
        f"{_counted(contexts, unit)} {how}, and "
        f"forecast{'s' if count == 1 else ''} {count_in_words(unit, spec.horizon)} ahead; {numbers:,} weights in all.",
    ]
    banks = {len(member.bank) for member in spec.members}
    if max(banks):
        sentences.append(f"It chooses between and corrects a bank of {_either(sorted(banks))} classical forecasts.")
    else:
        sentences.append("It has no bank of classical forecasts.")
    logs = sum(member.log for member in spec.members)
    if logs:
        who = "It works" if count == 1 else f"{'All' if logs == count else f'{logs} of {count}'} networks work"
        sentences.append(f"{who} on logarithms of the values.")
    past = () if spec.cell == "linear" else spec.past  # which only a cell reads
    seen = [scale.name for scale in (*past, *spec.future)]
    if seen:
        sentences.append(f"It also sees {', '.join(seen)}.")
    if spec.calendar:
        sentences.append(f"From the time it knows the place in {list_all(f'the {one.name}' for one in spec.calendar)}.")
    if calibration.leans:
        least, most = 1 - max(calibration.weights), 1 - min(calibration.weights)
        share = f"{most:.0%}" if round(least, 2) == round(most, 2) else f"{least:.0%} to {most:.0%}"
        sentences.append(f"To be safe, the forecast leans {share} on {spell_baseline(calibration.baseline)}.")
    return sentences


def training_section(version: LoadedVersion | None) -> Html:
    """Return losses and validation scores against steps."""
    if version is None:
        return missing(NO_MODEL)
    rows = [row for row in rows_of(version.artifact.history_csv) if 0 <= number(row.get("step")) <= MOST_STEPS]
    lines: dict[str, list[tuple[float, float, float]]] = {}
    for row in rows:
        is_validation = row.get("phase") == "validation"
        name = f"validation, {row.get('scale')}" if is_validation else f"member {number(row.get('member')) + 1:g}"
        step, loss, score = (number(row.get(field)) for field in ("step", "loss", "validation_score"))
        lines.setdefault(name, []).append((step, loss, score))
    losses = {name: {step: loss for step, loss, _ in line} for name, line in lines.items()}
    scores = {name: {step: score for step, _, score in line if np.isfinite(score)} for name, line in lines.items()}
    charts = [render_chart(_history("Training loss", "loss", losses))] if losses else []
    if any(scores.values()):
        scored = {name: line for name, line in scores.items() if line}
        error = "error of logarithms" if version.artifact.spec.positive else "error"
        charts.append(render_chart(_history("Error on the validation origins", f"{error}, in usual changes", scored)))
    words = [
        "A network trained without the validation origins decides how long to train; all members then train on all."
    ]
    return join([bullets(words), tag("div", *charts, class_="pair")])


def data_section(
    reading: Reading | None, fault: str | None, manifest: ForecastManifest | None, version: LoadedVersion | None
) -> Html:
    """Return what was read and what was done to it."""
    pairs: list[tuple[str, object]] = []
    parts = [missing(f"The data could not be read: {fault}")] if fault else []
    if reading is not None:
        panel = reading.panel
        ends = panel.frequency.stamps(np.array([panel.first.min(), panel.cutoffs.max()]))
        first, last = map(str, reading.time_format.render(ends))
        pairs += [
            ("rows read", reading.rows_read),
            ("series", panel.series_count),
            ("known values", int(panel.known.sum())),
            ("from", first),
            ("to", last),
            ("step", f"{count_in_words(panel.frequency.unit_name, 1)} ({panel.frequency.alias})"),
            ("missing values filled", int(reading.fills.sum())),
            ("missing covariates filled", reading.covariate_fills),
            ("doubled rows settled", reading.duplicates_dropped),
            ("covariates", ", ".join((*panel.past_names, *panel.future_names)) or "none"),
        ]
    if version is not None:
        pairs.append(("trained on data up to", version.artifact.contract.cutoff))
        pairs.append(("fingerprint of the data of training", version.manifest.data_fingerprint[:16]))
    if manifest is not None:
        pairs.append(("forecast made from data up to", manifest.cutoff))
        pairs.append(("fingerprint of the data of the forecast", manifest.data_fingerprint[:16]))
    parts.append(definitions(pairs))
    notes = list(reading.notes) if reading is not None else list(manifest.notes) if manifest is not None else []
    parts.append(bullets(notes) if notes else note("Nothing had to be mended."))
    return join(parts)


def versions_section(workspace: Path, version: LoadedVersion | None) -> Html:
    """Return all versions of the workspace with their scores, the newest first."""
    every = list_versions(workspace)
    if not every and version is None:
        return missing(NO_MODEL)
    rows: list[Sequence[object]] = []
    for name in every[:MOST_VERSIONS]:
        line = describe_line(workspace, name)
        scores = _scores_of(workspace, name)
        rows.append(
            (name, line.state, line.created, *scores, None if line.size is None else f"{line.size / 1e6:.1f} MB")
        )
    caption = f"The newest {MOST_VERSIONS} of {len(every)}" if len(every) > MOST_VERSIONS else ""
    parts = [table(("version", "state", "trained", "MASE", "of seasonal naive", "size"), rows, caption=caption)]
    if version is not None:
        libraries = version.manifest.libraries
        pairs: list[tuple[str, object]] = [("this page shows", version.id), ("seed", str(version.manifest.seed))]
        parts.append(definitions([*pairs, *sorted(libraries.items())]))
    return join(parts)


def scores_of(metrics: Mapping[str, object]) -> tuple[float, float]:
    """Return the MASE of the model and of seasonal naive in a version's metrics; NaN where there is none."""
    rows = metrics.get("scores")
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    own = number(listed[0].get("mase")) if listed else float("nan")
    naive = [number(row.get("mase")) for row in listed if row.get("forecaster") == "seasonal_naive"]
    return own, naive[0] if naive else float("nan")


def _scores_of(workspace: Path, name: str) -> tuple[float, float]:
    try:
        return scores_of(load_version(models_folder(workspace) / name).artifact.metrics)
    except LstmcastError:
        return float("nan"), float("nan")  # its state says that it is damaged


def _history(title: str, y_name: str, lines: Mapping[str, Mapping[float, float]]) -> Chart:
    steps = sorted({step for line in lines.values() for step in line})
    return Chart(
        title=title,
        summary=f"From step {steps[0]:g} to step {steps[-1]:g}.",
        x=np.array(steps),
        labels=tuple(f"{step:g}" for step in steps),
        x_name="training step",
        y_name=y_name,
        layers=tuple(
            Layer("line", name, LOOKS[place % len(LOOKS)].split()[0] + (" dash" if "validation" in name else " thin"),
                  np.interp(steps, list(line), list(line.values()), left=np.nan, right=np.nan))
            for place, (name, line) in enumerate(lines.items())
        ),
        wide=False,
    )  # fmt: skip


def _preformatted(content: str) -> Html:
    return tag("pre", tag("code", Html("\n".join(text(line, 200) for line in content.splitlines()[:400]))), tabindex=0)


def _counted(numbers: Sequence[int], unit: str) -> str:
    """Return one number of steps, or from where to where they go."""
    most = count_in_words(unit, numbers[-1])
    return most if len(numbers) == 1 else f"{numbers[0]:,} to {most}"


def _either(numbers: Sequence[int]) -> str:
    return f"{numbers[0]:,}" if len(numbers) == 1 else f"{numbers[0]:,} to {numbers[-1]:,}"
