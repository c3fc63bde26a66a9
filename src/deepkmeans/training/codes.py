"""Codes that K-Means can take."""

from __future__ import annotations

import torch
from torch import Tensor

from ..exceptions import InvalidDataError

__all__ = ["LARGEST", "finite_codes"]

#: Codes from here on have squared distances that are no numbers any more; no float32 is as far.
_FARTHEST = 1e150
#: The same for the float32 of training, with room for sums over rows.
LARGEST = 1e15


def finite_codes(z: Tensor, farthest: float = _FARTHEST) -> Tensor:
    """Codes z (n, embedding_dim), each of which has a nearest centre; neither NaN nor infinity has one."""
    near = z.abs() < farthest
    if not bool(near.all()):
        wrong = int(torch.nonzero(~near.all(dim=1))[0])
        raise InvalidDataError(
            f"The network makes no finite code of row {wrong} (counted from 0): its values may be too far from those "
            "of the other rows. Check its units, or leave it out; an encoder of your own must give finite codes."
        )
    return z
