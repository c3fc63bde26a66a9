"""What can be read of a folder of pictures or recordings, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...exceptions import InvalidDataError
from ..request import Request
from .folders import count_others
from .pictures import listed

__all__ = ["readable_rows"]


def readable_rows(request: Request, rows: Any, noun: str, suffixes: Sequence[str]) -> Any:
    """Those of ``rows``, Pictures or Recordings, that could be read; notes of the request count the others.

    In a folder files of other names than ``suffixes`` are counted, too.

    Raises
    ------
    InvalidDataError
        If there are none.
    """
    kept = rows.readable()
    if not len(kept):
        raise InvalidDataError(f"{request.file}: no {noun} can be read ({listed(rows.skipped)})")
    if rows.skipped:
        request.notes.append(
            f"{len(rows.skipped):,} of {len(rows):,} {noun}s cannot be read and are left out ({listed(rows.skipped)})"
        )
    n_others = count_others(request.path, suffixes) if request.path.is_dir() else 0
    if n_others:
        request.notes.append(f"{n_others:,} {'file is' if n_others == 1 else 'files are'} no {noun} and not read")
    return kept
