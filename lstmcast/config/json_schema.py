"""The config's form as a JSON Schema: for editors, and for what is said of a wrong value."""

import json
from typing import Any

from lstmcast.config.schema import Config


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a config file."""
    schema = Config.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "lstmcast config",
    }


def json_schema_text() -> str:
    """Return the JSON Schema as the text of a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
