"""The width of the code, where the user leaves it open."""

from __future__ import annotations

import torch

from ..data import Rows
from ..graph import intrinsic_dimension
from ..runtime import Seeds

__all__ = ["settled_dim"]

_ROWS = 2000


def settled_dim(value: int | str, automatic: int, rows: Rows, seeds: Seeds) -> int:
    """``value``, or what ``"auto"`` and ``"intrinsic"`` stand for.

    ``"auto"`` is ``automatic``. ``"intrinsic"`` is the intrinsic dimension of a sample of 2,000 scaled rows, rounded,
    from 2 up to the number of inputs; ``automatic`` where fewer than 20 different rows tell nothing. It takes a few
    seconds at most.
    """
    if value == "auto":
        return automatic
    if value != "intrinsic":
        return int(value)
    index = torch.randperm(len(rows), generator=seeds.generator("intrinsic"))[:_ROWS].sort().values
    found = intrinsic_dimension(rows.take(index.to(rows.device)), seeds.numpy("intrinsic"))
    return automatic if found is None else min(max(2, round(found.value)), rows.n_inputs)
