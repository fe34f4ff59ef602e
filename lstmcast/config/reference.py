"""Writes down the config format: as a JSON Schema for editors, and as a Markdown page for people.

`python -m lstmcast.config.reference` rewrites both files in the repository that it is run in.
"""

import json
import re
from pathlib import Path
from typing import Any

from lstmcast.config import auto
from lstmcast.config.json_schema import json_schema, json_schema_text
from lstmcast.config.keys import sections
from lstmcast.config.wording import allowed, find_node
from lstmcast.records import MISSING

SCHEMA_FILE = "configs/lstmcast.schema.json"
REFERENCE_FILE = "docs/config.md"

_INTRODUCTION = """\
# The config file

One YAML file describes one job. This page is generated from the code (`python -m lstmcast.config.reference`);
`lstmcast schema` prints the same as a JSON Schema, by which editors complete and check a config that begins with

```yaml
# yaml-language-server: $schema=lstmcast.schema.json
```

The smallest config names a file, the column to forecast and how far:

```yaml
data:
  path: sales.csv
  time: day
  target: sold
forecast:
  horizon: 14
```

## How values are read

- `auto` means: decided from the data by a documented rule. What was decided is written out in the saved model.
- Relative paths start from the folder of the config file; `~` is no home in them.
- Only `true`, `false`, `null` (also `~`, or nothing) and decimal numbers are more than text. `no`, `on`, `12:30`, `010`
  and `2024-01-31` stay text; `1e-3` is a number. Quotes make anything text: a column named 2024 is `"2024"`.
- Unknown and doubled keys, wrong types, tags (`!!…`), anchors (`&`), aliases (`*`) and merge keys (`<<`) are errors,
  which tell the file, the line, the key and the nearest match. All faults are told at once.
- A section without lines is one whose keys all have their defaults.

## Overrides

Each key can be overridden, the last of these counting most: the file, a variable, an option.

```sh
LSTMCAST_TRAIN_SEED=7 lstmcast train sales.yaml --set forecast.horizon=28 --set 'forecast.levels=[50, 90]'
```

A variable is the key in capitals with `_` for `.`, after `LSTMCAST_`; a variable of that kind that fits no key is an
error. Values are read as in the file; a list is written `[a, b]`. Relative paths in overrides start from the current
folder, as paths on a command line do.
"""


def config_reference() -> str:
    """Return the Markdown page that tells each key's type, default and meaning."""
    tables = (_section_table(path) for path in sections())
    return "\n".join(
        (_INTRODUCTION, "## What `auto` decides", "", *_auto_rules(), "", "## Keys", "", "\n".join(tables))
    )


def _auto_rules() -> list[str]:
    """Return the table of rules, whose source is the docstring of `config.auto`; there a row may go on in the next."""
    rows: list[list[str]] = []
    for line in (auto.__doc__ or "").splitlines():
        if not line.startswith("|"):
            continue
        name, rule = (cell.strip() for cell in line.strip("|").split("|"))
        if name:
            rows.append([name, rule])
        else:
            rows[-1][1] += f" {rule}"
    return [f"| {name} | {rule} |" for name, rule in rows]


def _section_table(path: tuple[str, ...]) -> str:
    record = sections()[path]
    title = f"### `{'.'.join(path)}`" if path else "### At the top"
    lines = [title, "", f"{record.__doc__}", "", "| key | value | default | meaning |", "|---|---|---|---|"]
    schema = json_schema()
    for name, facts in record.known_keys.items():
        key = (*path, name)
        if key not in sections():
            default = "required" if facts.default is MISSING else f"`{_yaml_of(facts.default)}`"
            value = re.sub("'(.*?)'", r"`\1`", allowed(find_node(schema, key)))
            lines.append(f"| `{name}` | {value} | {default} | {facts.description} |")
    return "\n".join((*lines, ""))


def _yaml_of(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_yaml_of(item) for item in value)}]"
    return value if isinstance(value, str) else json.dumps(value)


def _write(root: Path) -> None:
    (root / SCHEMA_FILE).write_text(json_schema_text(), encoding="utf-8")
    (root / REFERENCE_FILE).write_text(config_reference(), encoding="utf-8")


if __name__ == "__main__":
    _write(Path.cwd())
