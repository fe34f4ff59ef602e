"""Chooses how the numbers of a file are written: their decimal sign, and the sign between thousands."""

from collections.abc import Sequence

from lstmcast.data.survey.columns import SPACES_AND_APOSTROPHES, Column
from lstmcast.data.survey.number_signs import PLAIN, Signs
from lstmcast.errors import DataError


def doubt_points(columns: Sequence[Column], separator: str, time_format: Sequence[str]) -> str:
    """Return why a point may stand between thousands, in a file of a country that writes decimal commas."""
    grouped = next((column for column in columns if column.grouped is not None and column.grouped.sign == "."), None)
    has_commas = separator == ";" or any("%d.%m." in pattern for pattern in time_format)
    if grouped is None or grouped.grouped is None or not has_commas:
        return ""
    return (
        f"{grouped.grouped.example!r} in column {grouped.name!r} could be over a thousand: then set data.csv.thousands"
    )


def choose_style(where: str, columns: Sequence[Column], separator: str) -> tuple[Signs, dict[str, str]]:
    """Return how the numbers of the file are written, in which all columns have to agree, and doubts."""
    for column in columns:
        grouped = column.grouped
        if grouped is None or not grouped.is_certain:
            continue
        style: Signs = (",", ".") if grouped.sign == "." else (".", ",")
        if all(style in other.styles for other in columns if other.styles):
            why = f"{grouped.example!r} in column {column.name!r} is over a thousand: small numbers there are whole"
            return style, {"csv.thousands": why}
    if separator == "," and (example := _maybe_thousands(columns)):
        why = f"{example} could have a decimal comma, but commas stand between cells as well; then set data.csv.decimal"
        return (".", ","), {"csv.thousands": why}
    shared = _shared_style(where, columns)
    if shared[0] == "," and separator == ",":
        return shared, {"csv.decimal": "commas stand between cells as well; see that numbers are right"}
    return shared, {}


def _maybe_thousands(columns: Sequence[Column]) -> str:
    """Return a number with a comma before its last three digits, if all that need a comma are such."""
    needing = [column for column in columns if column.styles and PLAIN not in column.styles]
    if not all(column.grouped is not None and column.grouped.sign == "," for column in needing):
        return ""
    return next((f"{column.grouped.example!r} in column {column.name!r}" for column in needing if column.grouped), "")


def _shared_style(where: str, columns: Sequence[Column]) -> Signs:
    needing = [column for column in columns if column.styles and PLAIN not in column.styles]
    if not needing:
        return PLAIN
    numbers = [column for column in columns if column.styles]
    shared = [style for style in needing[0].styles if all(style in column.styles for column in numbers)]
    shared = shared or [style for style in needing[0].styles if all(style in column.styles for column in needing)]
    decimals, thousands = ({style[place] for style in shared} for place in (0, 1))
    if len(decimals) > 1 and not thousands <= set(SPACES_AND_APOSTROPHES):  # beside these, decimals would be seen
        raise DataError(
            f"{where}: column {needing[0].name!r}: {needing[0].example!r} can be read two ways; "
            "add --set data.csv.decimal=, or --set data.csv.thousands=,"
        )
    return (shared or needing[0].styles)[0]
