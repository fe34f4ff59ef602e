"""Names from data may hold anything: here they get into lines of ours."""


def on_one_line(text: str) -> str:
    """Return the text with blanks for what would end its line, or steer a terminal."""
    return "".join(mark if mark.isprintable() else " " for mark in text)
