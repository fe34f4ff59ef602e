"""When something was, as the files of a workspace have it."""

from datetime import datetime
from typing import Annotated

from lstmcast.kinds import Checked, Limits, Pattern


def _check_moment(text: str) -> str:
    """Return `text` if the calendar has such a moment, else raise a ValueError."""
    datetime.fromisoformat(text)
    return text


Moment = Annotated[str, Pattern(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"), Checked(_check_moment)]
Tick = Annotated[int, Limits(ge=-(2**62), le=2**62)]
