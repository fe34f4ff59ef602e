"""The house keeps its floors: imports point down, third-party libraries have one home, nothing goes in circles."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "lstmcast"
FLOORS = {
    "lstmcast": 0,  # the version
    "errors": 0,
    "drafts": 0,
    "files": 0,
    "control_groups": 0,
    "cores": 0,
    "pipes": 0,
    "plurals": 0,
    "spool": 0,
    "ahead": 0,
    "arrays": 0,
    "spelling": 0,
    "one_line": 0,
    "records": 0,
    "kinds": 0,
    "json_text": 0,
    "config": 1,
    "data": 2,
    "network": 3,
    "training": 4,
    "evaluation": 4,
    "store": 4,
    "report": 5,
    "export": 5,
    "jobs": 6,
    "cli": 7,
    "__main__": 8,
}
HOMES = {
    "click": "cli",
    "rich": "cli",
    "keras": "training",
    "tensorflow": "training",
    "matplotlib": "report",
    "yaml": "config",
    "pandas": "data",
    "holidays": "data",
    "pyarrow": "data",
    "zstandard": "data",
    "safetensors": "store",
    "statsforecast": "evaluation",
    "onnx": "export",
    "tf2onnx": "export",
    "onnxruntime": "export",
    "ai_edge_litert": "export",
}

Imports = Mapping[str, set[str]]  # module -> what it imports, wherever in its text


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def all_imports() -> Imports:
    found = {module_name(path): set(imported_names(ast.parse(path.read_text()))) for path in PACKAGE.rglob("*.py")}
    return {module: {nearest_module(name, found) for name in names} for module, names in found.items()}


def nearest_module(name: str, modules: Mapping[str, object]) -> str:
    """`lstmcast.data.panel.Panel` is something in the module `lstmcast.data.panel`."""
    parent = name.rpartition(".")[0]
    return parent if name.startswith("lstmcast") and name not in modules and parent else name


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def own_imports(imports: Imports) -> Iterator[tuple[str, str]]:
    for module, names in imports.items():
        yield from ((module, name) for name in names if name.split(".")[0] == "lstmcast")


def test_every_module_has_a_floor():
    rooms = {room(module) for module in all_imports()}

    assert rooms - FLOORS.keys() == set()


def test_imports_point_to_lower_floors_only():
    upward = [
        f"{module} (floor {FLOORS[room(module)]}) imports {name} (floor {FLOORS[room(name)]})"
        for module, name in own_imports(all_imports())
        if room(module) != room(name) and FLOORS[room(name)] >= max(FLOORS[room(module)], 1)
    ]

    assert upward == []


def test_third_party_libraries_stay_in_their_homes():
    strays = [
        f"{module} imports {name}"
        for module, names in all_imports().items()
        for name in names
        if HOMES.get(name.split(".")[0], room(module)) != room(module)
    ]

    assert strays == []


def test_no_modules_import_each_other_in_a_circle():
    imports = all_imports()
    below = {module: {name for name in names if name in imports} for module, names in imports.items()}

    while free := {module for module, names in below.items() if not names}:
        below = {module: names - free for module, names in below.items() if module not in free}

    assert below == {}


def test_commands_serve_the_command_line_only():
    packages = {".".join(module.split(".")[:3]) for module in all_imports() if module.count(".") > 2}
    served = [
        f"{module} imports {name}"
        for module, name in own_imports(all_imports())
        if name.startswith("lstmcast.jobs.") and name.count(".") == 2 and name not in packages and room(module) != "cli"
    ]

    assert served == []


@pytest.mark.parametrize("house", ["lstmcast.data", "lstmcast.jobs"])
def test_the_rooms_of_a_room_import_each_other_in_no_circle(house: str):
    depth = house.count(".") + 2
    below: dict[str, set[str]] = {}
    for module, name in own_imports(all_imports()):
        if module.startswith(f"{house}.") and name.startswith(f"{house}."):
            here, there = (".".join(one.split(".")[:depth]) for one in (module, name))
            below.setdefault(here, set()).update({there} - {here})
            below.setdefault(there, set())

    while free := {name for name, others in below.items() if not others}:
        below = {name: others - free for name, others in below.items() if name not in free}

    assert below == {}


def names_taken_from(path: Path) -> set[tuple[str, str]]:
    """Return the modules and names that a file imports, and all attributes that it asks for, of any module."""
    taken = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            taken |= {(node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Attribute):
            taken.add(("", node.attr))
    return taken


def test_a_function_that_only_its_own_module_uses_is_private():
    files = [*PACKAGE.rglob("*.py"), *PACKAGE.parent.glob("tests/**/*.py"), *PACKAGE.parent.glob("benchmarks/**/*.py")]
    taken_by = {path: names_taken_from(path) for path in files}
    unused = []
    users = Counter(name for taken in taken_by.values() for name in taken)
    for path in PACKAGE.rglob("*.py"):
        module = module_name(path)
        elsewhere = {name for name in users if users[name] > (name in taken_by[path])}
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.name.endswith("command"):
                continue
            if (module, node.name) not in elsewhere and ("", node.name) not in elsewhere:
                unused.append(f"{module}: {node.name}")

    assert unused == []
