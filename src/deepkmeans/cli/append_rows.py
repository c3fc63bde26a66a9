"""What each row of a file gets: a cluster, in a column with a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ..exceptions import InvalidDataError

__all__ = ["Cells", "check_count", "cluster_name"]

#: What is known of each row: its cluster, or None for one that was left out.
Cells = Sequence[int | None]


def cluster_name(names: Iterable[str]) -> str:
    """``cluster``, or ``cluster.1`` and so on if there is such a column."""
    taken, name, number = set(names), "cluster", 0
    while name in taken:
        number += 1
        name = f"cluster.{number}"
    return name


def check_count(count: int, cells: Cells, source: Path, *, so_far: bool = False) -> None:
    """Refuse a file that has other rows than those that got ``cells``; ``so_far``: more may follow.

    Raises
    ------
    InvalidDataError
    """
    if count > len(cells) or (count < len(cells) and not so_far):
        raise InvalidDataError(f"{source} changed while the command ran: it had {len(cells)} rows and has others now")
