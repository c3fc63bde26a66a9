"""The width of the embedding, where it is to be the intrinsic dimension of the rows."""

from __future__ import annotations

import torch

from ..data import Rows
from ..graph import intrinsic_dimension
from ..runtime import Seeds

__all__ = ["intrinsic_dim"]

_ROWS = 2000


def intrinsic_dim(value: int | str, rows: Rows, seeds: Seeds) -> int | None:
    """The intrinsic dimension of a sample of 2,000 scaled rows, rounded, from 2 up to the number of inputs.

    None where ``value`` does not ask for it, or there are fewer than 20 different rows. It takes a few seconds at
    most.
    """
    if value != "intrinsic":
        return None
    index = torch.randperm(len(rows), generator=seeds.generator("intrinsic"))[:_ROWS].sort().values
    estimate = intrinsic_dimension(rows.take(index.to(rows.device)), seeds.numpy("intrinsic"))
    return None if estimate is None else min(max(2, round(estimate.value)), rows.n_inputs)
