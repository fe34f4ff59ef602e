"""The backtest in a report: scores beside the baselines, by step and by origin, and what the intervals held."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.evaluation.titles import skill_interval, title_of
from lstmcast.jobs.backtesting.covariate_worth import spell_rival
from lstmcast.jobs.reporting.report_parts import BacktestDocument, Cell, number
from lstmcast.plurals import count_things
from lstmcast.report.chart import Chart, render_chart
from lstmcast.report.layers import Layer
from lstmcast.report.markup import Html, bullets, join, table, tag
from lstmcast.report.page import missing, note

LOOKS = ("c0", "c1 dash", "c7 dash", "c2 thin", "c3 thin", "c4 dash", "c5 thin", "c6 dash")
HOPELESS = 4.0  # times the model's worst score: such a line would flatten all others
SURE = {
    "better": "clearly better",
    "worse": "clearly worse",
    "better at this origin": "better at this origin",
    "worse at this origin": "worse at this origin",
}

Row = Mapping[str, Cell]


def backtest_section(found: BacktestDocument | None, metrics: Mapping[str, object] | None) -> Html:
    """Return scores, skill and charts; without a backtest, what training measured."""
    if found is None:
        hint = missing(
            "There is no backtest in the workspace yet: run `lstmcast backtest` for scores by origin, the calibration "
            "curve, residuals, and for how sure the differences are."
        )
        return join([hint, _training_scores(metrics)]) if metrics else hint
    parts = [
        bullets(_say_skill(found)),
        _score_table(found.scores, f"Scores over {_counted(found)}; lower is better"),
        tag("div", render_chart(_by_step(found)), render_chart(_by_origin(found)), class_="pair"),
        *([note(_left_out(found))] if _left_out(found) else []),
    ]
    return join([*parts, *(note(f"{line[:1].upper()}{line[1:]}.") for line in found.notes)])


def calibration_section(found: BacktestDocument | None, levels: Sequence[float]) -> Html:
    """Return how much of the truth the intervals held, against what they promise."""
    if found is None:
        return missing("What the intervals hold is measured by `lstmcast backtest`.")
    pairs = [(row["level"], row["coverage"]) for row in found.coverage]
    known = np.array([(level, share) for level, share in pairs if level is not None and share is not None])
    if not len(known):
        return note("The backtest could not say what the intervals hold.")
    promised, held = known[:, 0], 100 * known[:, 1]
    words = [
        f"The {level:g}% interval held {held[place]:.0f}% of what happened."
        for level in levels
        for place in np.flatnonzero(promised == level)
    ]
    gap = round(float(np.mean(held - promised))) + 0.0  # no -0
    verdict = "close to what they promise" if abs(gap) < 5 else "too wide" if gap > 0 else "too narrow"
    words.append(f"Over all levels the intervals are {verdict}: {gap:+.0f} points on average.")
    chart = Chart(
        title="Truth inside the intervals",
        summary=f"Against the level that is promised, {gap:+.0f} points on average.",
        x=promised,
        labels=tuple(f"{level:g}%" for level in promised),
        x_name="level of the interval",
        y_name="truth inside, %",
        layers=(Layer("line", "as promised", "c7 dash", promised), Layer("line", "measured", "c0", held)),
        wide=False,
    )
    return join([bullets(words), tag("div", render_chart(chart), class_="pair")])


def _say_skill(found: BacktestDocument) -> list[str]:
    """Return what may be said of the model beside each baseline."""
    sentences = []
    for row in found.skill:
        share = number(row.get("skill"))
        if row.get("metric") != found.metric or not np.isfinite(share):
            continue
        verdict = SURE.get(str(row.get("verdict")), "no clear difference")
        low, high = number(row.get("low")), number(row.get("high"))
        is_resampled = np.isfinite([low, high]).all()
        interval = f" (saved: 95% interval {skill_interval(low, high, 0)})" if is_resampled else ""
        said = f"{abs(share):.0%} {'smaller' if share >= 0 else 'larger'}"
        sentences.append(
            f"Against {spell_rival(str(row.get('baseline')))}: {verdict}; {title_of(found.metric)} is "
            f"{'the same to a percent' if said.startswith('0%') else said}{interval}."
        )
    return sentences


def _score_table(rows: Sequence[Row], caption: str) -> Html:
    """Return the scores of all forecasters, the model first and in bold."""
    fields = [field for field in dict.fromkeys(field for row in rows for field in row) if field != "forecaster"]
    titles = ["forecaster", *(_title(field) for field in fields)]
    cells = [[_plain(row.get("forecaster")), *(_shown(field, row.get(field)) for field in fields)] for row in rows]
    return table(titles, cells, caption=caption, own=0)


def _training_scores(metrics: Mapping[str, object]) -> Html:
    rows = metrics.get("scores")
    if not isinstance(rows, list):
        return note("The version holds no scores.")
    parts = [_score_table(rows, "Scores on the test windows of training; lower is better")]
    steps = metrics.get("test_mase_by_step")
    if isinstance(steps, dict) and steps:
        columns = {str(name): np.array([number(cell) for cell in line]) for name, line in steps.items()}
        chart = render_chart(_lines("MASE by step ahead", "MASE", "step ahead", columns, ()))
        parts.append(tag("div", chart, class_="pair"))
    return join(parts)


def _by_step(found: BacktestDocument) -> Chart:
    title = title_of(found.metric)
    return _lines(f"{title} by step ahead", title, "step ahead", _columns(found, found.by_step), ())


def _by_origin(found: BacktestDocument) -> Chart:
    title = title_of(found.metric)
    return _lines(f"{title} by origin", title, "last known time", _columns(found, found.by_origin), found.origins)


def _columns(found: BacktestDocument, rows: Sequence[Row]) -> dict[str, FloatArray]:
    columns: dict[str, list[float]] = {found.model: []}
    for row in rows:
        columns.setdefault(str(row.get("forecaster")), []).append(number(row.get(found.metric)))
    return {name: np.array(values) for name, values in columns.items()}


def _lines(title: str, score: str, x_name: str, columns: Mapping[str, FloatArray], labels: Sequence[str]) -> Chart:
    """Return a chart of forecasters over steps or origins; hopeless ones are left out."""
    shown = _worth_showing(columns)
    count = max(len(line) for line in shown.values())
    first = next(iter(shown.values()))
    looks = dict(zip(columns, cycle(look if count > 1 else look.split()[0] for look in LOOKS), strict=False))
    return Chart(
        title=title,
        summary=f"{_plain(next(iter(shown)))} has {float(np.nanmean(first)):.3g} on average."
        if np.isfinite(first).any() else "No score could be measured.",
        x=np.arange(1, count + 1, dtype=np.float64),
        labels=tuple(labels) or tuple(str(place) for place in range(1, count + 1)),
        x_name=x_name,
        y_name=score,
        layers=tuple(
            Layer("line" if count > 1 else "dots", _plain(name), looks[name], line)
            for name, line in shown.items()
            if len(line) == count
        ),
        from_zero=True,
        wide=False,
    )  # fmt: skip


def _worth_showing(columns: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    (name, own), *others = columns.items()
    limit = HOPELESS * float(np.nanmax(own)) if np.isfinite(own).any() else np.inf
    return {name: own} | {other: line for other, line in others if np.isfinite(line).any() and np.nanmin(line) <= limit}


def _left_out(found: BacktestDocument) -> str:
    outside = {
        "step": _not_shown(_columns(found, found.by_step)),
        "origin": _not_shown(_columns(found, found.by_origin)),
    }
    told = [f"by {axis} {', '.join(map(_plain, names))}" for axis, names in outside.items() if names]
    return f"Too far above to be drawn: {'; '.join(told)}." if told else ""


def _not_shown(columns: Mapping[str, FloatArray]) -> list[str]:
    shown = _worth_showing(columns)
    return [name for name, line in columns.items() if name not in shown and np.isfinite(line).any()]


def _counted(found: BacktestDocument) -> str:
    origins = len(found.origins)
    trained = "trained once before the first" if found.refit == "never" else "trained anew before each"
    return f"{count_things(origins, 'origin')} and {found.series:,} series, {trained}"


def _title(field: str) -> str:
    kind, _, level = field.partition("_")
    if kind in ("coverage", "width") and level:
        return f"in {level}%" if kind == "coverage" else f"width {level}"
    return title_of(field)


def _shown(field: str, cell: Cell) -> object:
    value = number(cell)
    if not np.isfinite(value):
        return None
    return f"{value:.0%}" if field.startswith("coverage_") else f"{value:,.3f}"


def _plain(name: object) -> str:
    return str(name).replace("_", " ")
