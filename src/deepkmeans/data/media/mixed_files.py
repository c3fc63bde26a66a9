"""Lists of files that are neither pictures alone nor recordings alone, and would otherwise be taken for texts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ..._quoting import short
from ...exceptions import InvalidDataError
from ..given_texts import is_missing, one_dimension
from .folders import PICTURES, RECORDINGS
from .picture_files import given_pictures

__all__ = ["refuse_mixed_files"]

#: So many names are looked up to tell whether a list is one of files.
_LOOKED_UP = 20
_AS_TEXTS = "preprocessor=InputSpec(kind='text') takes the names as texts"


def refuse_mixed_files(X: Any) -> None:
    """Refuse a list of files that are no pictures alone, and no recordings alone; nothing for what may be texts.

    Pictures beside recordings are enough. Among names that end otherwise one of them must be there, so that a text such
    as "plays a.wav" stays one; of names that all end otherwise most must be.

    Raises
    ------
    InvalidDataError
        It counts the kinds, with an example of each.
    """
    cells = [
        cell for cell in one_dimension(X) or () if not is_missing(cell) and not (isinstance(cell, str) and not cell)
    ]
    if not any(map(_is_path, cells)):
        return
    kinds: dict[str, list[Any]] = {"picture": [], "recording": [], "path": [], "none": []}
    for cell in cells:
        kinds[_kind(cell)].append(cell)
    pictures, recordings, others = kinds["picture"], kinds["recording"], kinds["path"]
    if kinds["none"]:
        return
    if not pictures and not recordings:
        if _are_files(others):
            raise InvalidDataError(
                f"X is {_counted(others, 'path')}, which end neither as pictures nor as recordings do: "
                "preprocessor=InputSpec(kind='image') or InputSpec(kind='audio') says what they are; of files of texts "
                f"give what is in them, [Path(file).read_text() for file in X]; {_AS_TEXTS}."
            )
        return
    if others and not _some_are_files([*pictures, *recordings]):
        return
    beside = _counted(others, "path that ends otherwise", "paths that end otherwise") if others else ""
    if pictures and recordings:
        counts = [_counted(recordings, "recording"), _counted(pictures, "picture"), *([beside] if others else [])]
        raise InvalidDataError(
            f"X mixes {' and '.join(counts)}: give one kind alone, or both as inputs by name, {{'picture': [...], "
            f"'sound': [...]}}, with None where a row has none; {_AS_TEXTS}."
        )
    if others:
        noun, kind = ("picture", "image") if pictures else ("recording", "audio")
        raise InvalidDataError(
            f"X mixes {_counted(pictures or recordings, noun)} and {beside}: leave these out, or give None for them; "
            f"preprocessor=InputSpec(kind={kind!r}) reads them as {noun}s, too; {_AS_TEXTS}."
        )


def _kind(cell: Any) -> str:
    if not _is_path(cell):
        return "none" if given_pictures([cell]) is None else "picture"
    end = os.fsdecode(cell)[-8:].lower()
    return "picture" if end.endswith(PICTURES) else "recording" if end.endswith(RECORDINGS) else "path"


def _is_path(cell: Any) -> bool:
    return isinstance(cell, (str, os.PathLike))


def _some_are_files(cells: Sequence[Any]) -> bool:
    return any(not isinstance(cell, str) or os.path.isfile(cell) for cell in cells[:_LOOKED_UP])


def _are_files(cells: Sequence[Any]) -> bool:
    """Whether most are; a list of which the first ones are none is not looked at any further."""
    return any(map(os.path.isfile, cells[:_LOOKED_UP])) and 2 * sum(map(os.path.isfile, cells)) > len(cells)


def _counted(cells: Sequence[Any], one: str, many: str = "") -> str:
    """How many, and the first, such as "2 recordings ('a.wav', ...)"."""
    example = short(os.fsdecode(cells[0])) if _is_path(cells[0]) else type(cells[0]).__name__
    more = ", ..." if len(cells) > 1 else ""
    return f"{len(cells):,} {one if len(cells) == 1 else many or f'{one}s'} ({example}{more})"
