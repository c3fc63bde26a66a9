"""How the dates of a column are written: the order of day and month, or times of day alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .date_patterns import CLOCK, DAY_AND_MONTH, SEASON
from .dates import parse_dates
from .missing import is_marker

__all__ = ["DATE_OPTIONS", "date_options"]

#: What of :func:`date_options` is kept with a column.
DATE_OPTIONS = ("order", "clock", "season", "ambiguous", "sure")

_ORDERS = ("mdy", "dmy")


def date_options(texts: Sequence[str], counts: Any, order: str | None) -> dict[str, Any] | None:
    """How a column of the distinct ``texts``, ``counts`` times each, writes dates; None if none is a date.

    Parameters
    ----------
    texts : sequence of str
    counts : sequence of int
    order : {"dmy", "mdy"} or None
        Of day and month, in other columns.

    Returns
    -------
    dict or None
        ``order``, ``clock`` or ``season`` for :func:`~deepkmeans.data.cells.dates.parse_dates`, and ``fits``, the count
        of cells that are dates so. ``sure`` is set if only one order fits, ``ambiguous`` if nothing tells which.
    """
    weight = np.asarray(counts)
    begun = [text for text in texts[:20] if not is_marker(text)][:3]
    for option, pattern in (("clock", CLOCK), ("season", SEASON)):
        if begun and all(map(pattern.fullmatch, begun)):
            fits = int(weight[~np.isnat(parse_dates(texts, {option: True}))].sum())
            if option == "clock" or fits == weight.sum():
                return {option: True, "fits": fits}
    fits_by = {each: int(weight[~np.isnat(parse_dates(texts, {"order": each}))].sum()) for each in _ORDERS}
    most = max(fits_by.values())
    if not most:
        return None
    if fits_by["mdy"] != fits_by["dmy"]:
        return {"order": max(_ORDERS, key=fits_by.__getitem__), "fits": most, "sure": True}
    matches = [match for match in map(DAY_AND_MONTH.fullmatch, texts) if match is not None and match["sep"] != "."]
    if not matches:
        return {"order": order or "mdy", "fits": most}
    first, second = ({match[part] for match in matches} for part in "ab")
    if first == second and len(first) == 1:  # 05/05/2024 is one date either way
        return {"order": order or "mdy", "fits": most}
    # Of dates that are months the day is always the first.
    likely = "dmy" if len(first) == 1 < len(second) else "mdy" if len(second) == 1 < len(first) else order or "mdy"
    return {"order": likely, "fits": most, "ambiguous": True}
