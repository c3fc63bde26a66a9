"""The arguments of a reader: one file, the columns wanted and the memory limit."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .column_choice import ColumnChoice
from .memory_limit import MemoryLimit

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """One file to be read; readers add to ``notes`` what they guess or change."""

    path: Path
    choice: ColumnChoice
    limit: MemoryLimit
    header: bool | None = None  #: whether the first line holds names; None: detected
    notes: list[str] = field(default_factory=list)

    @property
    def file(self) -> str:
        """The name for messages."""
        return self.choice.file
