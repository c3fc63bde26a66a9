"""Several inputs that do not fit one another, and what to give instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..exceptions import InvalidDataError

__all__ = ["refuse_missing_everywhere", "refuse_unlike_lengths", "refuse_unlike_orders"]


def refuse_missing_everywhere(name: str, missing: bool) -> None:
    """Refuse an input of a fit that no row has, if it is ``missing`` so."""
    if missing:
        raise InvalidDataError(f"Input {name!r} of X is missing in every row; leave it out.")


def refuse_unlike_orders(X: Mapping[str, Any], names: Sequence[str]) -> None:
    """Refuse frames and series of pandas whose rows are called the same and stand in another order."""
    indices: dict[str, Any] = {name: getattr(X[name], "index", None) for name in names}
    known = [(name, index) for name, index in indices.items() if hasattr(index, "isin") and index.is_unique]
    for name, index in known[1:]:
        first, other = known[0]
        if len(index) == len(other) and not index.equals(other) and index.isin(other).all():
            raise InvalidDataError(
                f"The inputs {first!r} and {name!r} of X have the same index in different orders, and rows are joined "
                f"as they stand; give both in one order, such as X[{name!r}].loc[X[{first!r}].index], or each with "
                ".reset_index(drop=True) where they are in one order already."
            )


def refuse_unlike_lengths(lengths: Mapping[str, int]) -> None:
    """Refuse inputs of unlike numbers of rows, ``lengths`` by name."""
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name!r} {count:,}" for name, count in lengths.items())
        raise InvalidDataError(
            f"All inputs of X must have a row for every sample. Got rows: {listed}; where a row lacks an input, give "
            "None in a list, or a row of NaN."
        )
