"""Which columns of a file are features and which one holds the labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .._quoting import shell_list, short
from .._validation import did_you_mean
from ..exceptions import InvalidParameterError
from .text_cells import is_value

__all__ = ["LABEL_NAMES", "ColumnChoice", "fits", "listed", "one_line", "unique_names"]

#: Names that a column of known classes usually has, looked for when none is named.
LABEL_NAMES = ("label", "labels", "target", "y", "class")

#: Advice repeats at most this many names, of at most this many letters in all.
_ADVISED, _LETTERS = 40, 140


@dataclass(frozen=True)
class ColumnChoice:
    """The columns that the caller asks for: by name or, in a file without names, by position from 0."""

    file: str
    columns: Sequence[str | int] | None = None
    drop: Sequence[str | int] | None = None
    label_column: str | int | None = None
    for_model: bool = False  #: these are the columns of a model, which the caller cannot change

    def resolve(self, names: list[str] | None, n_columns: int) -> tuple[list[int], int | None]:
        """Positions of the features, in the order asked for, and the position of the labels or None.

        Raises
        ------
        InvalidParameterError
            If a column does not exist (the message suggests the nearest name), or none is left.
        """
        label = None if self.label_column is None else self.resolve_label(n_columns, names)
        wanted = list(range(n_columns))
        if self.columns is not None:
            wanted = [self._position(name, names, n_columns, "columns") for name in _several(self.columns, "columns")]
        dropped = {self._position(name, names, n_columns, "drop") for name in _several(self.drop or (), "drop")}
        features = [position for position in dict.fromkeys(wanted) if position not in dropped and position != label]
        if not features:
            raise InvalidParameterError(
                f"{self.file}: no column of {n_columns} is left; name at least one with columns= or drop fewer."
            )
        return features, label

    def resolve_label(self, n_columns: int, names: list[str] | None = None) -> int:
        """The position of the label column, which must have been named."""
        assert self.label_column is not None
        return self._position(self.label_column, names, n_columns, "label_column")

    def _position(self, wanted: str | int, names: list[str] | None, n_columns: int, argument: str) -> int:
        asks = "the model was fitted on" if self.for_model else f"{argument}= asks for"
        if isinstance(wanted, str) and names is not None:
            if wanted in names:
                return names.index(wanted)
            cure = ""
            others = [name for name in names if not self.for_model or name not in (self.columns or ())]
            if self.for_model and any(is_value(name) for name in names):
                cure = (
                    " These may be values: the first line was read as names. Write the names of the fit above it, or, "
                    "if the columns are in the order of the fit, use header=False."
                )
            raise InvalidParameterError(
                f"{self.file} has no column {short(wanted)}{did_you_mean(wanted, others)}, which {asks}; "
                f"its columns are {listed(names)}.{cure}"
            )
        number = int(wanted) if isinstance(wanted, str) and wanted.lstrip("-").isdecimal() else wanted
        if isinstance(number, (str, bool)) and self.for_model:
            raise InvalidParameterError(
                f"The columns of {self.file} have no names, and the model was fitted on a column {wanted!r}: write the "
                "names of the fit into the first line, or, if the columns are in the order of the fit, use header=False"
            )
        if isinstance(number, (str, bool)):
            raise InvalidParameterError(
                f"The columns of {self.file} have no names: {argument}= takes positions from 0 to {n_columns - 1}. "
                f"Got {wanted!r} instead."
            )
        if not -n_columns <= number < n_columns:
            raise InvalidParameterError(
                f"{self.file} has {n_columns} column{'s' if n_columns > 1 else ''}: {argument}= takes positions from 0 "
                f"to {n_columns - 1}. Got {number} instead."
            )
        return int(number) % n_columns


def _several(names: Sequence[str | int], argument: str) -> Sequence[str | int]:
    if isinstance(names, (str, int)):
        raise InvalidParameterError(
            f"The {argument!r} parameter of read_table must be a list of columns. "
            f"Got {names!r} instead; write [{names!r}]."
        )
    return names


def listed(names: Iterable[str], most: int = 8) -> str:
    """The first names, quoted, and how many follow."""
    every = [short(name) for name in names]
    while most > 1 and sum(map(len, every[:most])) > _LETTERS:
        most -= 1
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"


def fits(names: Iterable[str]) -> bool:
    """Whether the names are few and short enough to be repeated in advice."""
    every = list(names)
    return len(every) <= _ADVISED and len(shell_list(every)) <= _LETTERS


def one_line(error: BaseException) -> str:
    """What another library said, as at most 120 printable characters."""
    text = " ".join(str(error).split())[:120]
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def unique_names(header: Iterable[str], notes: list[str]) -> list[str]:
    """A unique name for every column: empty ones become ``column_3``, repeated ones get ``.1``; both are noted."""
    given = [" ".join(str(name).split()) for name in header]
    taken = set(given)
    seen: set[str] = set()
    names: list[str] = []
    for position, name in enumerate(given):
        unique = name or f"column_{position + 1}"
        base, number = unique, 0
        while unique in seen or (unique != name and unique in taken):
            number += 1
            unique = f"{base}.{number}"
        seen.add(unique)
        names.append(unique)
        if not name:
            notes.append(
                f"column {position + 1} has no name and is read as {unique!r}; "
                f"if it numbers the rows, leave it out with drop={[unique]}"
            )
        elif unique != name:
            notes.append(f"the name {name!r} occurs again in column {position + 1}, which is read as {unique!r}")
    return names
