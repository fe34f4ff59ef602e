from pathlib import Path

from lstmcast.cli.reference import cli_reference


def test_the_page_about_the_command_line_is_current():
    page = Path(__file__).parents[2] / "docs" / "cli.md"

    assert page.read_text(encoding="utf-8") == cli_reference(), "run `python -m lstmcast.cli.reference`"
