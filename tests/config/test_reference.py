from pathlib import Path

from lstmcast.config.json_schema import json_schema, json_schema_text
from lstmcast.config.keys import dotted_keys
from lstmcast.config.reference import REFERENCE_FILE, SCHEMA_FILE, config_reference

REPOSITORY = Path(__file__).parents[2]
REMEDY = "run `python -m lstmcast.config.reference` in the repository"


def test_the_committed_json_schema_is_what_the_code_says():
    assert (REPOSITORY / SCHEMA_FILE).read_text(encoding="utf-8") == json_schema_text(), REMEDY


def test_the_committed_config_reference_is_what_the_code_says():
    assert (REPOSITORY / REFERENCE_FILE).read_text(encoding="utf-8") == config_reference(), REMEDY


def test_the_json_schema_describes_every_key():
    schema = json_schema()

    records = [schema, *schema["$defs"].values()]
    nodes = [node for record in records for node in (record, *record["properties"].values()) if "$ref" not in node]
    assert all("description" in node for node in nodes)
    assert schema["required"] == ["data", "forecast"]
    assert all(record["additionalProperties"] is False for record in records)


def test_the_config_reference_names_every_key_with_its_limits_and_default():
    page = config_reference()

    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == [key.rsplit(".", 1)[-1] for key in dotted_keys()]
    assert "| `units` | `auto` or a whole number from 1 to 1024 | `auto` | Size of the cell's state. |" in rows
    assert "| `horizon` | a whole number from 1 to 10000 | required | Number of steps to forecast. |" in rows
