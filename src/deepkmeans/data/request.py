"""The arguments of a reader: one file, how it is written, the columns wanted and the memory limit."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .._validation import Instance, Interval, OneOf, validate_parameters
from .column_choice import ColumnChoice
from .memory_limit import MemoryLimit

__all__ = ["FileFormat", "Request"]

_TEXT = Instance(str, "a text")
_CONSTRAINTS: dict[str, list[Any]] = {
    "header": [Instance(bool, "a bool"), Interval(int, 1, None), None], "separator": [_TEXT, None],
    "encoding": [_TEXT, None], "decimal": [OneOf(".", ","), None], "comment": [_TEXT, None],
    "skipfooter": [Interval(int, 0, None), None], "sheet": [_TEXT, Interval(int, 0, None), None],
    "member": [_TEXT, None],
}  # fmt: skip


@dataclass(frozen=True)
class FileFormat:
    """What the caller says of how a file is written; None where it is to be found out."""

    header: bool | int | None = None  #: whether the first line holds names; or the line, from 1, that does
    separator: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    comment: str | None = None  #: what a line that is no part of the table begins with; "" if none is
    skipfooter: int | None = None  #: records at the end that are not rows
    sheet: str | int | None = None  #: of a spreadsheet: its name, or its number from 1
    member: str | None = None  #: of a zip archive

    def check(self) -> None:
        """Raise :class:`InvalidParameterError` for a value that is none."""
        validate_parameters("read_table", _CONSTRAINTS, vars(self))


@dataclass(frozen=True)
class Request:
    """One file to be read; readers add to ``notes`` what they guess or change."""

    path: Path
    choice: ColumnChoice
    limit: MemoryLimit
    kind: str  #: the extension of such files, whatever this one is called
    format: FileFormat = field(default_factory=FileFormat)
    notes: list[str] = field(default_factory=list)

    @property
    def file(self) -> str:
        """The name for messages."""
        return self.choice.file
