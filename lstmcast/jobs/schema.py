"""The config's form, as `lstmcast schema` prints it."""

from typing import Any

from lstmcast.config.json_schema import json_schema


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the config."""
    return json_schema()
