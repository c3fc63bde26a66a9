"""What a model says of one of its inputs: which columns of a table it was, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["StoredInput"]


@dataclass(frozen=True)
class StoredInput:
    """One input of a model.

    Attributes
    ----------
    kind : {"image", "audio", "text", "table"}
    columns : sequence of str
        One, but for a table in the table.
    media : Any
        As of :func:`.files.read_table`.
    """

    kind: str
    columns: Sequence[str]
    media: Any = None
