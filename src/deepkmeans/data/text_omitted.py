"""Lines inside a text table that are no rows: rules drawn with dashes, and its names once more, as in joined files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .request import Request
from .text_header import find_header
from .text_records import Layout

__all__ = ["find_repeats", "find_rules", "is_rule"]

#: As Markdown, psql and SQL Server draw them.
_RULE = re.compile(r"(?=.*[|+])(?=.*(-{3}|={3}|-:|:-))[-=|+:\s]+|-{3,}([ \t]+-{3,})+")
#: So many lines are named.
_NAMED = 4


def is_rule(line: str) -> bool:
    """Whether the line is drawn between the rows of a table."""
    return _RULE.fullmatch(line.strip()) is not None


def find_rules(request: Request, lines: Sequence[str]) -> frozenset[int]:
    """The first ``lines`` that are rules, counted from 1; that is noted."""
    rules = [number for number, line in enumerate(lines, 1) if is_rule(line)]
    if not rules or request.format.comment == "" or len(rules) == sum(bool(line.strip()) for line in lines):
        return frozenset()
    _note(request, rules, "is a rule", "are rules")
    return frozenset(rules)


def find_repeats(
    request: Request, layout: Layout, first: Sequence[str], below: Sequence[Sequence[str]]
) -> frozenset[int]:  # fmt: skip
    """The lines that hold the names once more; none if the first record may be a row. They are noted.

    ``first`` is the record of the names, ``below`` are some below it. A column may have been added to the names alone.
    """
    asked = request.format
    if len(first) < 2 or asked.comment == "" or asked.header is False:
        return frozenset()
    others = [cells for cells in below if cells != [*first][: len(cells)]]
    header = find_header(first, others, commas=layout.commas)
    if not others or not (header.names and header.sure):
        return frozenset()
    lines = enumerate(map(str.strip, layout.lines()), 1)
    names = next((line for _, line in lines if line), "").lstrip("\ufeff")
    shortest = names.rpartition(layout.delimiter)[0] or names
    repeats = [number for number, line in lines if line and names.startswith(line) and len(line) >= len(shortest)]
    if repeats:
        _note(request, repeats, "repeats the names", "repeat the names")
    return frozenset(repeats)


def _note(request: Request, lines: Iterable[int], one: str, several: str) -> None:
    numbers = [*map(str, lines)]
    if len(numbers) == 1:
        request.notes.append(f"line {numbers[0]} {one} and is left out; comment='' reads it as a row")
        return
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    request.notes.append(
        f"lines {', '.join(numbers[:_NAMED])}{more} {several} and are left out; comment='' reads them as rows"
    )
