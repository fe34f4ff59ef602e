"""The pages tell the truth: links lead somewhere, quoted code is the code, commands and targets exist."""

import re
import textwrap
from pathlib import Path

import pytest

from lstmcast.cli.groups import CommandGroup
from lstmcast.cli.main import SUMMARIES, lstmcast
from lstmcast.errors import INTERRUPTED, TERMINATED, LstmcastError

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += [ROOT / "data" / "README.md", *sorted((ROOT / "benchmarks").glob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def blocks(page: Path, *languages: str) -> list[str]:
    return [text for language, text in BLOCK.findall(page.read_text(encoding="utf-8")) if language in languages]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def shown_commands() -> list[str]:
    lines = [line for page in PAGES for text in blocks(page, "sh", "text") for line in text.splitlines()]
    found = {call for line in lines for call in re.findall(r"(?:^|[\s/])lstmcast +([a-z][^#|>]*)", line)}
    return sorted(call.strip() for call in found)


@every_page
def test_links_lead_to_files_and_headings_that_are_there(page):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page

        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@every_page
def test_no_page_sends_its_reader_to_another_machine(page):
    assert "://" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("call", shown_commands())
def test_commands_that_pages_show_exist_with_their_options(call):
    words = call.split()
    command = lstmcast.get_command(None, words[0])
    assert command is not None, words[0]

    if isinstance(command, CommandGroup) and len(words) > 1 and words[1].islower():
        assert words[1] in command.commands
        command = command.commands[words[1]]
    known = {name for option in command.params for name in option.opts} | {"--help"}

    assert {word for word in words if word.startswith("--")} <= known


def test_targets_that_pages_show_are_in_the_makefile():
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    shown = {target for text in texts for target in re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)}

    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert {"demo", "test"} <= shown <= targets


def test_the_page_of_the_mathematics_quotes_the_code_line_by_line():
    sources = (ROOT / "lstmcast" / "network").glob("*.py")
    code = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    quoted = blocks(ROOT / "docs" / "mathematics.md", "python")

    assert len(quoted) > 5
    assert [text for text in quoted if text not in code] == []


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_the_page_of_the_mathematics_shows_every_line_of_a_step_of_a_cell(cell):
    code = (ROOT / "lstmcast" / "network" / "cells.py").read_text(encoding="utf-8")
    body = code.split(f"def run_{cell}(")[1].split("\n\n\n")[0]
    loop = body.split("for step in range(steps):\n")[1].split("        states[step] = hidden")[0]

    assert textwrap.dedent(loop) in [textwrap.dedent(text) for text in blocks(ROOT / "docs/mathematics.md", "python")]


def equation_rows() -> list[tuple[str, str]]:
    page = (ROOT / "docs" / "mathematics.md").read_text(encoding="utf-8")
    tables = page.split("| equation | line of `lstmcast/network/cells.py` |\n|---|---|\n")[1:]
    lines = [line for table in tables for line in table.split("\n\n")[0].splitlines()]
    return [
        (equation.strip(), code.strip().strip("`")) for equation, code in (line.strip("|").split("|") for line in lines)
    ]


def test_each_equation_of_a_gate_stands_beside_its_line_of_the_code():
    code = (ROOT / "lstmcast" / "network" / "cells.py").read_text(encoding="utf-8")
    rows = equation_rows()

    assert [line for _, line in rows if line not in code] == []
    assert len(rows) > 15


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_no_line_of_a_cell_that_computes_is_without_its_equation(cell):
    code = (ROOT / "lstmcast" / "network" / "cells.py").read_text(encoding="utf-8")
    body = code.split(f"def run_{cell}(")[1].split("\n\n\n")[0]
    loop = body.split("for step in range(steps):\n")[1].split("        states[step] = hidden")[0]
    quoted = {line for _, line in equation_rows()}

    assert {line.split("  #")[0].strip() for line in loop.splitlines()} <= quoted


def test_the_guide_says_what_to_do_for_every_exit_code():
    page = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\d, ]+) \| (?:`([\w-]+)`)? ?\|", page, re.MULTILINE)
    told = {int(code): name for codes, name in rows for code in codes.split(", ")}
    errors = {error.exit_code: error.name for error in LstmcastError.__subclasses__()}

    assert told.items() >= errors.items()
    assert told.keys() >= {1, 2, INTERRUPTED, TERMINATED}


def test_the_readme_names_every_command():
    page = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in SUMMARIES if f"`{name}`" not in page] == []
