"""Names that people give to clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..exceptions import InvalidParameterError
from .corrections import Merge, Split

__all__ = ["checked_names", "is_name", "names_after"]

_LONGEST = 100


def is_name(value: Any) -> bool:
    """Whether it is a line of printable text, neither blank nor long."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable() and value == value.strip()


def checked_names(names: Mapping[int, str], given: Mapping[int, Any]) -> dict[int, str]:
    """Names of clusters with those ``given`` for some of them, None to take one away.

    Raises
    ------
    InvalidParameterError
    """
    after: dict[int, Any] = dict(names)
    for number, name in given.items():
        name = name.strip() if isinstance(name, str) else name
        if name is not None and not is_name(name):
            raise InvalidParameterError(
                f"The 'names' parameter of rename must give names of 1 to {_LONGEST} printable characters, or None to "
                f"take one away. Got {name!r:.140} for cluster {number} instead."
            )
        after[number] = name
    after = {number: after[number] for number in sorted(after) if after[number] is not None}
    seen: dict[str, int] = {}
    for number, name in after.items():
        if name in seen:
            raise InvalidParameterError(
                f"The 'names' parameter of rename must give different clusters different names. Got {name!r} for the "
                f"clusters {seen[name]} and {number}; merge([{seen[name]}, {number}]) makes one of them."
            )
        seen[name] = number
    return after


def names_after(names: Mapping[int, str], step: Merge | Split) -> dict[int, str]:
    """Names after a correction: merged clusters keep the one that they have, a cluster that is split has none."""
    if isinstance(step, Split):
        return {number: name for number, name in names.items() if number != step.cluster}
    several = len({names[number] for number in step.clusters if number in names}) > 1
    kept = {number: name for number, name in names.items() if not (several and number in step.clusters)}
    moved = step.numbers(np.array(sorted(kept), dtype=np.int64)).tolist()
    return {number: kept[before] for number, before in zip(moved, sorted(kept), strict=True)}
