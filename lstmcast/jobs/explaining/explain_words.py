"""What `explain` found, in words: sentences in the user's own time units, and no more than the figures carry."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from math import isnan

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.clock.times import Frequency
from lstmcast.jobs.common.time_words import count_in_words, plural, ticks_in_words
from lstmcast.jobs.explaining.explain_measure import BankUse, Change, Effects, Likeness, MemberTrace
from lstmcast.jobs.explaining.explain_result import Explanation
from lstmcast.network.calibration import Calibration
from lstmcast.network.ensemble import spell_baseline
from lstmcast.network.influence import Agreement, Part
from lstmcast.network.spec import ModelSpec
from lstmcast.network.traces import KEEPING_GATE
from lstmcast.plurals import list_all

NAMED = 3  # parts, forecasters or changes in one sentence
TENTHS = (10, 50, 90)
MUCH = 1.5  # times as long
LEADS = 2.0  # times an even share: a forecaster with more of the forecast leads
FIRM, LOOSE = 0.9, 0.7  # rank correlations
NEAR_NOTHING = 0.005  # of the strongest effect
ROUNDING = 1e-9  # of the forecast


def explain_in_words(found: Explanation) -> dict[str, tuple[str, ...]]:
    """Return sentences under their headings, the most wanted first."""
    panel = found.reading.panel
    frequency, target, season = panel.frequency, panel.target, found.spec.season
    return {
        "What moves the forecast": tuple(say_effects(found.effects, frequency, target)),
        "What would change it most": tuple(say_changes(found.changes, found.effects, season, frequency, target)),
        "Which classical forecast it follows": tuple(
            say_bank(found.bank, found.likeness, found.calibration, frequency.unit_name)
        ),
        "What it remembers": tuple(say_memory(found.spec, found.members, frequency)),
    }


def say_memory(spec: ModelSpec, members: Sequence[MemberTrace], frequency: Frequency) -> list[str]:
    """Return what can be said of gates and memory."""
    if not spec.recurrent_layers:
        return ["A linear network has no cell: it remembers nothing, and its bank reads the context as it is."]
    if KEEPING_GATE[spec.cell] is None:
        return [
            "A plain RNN has no gates: how long it remembers cannot be read off it. "
            "Only its hidden state is drawn; `lstmcast compare` shows how far its gradient reaches."
        ]
    kept, contexts = memory_of(members)
    low, middle, high = np.percentile(kept, TENTHS)
    beyond = float((kept > contexts).mean())
    gate = KEEPING_GATE[spec.cell]
    segments = sorted({member.spec.segment for member in members})
    counted = " or ".join(count_in_words(frequency.unit_name, size) for size in segments)
    sentences = [
        f"The memory of the middle unit is {ticks_in_words(frequency, middle)}: after so long, 37% (1/e) of what it "
        f"wrote down is left. A tenth of the units keep less than {ticks_in_words(frequency, low)}, a tenth more than "
        f"{ticks_in_words(frequency, high)}; one step of the cell is {counted}.",
        f"The members see {_range_text([member.spec.context for member in members], frequency)}; "
        f"{beyond:.0%} of the units still hold more than 37% of the oldest when they reach the newest.",
        _say_start(kept, np.concatenate([layer for member in members for layer in member.untrained]), frequency),
    ]
    openings = {name: [member.gates[name] for member in members] for name in members[0].gates}
    told = list_all(
        f"{name} {np.mean([one.mean() for one in of_gate]):.2f} "
        f"({min(one.min() for one in of_gate):.2f} to {max(one.max() for one in of_gate):.2f})"
        for name, of_gate in openings.items()
    )
    sentences.append(
        f"Gates from 0, closed, to 1, open, on average (lowest to highest): {told}. The {gate} gate keeps the old."
    )
    return sentences


def _say_start(kept: FloatArray, untrained: FloatArray, frequency: Frequency) -> str:
    """Return what of the memory is how gates start, which says nothing about the data."""
    now, start = np.percentile(kept, TENTHS), np.percentile(untrained, TENTHS)
    told = (
        f"Before training the middle unit kept for {ticks_in_words(frequency, start[1])}, and a tenth for more than "
        f"{ticks_in_words(frequency, start[2])}"
    )
    if (np.abs(np.log(now / start)) < np.log(MUCH)).all():
        return f"{told}: that is how gates start, and these data have hardly changed it."
    return f"{told}: the rest these data have taught."


def memory_of(members: Sequence[MemberTrace]) -> tuple[FloatArray, FloatArray]:
    """Return the memory of all units of all members, in steps of the series, and the context that each sees."""
    kept = [np.concatenate(member.kept) for member in members]
    contexts = [np.full(len(one), float(member.spec.context)) for one, member in zip(kept, members, strict=True)]
    return np.concatenate(kept), np.concatenate(contexts)


def say_bank(bank: BankUse | None, likeness: Likeness, calibration: Calibration, unit: str) -> list[str]:
    """Return which classical forecaster carries the forecast at which step."""
    kept = np.array(calibration.weights)
    sentences = []
    if kept.min() < 1:
        sentences.append(
            f"To be safe, the forecast leans {_percent_range(1 - kept)} on {spell_baseline(calibration.baseline)}"
            + (": the network then only sets the width of the bands." if kept.max() == 0 else ".")
        )
    if bank is None and kept.max() > 0:
        alone = "the network forecasts alone" if kept.min() == 1 else "the rest is the network's own"
        sentences.append(f"The model has no bank of classical forecasts: {alone}.")
    if bank is not None and kept.max() > 0:
        sentences += _say_shares(bank, unit)
    nearest = [likeness.names[place] for place in likeness.distances.argmin(axis=0)]
    distance = likeness.distances.min(axis=0).mean()
    sentences.append(
        "Of the classical forecasts as textbooks have them, the finished forecast is nearest to "
        f"{_by_step(nearest, unit)} ({distance:.2f} usual changes away)."
    )
    return sentences


def say_effects(effects: Effects, frequency: Frequency, target: str) -> list[str]:
    """Return what moves the forecast, how sure that is, and what the network's own correction does."""
    strongest = float(effects.occlusion.max(initial=0.0))
    if strongest <= ROUNDING * np.abs(effects.forecast).max():
        return ["Nothing moves the forecast: it is the same whatever is hidden."]
    unit = "%" if effects.is_relative else f" {target}"
    order = np.argsort(-effects.occlusion, kind="stable")
    values = [place for place in order if effects.parts[place].kind == "values"][:NAMED]
    signals = [place for place in order if effects.parts[place].kind != "values"]
    sentences = [
        "Of the past, these move the forecast most: "
        + list_all(
            f"{part_text(effects.parts[place], frequency)} (by {_amount(effects.occlusion[place])}{unit})"
            for place in values
        )
        + ", on average over the horizon."
    ]
    if signals:
        told = [f"{part_text(effects.parts[p], frequency)} (by {_amount(effects.occlusion[p])}{unit})" for p in signals]
        idle = all(effects.occlusion[p] <= NEAR_NOTHING * strongest for p in signals)
        names = [part_text(effects.parts[p], frequency) for p in signals]
        sentences.append(
            f"Beside the values nothing moves it, {'not' if len(names) == 1 else 'neither'} {' nor '.join(names)}."
            if idle
            else f"Beside the values{', in this order' if len(told) > 1 else ''}: {list_all(told)}."
        )
    sentences.append(_say_agreement(effects.agreement, effects.gap))
    sentences.append(
        f"Without the network's own correction the forecast would differ by {_amount(effects.correction)}{unit}."
    )
    return sentences


