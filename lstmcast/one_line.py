"""Names from data may hold anything: here they get into lines of ours."""

LONGEST = 5_000  # letters of a message; a cell of a damaged file may have millions
END = 500  # letters of a message, in which it says what to do


def on_one_line(text: str) -> str:
    """Return the text with blanks for what would end its line, or steer a terminal."""
    return "".join(mark if mark.isprintable() else " " for mark in text)


def shorten(message: str) -> str:
    """Return a message as it is, or without its midst if it is longer than anybody reads."""
    return message if len(message) <= LONGEST else f"{message[: LONGEST - END]} ... {message[-END:]}"
