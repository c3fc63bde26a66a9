"""A binary tree of named leaves, drawn with lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from .._quoting import printable
from .formatting import counted_rows

__all__ = ["draw_tree"]

_LEAST_LINES, _LONGEST_NAME = 12, 40


def draw_tree(
    names: Sequence[str], sizes: Sequence[float], joins: Sequence[tuple[int, int, float]], width: int
) -> str:  # fmt: skip
    """One line a leaf with its name and size, and the joins (left, right, height from 0 to 1) to the right of them.

    Leaves have the positions from 0, joins those that follow.
    """
    shown = [_shortened(printable(name)) for name in names]
    counts = [counted_rows(size) for size in sizes]
    k, wide, count_wide = len(names), max(map(len, shown)), max(map(len, counts))
    start = [f"{name:<{wide}}  {count:>{count_wide}} " for name, count in zip(shown, counts, strict=True)]
    line = {leaf: 2 * place for place, leaf in enumerate(_order(k, joins))}
    above = _joins_above(k, joins)
    columns = max(_LEAST_LINES, 2 + max(above.values(), default=0), width - len(start[0]) - 1)
    grid = [[" "] * (columns + 1) for _ in range(2 * k - 1)]
    reached = dict.fromkeys(range(k), 0)  # the column up to which a group is drawn
    for number, (left, right, height) in enumerate(joins, k):
        at = max(round(height * (columns - 1)), reached[left], reached[right], 1)
        at = min(at, columns - 1 - above[number])
        top, bottom = sorted((left, right), key=line.__getitem__)
        for group in (top, bottom):
            for column in range(reached[group], at):
                grid[line[group]][column] = "─"
        middle = (line[top] + line[bottom]) // 2
        for row in range(line[top], line[bottom] + 1):
            grid[row][at] = "┐" if row == line[top] else "┘" if row == line[bottom] else "├" if row == middle else "│"
        line[number], reached[number] = middle, at + 1
    if joins:
        grid[line[k + len(joins) - 1]][reached[k + len(joins) - 1]] = "─"
    leaf_on = {2 * place: leaf for place, leaf in enumerate(_order(k, joins))}
    blank = " " * len(start[0])
    lines = [(start[leaf_on[row]] if row in leaf_on else blank) + "".join(cells) for row, cells in enumerate(grid)]
    return "\n".join(text.rstrip() for text in lines)


def _joins_above(k: int, joins: Sequence[tuple[int, int, float]]) -> dict[int, int]:
    """How many joins are still to come from each on, which need a column each."""
    above = {k + len(joins) - 1: 0} if joins else {}
    for number in range(k + len(joins) - 1, k - 1, -1):
        for group in joins[number - k][:2]:
            above[group] = above[number] + 1
    return above


def _order(k: int, joins: Sequence[tuple[int, int, float]]) -> list[int]:
    """The leaves from top to bottom, so that no lines cross."""
    members: dict[int, list[int]] = {leaf: [leaf] for leaf in range(k)}
    for number, (left, right, _) in enumerate(joins, k):
        members[number] = members.pop(left) + members.pop(right)
    return [leaf for group in members.values() for leaf in group]


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 3] + "..."
