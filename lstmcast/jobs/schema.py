"""The config's form, as `lstmcast schema` prints it."""

from typing import Any

from lstmcast.config.reference import json_schema


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the config."""
    return json_schema()
