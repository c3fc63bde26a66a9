"""Inputs that some rows lack: what is computed of those that are there, and means over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

__all__ = ["masked_mean", "of_present"]


def of_present(
    function: Callable[..., Tensor], present: Tensor | None, *rows: Tensor, shape: tuple[int, ...] = ()
) -> Tensor:  # fmt: skip
    """``function`` of the ``rows`` (B, ...) that are ``present`` (B,), of shape (B, *shape), and 0 elsewhere.

    Other rows are left out before anything is computed: not even NaN in them reaches a number, a gradient or a
    statistic of batch normalisation. None: all are present.
    """
    if present is None or bool(present.all()):
        return function(*rows)
    index = present.nonzero()[:, 0]
    result = rows[0].new_zeros((len(present), *shape))
    if not len(index):
        return result
    return result.index_copy(0, index, function(*(each[index] for each in rows)).to(result.dtype))


def masked_mean(
    parts: Sequence[Tensor], present: Sequence[Tensor] | None, weights: Tensor | None = None
) -> Tensor:  # fmt: skip
    """Mean of the ``parts``, (B, ...) each, over those that are ``present``, (B,) each; a part is 0 where it is not.

    ``weights`` (number of parts,), all above 0, weigh the parts.
    """
    if len(parts) == 1:
        return parts[0]
    every = torch.stack(list(parts))
    of_part = None if weights is None else weights.to(every.dtype)
    total = (every if of_part is None else every * of_part.view(-1, *[1] * (every.dim() - 1))).sum(dim=0)
    if present is None:
        return total / (len(parts) if of_part is None else of_part.sum())
    there = torch.stack(list(present))
    count = there.sum(dim=0).to(total.dtype) if of_part is None else of_part @ there.to(total.dtype)
    return total / count.view(-1, *[1] * (total.dim() - 1))
