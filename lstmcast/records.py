"""The base of every record that crosses a file: frozen, closed, and checked when it comes to exist."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen record that takes no unknown field and converts nothing silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