def say_changes(
    changes: Sequence[Change], effects: Effects, season: int, frequency: Frequency, target: str
) -> list[str]:
    """Return what would change the forecast most."""
    unit = "%" if effects.is_relative else f" {target}"
    told = [change for change in changes if change.amount]
    if not told:
        never = "Each season was as the one before" if season > 1 else "Nothing ever changed"
        return [f"{never}, so there is no usual change to try."]
    return [
        f"{_change_text(change, season, frequency, unit)}: the forecast moves by {change.mean:+.3g}{unit} on average, "
        f"most at step {change.at_step} ({change.largest:+.3g}{unit})."
        for change in told
    ]


def part_text(part: Part, frequency: Frequency) -> str:
    """Return a part of the window in words."""
    if part.kind == "values":
        if part.first == part.last:
            return f"the value {part.first} {plural(frequency.unit_name, part.first)} back"
        return f"the values {part.first} to {part.last} {frequency.unit_name}s back"
    if part.kind == "calendar":
        return f"the place in the {part.name}"
    return f"the column {part.name}" + (" (known ahead)" if part.kind == "future" else "")


def _say_shares(bank: BankUse, unit: str) -> list[str]:
    even = 1 / len(bank.names)
    mean = bank.shares.mean(axis=1)
    told = list_all(f"{bank.names[place]} ({mean[place]:.0%})" for place in np.argsort(-mean, kind="stable")[:NAMED])
    most = f"the largest shares are those of {told}"
    leaders = [bank.names[place] for place in bank.shares.argmax(axis=0)]
    if bank.shares.max() > LEADS * even:
        first = f"The bank's gate gives the lead to {_by_step(leaders, unit)}; over the horizon {most}."
    else:
        first = f"No classical forecaster leads in the bank: {most}; an even share is {even:.0%}."
    moved = f"Names say what each started as; training has moved them by {bank.moved.mean():.2f} usual changes since."
    return [first, moved]


