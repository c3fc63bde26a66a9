"""What the columns of one table decide for one another: the decimal mark, the order of day and month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from .column import ColumnCells
from .kind import CONSTANT_NUMBER, ONE_NUMBER, Column
from .recognition import recognise_column

__all__ = ["agreed", "as_numbers_alone"]


def agreed(columns: Sequence[Column], cells: Callable[[Column], ColumnCells], decimal: str | None) -> list[Column]:
    """Columns of which their own cells leave a doubt, read as those are that leave none.

    Parameters
    ----------
    columns : sequence of Column
        As each is on its own.
    cells : callable
        The cells of a column.
    decimal : {".", ","} or None
        The decimal mark that the user gave.
    """
    common = decimal or _majority(columns, "decimal")
    order = _majority(columns, "order") or ("dmy" if common == "," else None)
    read = []
    for column in columns:
        if column.options.get("ambiguous"):
            known = common if "decimal" in column.options else order
            if known is None or column.reason == "as you said":
                column = replace(column, notes=(*column.notes, _doubt(column)))
            else:
                column = recognise_column(column.name, cells(column), decimal=common, order=order)
        elif common and column.options.keys() & {"decimal", "sure", "split"} == {"decimal"}:
            column = replace(column, options={**column.options, "decimal": common})
        if decimal and "split" not in column.options and column.options.get("decimal", decimal) != decimal:
            other = column.options["decimal"]
            note = f"written with {other!r}, so that the decimal mark {decimal!r} that you gave is not used"
            column = replace(column, notes=(*column.notes, note))
        options = {name: value for name, value in column.options.items() if name not in ("ambiguous", "sure")}
        read.append(replace(column, options=options))
    return read


def as_numbers_alone(columns: Sequence[Column]) -> list[Column]:
    """A table of numbers alone keeps columns with one value or none, as an array does."""
    one = [column.reason in (CONSTANT_NUMBER, ONE_NUMBER) for column in columns]
    several = [column for column, alone in zip(columns, one, strict=True) if not alone]
    kinds = {column.kind for column in several}
    words = [column for column in several if column.kind == "constant" or (column.kind == "boolean" and column.options)]
    if "number" not in kinds or words or kinds - _NUMERIC:
        return list(columns)
    return [
        replace(column, kind="number") if column.kind in ("constant", "empty") or (alone and column.kind == "category")
        else column
        for column, alone in zip(columns, one, strict=True)
    ]  # fmt: skip


_NUMERIC = {"number", "boolean", "empty", "identifier", "ignored"}


def _majority(columns: Sequence[Column], option: str) -> str | None:
    """What most of the columns that are sure say; None for a tie."""
    sure = [column.options for column in columns if column.options.get("sure")]
    votes = Counter(options[option] for options in sure if option in options)
    ranked = votes.most_common(2)
    return None if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]) else ranked[0][0]


def _doubt(column: Column) -> str:
    if "decimal" in column.options:
        mark = column.options["decimal"]
        other = "," if mark == "." else "."
        return f"{mark!r} is read as the decimal mark, {other!r} as thousands; if not, InputSpec(decimal={other!r})"
    words = {"dmy": "day before month", "mdy": "month before day"}[column.options["order"]]
    return f"no cell tells the order of day and month: read as {words}; write dates as 2024-12-31 to be sure"
