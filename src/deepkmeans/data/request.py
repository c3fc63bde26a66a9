"""What a reader is asked for: one file, the columns wanted of it, and what may not be exceeded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .column_choice import ColumnChoice
from .memory_limit import MemoryLimit

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """One file to be read; what is guessed or changed on the way goes to ``notes``."""

    path: Path
    choice: ColumnChoice
    limit: MemoryLimit
    header: bool | None = None  #: whether the first line holds names; None: to be found out
    notes: list[str] = field(default_factory=list)

    @property
    def file(self) -> str:
        """The name for messages."""
        return self.choice.file
