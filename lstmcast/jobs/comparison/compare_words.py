"""What a comparison of cells means, in words, and no more than its figures carry."""

from collections.abc import Iterator, Mapping, Sequence

from lstmcast.evaluation.compare import Difference
from lstmcast.evaluation.titles import title_of
from lstmcast.jobs.comparison.compare_result import FlowRow
from lstmcast.plurals import count_things, list_all

LITTLE_LEFT = 0.01  # of a gradient: what comes from there is hardly learnt
ABOUT_ALL = 0.5
Against = Mapping[str, Mapping[str, Difference]]  # how each network differs from each other forecaster

FEW_STEPS = 8  # of the cell: too few to speak of memory
WHY_NOT_PROVED = {
    "seed noise": "no more than seed noise",
    "these windows only": "other windows might show the opposite",
    "better at this origin": "at this one origin; others might show the opposite",
    "worse at this origin": "at this one origin; others might show the opposite",
    "one seed": "one seed cannot tell seed noise",
}


def choose_cell(configured: str, ranked: Sequence[str], against: Against) -> str:
    """Return the cell to use: the configured one, unless the best is better than it beyond seeds and windows."""
    best = ranked[0]
    if configured not in ranked or configured == best or against[best][configured].finding == "better":
        return best
    return configured


def say_choice(configured: str, use: str, ranked: Sequence[str], against: Against, metric: str) -> Iterator[str]:
    """Yield which cell to use, and why; `ranked` are the cells, that with the lowest score first."""
    best, title = ranked[0], title_of(metric)
    if use != configured and configured in ranked:
        saved = _difference_text(against[use][configured])
        yield f"Use model.cell: {use}: its {title} is {saved} that of {configured}, beyond seeds and windows."
    elif use != configured:
        yield f"Use model.cell: {use}: it has the lowest {title}."
    elif use == best:
        yield f"Keep model.cell: {use}: it has the lowest {title}."
    else:
        yield f"Keep model.cell: {use}: the {title} of {best} is {_difference_text(against[best][use])} it."
    alike = {name: against[best][name] for name in ranked[1:] if use == best}
    alike = {name: one for name, one in alike.items() if one.finding != "better"}
    if alike:
        yield f"Not clearly ahead of {list_all(alike)}: its {title} is {_differences_text(alike)}."


def say_memory(linear: Difference | None, metric: str, past: Sequence[str]) -> Iterator[str]:
    """Yield what the recurrent part is worth; `linear` is how the cell in use differs from the linear network.

    Of covariates of the `past` that one reads nothing: then it is not known whether memory or they make the difference.
    """
    if linear is None:
        return
    told = f"with it the {title_of(metric)} is {_difference_text(linear)} that of the linear network"
    if past:
        names = list_all(past)
        yield (
            f"What the recurrent part is worth cannot be told beside data.past: {told}, which reads nothing of "
            f"{names}. Without them (--set data.past=[]) memory alone would make the difference."
        )
    elif linear.finding == "better":
        yield f"The recurrent part earns its place: {told}."
    elif linear.finding == "worse":
        yield f"The recurrent part does harm here: {told}."
    else:
        yield f"What the recurrent part is worth is not proved: {told}."


def say_naive(use: str, naive: Mapping[str, Difference], metric: str) -> Iterator[str]:
    """Yield which baselines are clearly beaten, and which not; `naive`: how the cell in use differs from them."""
    title = title_of(metric)
    beaten = [name for name, one in naive.items() if one.finding == "better"]
    left = {name: one for name, one in naive.items() if name not in beaten}
    if beaten:
        yield f"{use} is clearly better than {list_all(beaten)}."
    if left:
        yield f"{use} is not clearly better than {list_all(left)}: its {title} is {_differences_text(left)}."


def say_flow(rows: Sequence[FlowRow]) -> Iterator[str]:
    """Yield how far each trained cell's gradient reaches back."""
    for row in rows:
        if row.steps < 2:
            yield f"{row.cell}: the cell takes one step only; there is nothing to carry."
            continue
        back = f"{count_things(row.steps - 1, 'step')} of the cell ({(row.steps - 1) * row.segment} of the series) back"
        reach = f", 1% is left after {row.reach}" if row.reach is not None else ""
        yield (
            f"{row.cell}, {row.state}: the gradient {row.finding}: {row.left:.2g} of the newest step's "
            f"is left {back}, x {row.per_step:.2f} a step{reach}."
        )
    if rows and rows[0].steps < FEW_STEPS:
        yield (
            f"The cell takes only {count_things(rows[0].steps, 'step')} of {rows[0].segment}; "
            "what many steps do to the gradient shows with --set model.segment=1."
        )


def name_flow(left: float) -> str:
    """Return the word for a gradient of which so much reaches the oldest step."""
    if left < LITTLE_LEFT:
        return "vanishes"
    if left > 1 / LITTLE_LEFT:
        return "explodes"
    return "fades" if left < ABOUT_ALL else "grows" if left > 1 / ABOUT_ALL else "holds"


def _difference_text(found: Difference) -> str:
    """Return how far an error lies below or above another, with what keeps it from being proved."""
    why = WHY_NOT_PROVED.get(found.finding)
    return f"{abs(found.saved):.1%}{f' ({why})' if why else ''} {_side(found)}"


def _differences_text(differences: Mapping[str, Difference]) -> str:
    """Return how far an error lies below or above those of several, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for name, found in differences.items():
        told = f"{abs(found.saved):.1%} {_side(found)} that of {name}"
        by_reason.setdefault(WHY_NOT_PROVED.get(found.finding, "clearly so"), []).append(told)
    return "; ".join(f"{list_all(told)} ({why})" for why, told in by_reason.items())


def _side(found: Difference) -> str:
    return "below" if found.saved >= 0 else "above"
