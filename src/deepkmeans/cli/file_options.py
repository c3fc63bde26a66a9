"""Options that say how a data file is written, where that is not found out as it is; the same for every verb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

import typer

from .._quoting import shell_word
from ..exceptions import InvalidParameterError
from .options import parse_path, whole_number
from .sizes import parse_size

__all__ = [
    "CommentOption", "DataArgument", "DecimalOption", "EncodingOption", "FileOptions", "HeaderLineOption",
    "HeaderOption", "MemberOption", "MemoryOption", "SeparatorOption", "SheetOption", "SkipfooterOption",
]  # fmt: skip

_SEPARATORS = {"tab": "\t", "\\t": "\t", "blank": " ", "space": " "}

DataArgument = Annotated[
    Path,
    typer.Argument(
        metavar="DATA",
        help="A table (.csv, .txt, .xlsx, .jsonl, .parquet, .feather, .npy, .npz, some also as .gz or .zip), texts "
        "(.txt, one a line, or a folder of .txt), pictures or recordings (a folder of them), or - for stdin.",
        parser=parse_path,
    ),
]
HeaderOption = Annotated[
    bool | None,
    typer.Option("--header/--no-header", help="The first line of a text table holds names. [default: found out]"),
]
HeaderLineOption = Annotated[
    str | None, typer.Option(metavar="N", help="The line of a text table, from 1, that holds the names.")
]
MemoryOption = Annotated[
    str | None,
    typer.Option("--max-memory", metavar="SIZE", help="What a table may take, such as 4G. [default: 1G or 10 x file]"),
]
SeparatorOption = Annotated[
    str | None, typer.Option(metavar="C", help="Between cells of a text table: one character, tab or blank.")
]
DecimalOption = Annotated[str | None, typer.Option(metavar=".|,", help="The decimal mark of numbers in texts.")]
EncodingOption = Annotated[str | None, typer.Option(metavar="NAME", help="Of a text, such as utf-8 or latin-1.")]
CommentOption = Annotated[
    str | None, typer.Option(metavar="C", help="What lines that are no rows begin with; '' if none is.")
]
SkipfooterOption = Annotated[str | None, typer.Option(metavar="N", help="Lines at the end that are no rows.")]
SheetOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Of a spreadsheet, or its number from 1. [default: the first]")
]
MemberOption = Annotated[str | None, typer.Option(metavar="NAME", help="Of a zip archive of several files.")]


@dataclass(frozen=True)
class FileOptions:
    """How a file is written, as far as the options say; None where it is found out."""

    header: bool | int | None = None  #: or the number of the line that holds the names
    separator: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    comment: str | None = None
    skipfooter: int | None = None
    sheet: str | int | None = None
    member: str | None = None
    max_memory: int | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> FileOptions:
        """From the parameters of a verb.

        Raises
        ------
        InvalidParameterError
            In the words of the option.
        """
        values = {field.name: given.get(field.name) for field in fields(cls)}
        values["max_memory"] = parse_size(values["max_memory"])
        if (text := values["separator"]) is not None:
            values["separator"] = mark = _SEPARATORS.get(text.lower(), text)
            if len(mark) != 1 or mark in "\"'\r\n" or mark.isalnum():
                raise InvalidParameterError(
                    f"--separator takes one character that is no letter, digit or quote, or tab, or blank; got {text!r}"
                )
        if (text := values["decimal"]) is not None and text not in (".", ","):
            raise InvalidParameterError(f"--decimal takes . or ,; got {text!r}")
        if (text := values["skipfooter"]) is not None:
            number = values["skipfooter"] = whole_number(text)
            if number is None or number < 0:
                raise InvalidParameterError(f"--skipfooter takes a whole number >= 0; got {text!r}")
        if (text := given.get("header_line")) is not None:
            number = whole_number(text)
            if number is None or number < 1:
                raise InvalidParameterError(f"--header-line takes a whole number >= 1; got {text!r}")
            if values["header"] is False:
                raise InvalidParameterError(f"--header-line {number} and --no-header exclude each other; leave one out")
            values["header"] = number
        if (text := values["sheet"]) is not None and (number := whole_number(text)) is not None:
            values["sheet"] = number
        return cls(**values)

    def arguments(self) -> dict[str, Any]:
        """Those that were given, as the readers take them."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}

    def check(self, path: Path) -> None:
        """Refuse what is for files of another kind than ``path``.

        Raises
        ------
        InvalidParameterError
            In the words of the option.
        """
        from ..data.file_kinds import file_name

        others = _for_others(path)
        for name in self.arguments():
            if name in others:
                option = self._header_flag() if name == "header" else f"--{name.replace('_', '-')}"
                raise InvalidParameterError(f"{option} is for {others[name]}; got {file_name(path)}")

    def as_in(self, source: Mapping[str, Any], path: Path) -> FileOptions:
        """With those of the fit that ``source``, ``data`` of run.json, says, where nothing is given.

        Not those that are for files of another kind than ``path``, or for that one file.
        """
        others = _for_others(path)
        kept = {name: source[name] for name in _OF_EVERY_FILE if source.get(name) is not None and name not in others}
        return FileOptions(**kept | self.arguments())

    def in_flags(self) -> str:
        """As they are written in a command line."""
        words = {name: value for name, value in self.arguments().items() if name not in ("header", "max_memory")}
        header = [] if self.header is None else [self._header_flag()]
        return " ".join([f"--{name} {shell_word(value)}" for name, value in words.items()] + header)

    def _header_flag(self) -> str:
        if isinstance(self.header, bool):
            return "--header" if self.header else "--no-header"
        return f"--header-line {self.header}"

    def of_the_format(self) -> dict[str, Any]:
        """The same without ``max_memory``, for run.json."""
        return {name: value for name, value in self.arguments().items() if name != "max_memory"}

    def or_those_of(self, source: Mapping[str, Any]) -> FileOptions:
        """With what ``data`` of run.json says of the file of the fit, where nothing is given."""
        kept = {name: value for name, value in source.items() if name in _KEPT}
        return FileOptions(**kept | self.arguments())


#: What is the same for all files that one program writes.
_OF_EVERY_FILE = ("header", "separator", "encoding", "decimal", "comment", "sheet")


def _for_others(path: Path) -> dict[str, str]:
    """The options that ``path`` is no file for, and what files they are for."""
    from ..data.file_kinds import ARRAYS, ARROW, COMPRESSED, JSON, SPREADSHEETS, kind_of, media_kind

    kind = ".png" if media_kind(path) else ".txt" if path.is_dir() else kind_of(path)
    typed = (*ARRAYS, *ARROW, ".parquet", ".png")
    others = {
        "sheet": (kind not in (*SPREADSHEETS, *COMPRESSED), "spreadsheets"),
        "member": (kind not in COMPRESSED, "zip archives"),
        "decimal": (kind in typed, "files whose cells are text"),
        **dict.fromkeys(("header", "skipfooter"), (kind in (*typed, *JSON), "text tables and spreadsheets")),
        **dict.fromkeys(("separator", "encoding", "comment"), (kind in (*typed, *JSON, *SPREADSHEETS), "text tables")),
    }  # fmt: skip
    return {name: files for name, (wrong, files) in others.items() if wrong}


_KEPT = [field.name for field in fields(FileOptions) if field.name != "max_memory"]
