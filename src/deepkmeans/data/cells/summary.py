"""What was recognised, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..._quoting import short
from .kind import Column

__all__ = ["PLURAL", "lines"]

#: What the columns of a kind hold.
PLURAL = {
    "number": "numbers", "boolean": "yes or no", "category": "categories", "ordinal": "ordered levels",
    "date": "dates and times", "text": "texts", "list": "lists", "identifier": "keys of rows",
    "constant": "the same everywhere", "empty": "empty", "link": "links", "image": "paths of images",
    "audio": "paths of recordings", "ignored": "not used",
}  # fmt: skip
_SHOWN = 6


def lines(columns: Sequence[Column], kept: Sequence[Column]) -> list[str]:
    """One line a kind, one a surprise, and last the way to say otherwise."""
    said = []
    for kind, words in PLURAL.items():
        of_kind = [column for column in columns if column.kind == kind]
        if not of_kind:
            continue
        shown = ", ".join(short(column.name, 30) for column in of_kind[:_SHOWN])
        shown += f" and {len(of_kind) - _SHOWN:,} more" if len(of_kind) > _SHOWN else ""
        if of_kind[0] in kept:
            said.append(f"{words}: {shown}")
        else:
            reasons = "; ".join(reason for reason, _ in Counter(column.reason for column in of_kind).most_common(3))
            said.append(f"left out, {words}: {shown} ({reasons})")
    said += [f"{short(column.name, 30)}: {note}" for column in columns for note in column.notes]
    doubtful = next((column for column in columns if column not in kept), columns[0] if columns else None)
    if doubtful is not None:
        said.append(
            f"where that is wrong, say InputSpec(columns={{{doubtful.source!r}: 'category'}}), or any other kind"
        )
    return said
