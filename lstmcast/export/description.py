"""What lies beside an exported file: what goes in and what comes out, for whoever has nothing else of us."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.data.covariate.categories import column_names
from lstmcast.data.covariate.covariate_facts import CovariateFacts
from lstmcast.data.covariate.static import step_names
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.network.spec import ModelSpec

Plain = dict[str, Any]


def describe_file(reading: Reading, cut: Panel, spec: ModelSpec, rows: int, windows: int | None) -> Plain:
    """Return in plain values what a file takes of so many series at once, and what it says; None is any number.

    The first series of `cut`, the example, tells where the cycles of the calendar stand.
    """
    past, future = ([scale.name for scale in scales] for scales in (spec.past, spec.future))
    inputs: dict[str, Plain] = {
        "values": {
            "shape": [windows, rows],
            "meaning": f"the newest {rows} values of {cut.target}, one each step, the newest last; NaN before a "
            "shorter series begins, and nowhere else: else the answer is NaN",
        }
    }
    if past:
        inputs["past"] = {
            "shape": [windows, rows, len(past)],
            **_describe_columns(past, reading.covariates),
            "meaning": "these columns in the same rows; NaN where unknown",
        }
    if future:
        inputs["future"] = {
            "shape": [windows, rows + spec.horizon, len(future)],
            **_describe_columns(future, reading.covariates),
            "meaning": f"these columns in the same rows, and in the {spec.horizon} after them; NaN where unknown",
        }
    if spec.calendar:
        inputs["calendar"] = {"shape": [windows, len(spec.calendar)], **_describe_calendar(reading, cut, spec)}
    zone = reading.time_format.zone
    return {
        "step": cut.frequency.alias,
        **({"timezone": zone} if zone else {}),
        "inputs": {name: {"dtype": "float32", **about} for name, about in inputs.items()},
        "output": {
            "quantiles": {
                "shape": [windows, spec.horizon, len(spec.quantiles)],
                "dtype": "float32",
                "levels": list(spec.quantiles),
                "meaning": "at each step ahead, the value that the truth stays below with each of these probabilities",
            }
        },
    }


def plain_array(values: npt.NDArray[np.float32]) -> Any:
    """Return an array as lists, with None for NaN: JSON knows none."""
    if values.ndim:
        return [plain_array(value) for value in values]
    return None if np.isnan(values) else float(str(values))


def _describe_columns(names: Sequence[str], facts: CovariateFacts) -> Plain:
    """Return the columns of an input, and how those are made that do not stand in the data."""
    made = {column: meaning for column, meaning in _made_columns(facts) if column in names}
    days = (
        [] if facts.holidays is None else [name for name in names if name.endswith(f"holiday {facts.holidays.region}")]
    )
    made |= {column: f"1 on a {column}, else 0" for column in days}
    return {
        "columns": list(names),
        **({"made": made} if made else {}),
        **({"holidays": facts.holidays.as_plain()} if facts.holidays is not None and days else {}),
    }


def _made_columns(facts: CovariateFacts) -> Iterator[tuple[str, str]]:
    """Yield the columns that texts and static numbers became, with what is in them."""
    for source, categories in facts.categories.items():
        for column, category in zip(column_names(source, categories), categories, strict=True):
            yield column, f"1 where {source} is {category!r}, else 0"
    for source, thresholds in facts.steps.items():
        for column, threshold in zip(step_names(source, thresholds), thresholds, strict=True):
            yield column, f"1 where {source} is above {threshold!r}, else 0"


def _describe_calendar(reading: Reading, cut: Panel, spec: ModelSpec) -> Plain:
    first_step = cut.first[:1] + cut.known[:1]
    places = np.mod(first_step, [cycle.period for cycle in spec.calendar])
    return {
        "cycles": [{"name": cycle.name, "period": cycle.period} for cycle in spec.calendar],
        "meaning": "how many steps into each cycle the first step ahead lies: one more for each step later; a period "
        "more or less is the same",
        "at": {
            "time": str(reading.time_format.render(cut.frequency.stamps(first_step))[0]),
            "places": [float(place) for place in places],
        },
    }