def _say_agreement(agreement: Agreement, gap: float) -> str:
    if isnan(agreement.correlation):
        return "There are too few parts to compare two ways of asking."
    verdict = (
        "agree closely"
        if agreement.correlation >= FIRM
        else "agree in the main"
        if agreement.correlation >= LOOSE
        else "disagree, so read this order with care"
    )
    return (
        f"Occlusion and integrated gradients {verdict}: rank correlation {agreement.correlation:.2f}, "
        f"{agreement.shared} of the {agreement.among} strongest are the same "
        f"(the gradients miss {gap:.1%} of the whole)."
    )


def _change_text(change: Change, season: int, frequency: Frequency, unit: str) -> str:
    newest = f"the last {count_in_words(frequency.unit_name, season)}"
    match change.kind:
        case "newest value":
            return f"If the newest value had been {change.amount:.3g}{unit} higher (its usual change)"
        case "newest season":
            return f"If all of {newest} had been {change.amount:.3g}{unit} higher"
        case "past":
            return f"If {change.name} had been {_difference(change.amount)} in {newest}"
        case _:
            return f"If {change.name} were {_difference(change.amount)} over the horizon"


def _difference(amount: float) -> str:
    return f"{abs(amount):.3g} {'higher' if amount > 0 else 'lower'}"


def _runs(names: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return stretches of equal names as (name, first step, last step), counted from 1."""
    runs, step = [], 1
    for name, group in groupby(names):
        length = len(list(group))
        runs.append((name, step, step + length - 1))
        step += length
    return runs


def _by_step(names: Sequence[str], unit: str) -> str:
    """Return who comes first at which steps: stretches if they are few, else counts."""
    runs = _runs(names)
    if len(runs) == 1:
        return f"{names[0]} at every step"
    if len(runs) <= NAMED:
        return list_all(f"{name} ({_steps_text(first, last, unit)})" for name, first, last in runs)
    counts = Counter(names).most_common(NAMED)
    return list_all(f"{name} (at {count} of {len(names)} {unit}s)" for name, count in counts)


def _steps_text(first: int, last: int, unit: str) -> str:
    return f"{unit} {first}" if first == last else f"{unit}s {first} to {last}"


def _range_text(contexts: Sequence[int], frequency: Frequency) -> str:
    low, high = min(contexts), max(contexts)
    if low == high:
        return ticks_in_words(frequency, low)
    return f"{ticks_in_words(frequency, low)} to {ticks_in_words(frequency, high)}"


def _percent_range(shares: FloatArray) -> str:
    low, high = f"{shares.min():.0%}", f"{shares.max():.0%}"
    return low if low == high else f"{low} to {high}"


def _amount(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
