"""What the gate said of a version, as its metrics remember it."""

from collections.abc import Mapping
from typing import Any

GATE = "gate"


def refusal_of(metrics: Mapping[str, Any]) -> str | None:
    """Return why the gate did not let a version through, if so."""
    refusal = _noted(metrics).get("refusal")
    return refusal if isinstance(refusal, str) else None


def describe_passage(metrics: Mapping[str, Any]) -> str:
    """Return what the gate said of a version; nothing where that is not known."""
    if refusal := refusal_of(metrics):
        return f"held back: {refusal}"
    noted = _noted(metrics)
    doubt = noted.get("doubt")
    return f"let through: {doubt}" if doubt else "passed" if noted else ""


def _noted(metrics: Mapping[str, Any]) -> Mapping[str, Any]:
    noted = metrics.get(GATE)
    return noted if isinstance(noted, dict) else {}
