"""Several scaled inputs side by side, each about its mean and with as much variance as the others.

Distances between such rows count every input alike, however many columns it has. What a row lacks is the mean.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor

from ..storage.schema import TensorOf, check_tensors
from .scaling import Scaling

if TYPE_CHECKING:
    from .rows import Rows

__all__ = ["JoinedScaling", "check_stored_balance"]


@dataclass(frozen=True, eq=False)
class JoinedScaling:
    """How several inputs are scaled, and put side by side.

    Attributes
    ----------
    parts : mapping of str to Scaling
        By the name of the input, in front of its network.
    mean, gain : mapping of str to Tensor of shape (p_name,), float32
        Subtracted from the scaled columns of an input, and what they are multiplied by then, in the joined rows.
    """

    parts: Mapping[str, Scaling]
    mean: Mapping[str, Tensor]
    gain: Mapping[str, Tensor]

    kind: ClassVar[str] = "joined"
    components: ClassVar[None] = None
    by_cell: ClassVar[bool] = False

    @property
    def flagged(self) -> Tensor:
        """No column of the joined rows tells of missing cells."""
        return torch.zeros(0, dtype=torch.int64)

    @property
    def n_inputs(self) -> int:
        return sum(scaling.n_inputs for scaling in self.parts.values())

    @classmethod
    def fit(
        cls, rows: Mapping[str, Rows], present: Mapping[str, Tensor], weight: Tensor | None, tables: Collection[str]
    ) -> JoinedScaling:  # fmt: skip
        """Fit on the scaled rows (n, p_name) that are ``present``; the columns of ``tables`` count alike each."""
        mean, gain = {}, {}
        for name, part in rows.items():
            index = present[name].nonzero()[:, 0]
            mass = torch.ones(len(index), dtype=torch.float64) if weight is None else weight[index].cpu().double()
            share = mass / mass.sum()
            x = part.take(index).cpu()
            center = (share.to(x) @ x).double()
            variance = torch.zeros(x.shape[1], dtype=torch.float64)
            for start in range(0, len(x), 8192):
                away = x[start : start + 8192].double() - center
                variance += share[start : start + 8192] @ away.square()
            variance[x.shape[1] - len(part.scaling.flagged) :] = 0  # what tells of missing cells would part the rows
            mean[name], gain[name] = center.float(), _gain(variance, by_column=name in tables)
        return cls({name: part.scaling for name, part in rows.items()}, mean, gain)

    def join(self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None) -> Tensor:
        """Scaled inputs (B, p_name) as joined rows (B, p)."""
        joined = []
        for name, x in inputs.items():
            block = (x - self.mean[name].to(x)) * self.gain[name].to(x)
            joined.append(block if present is None else torch.where(present[name][:, None], block, 0.0))
        return torch.cat(joined, dim=1)

    def columns_of(self, name: str) -> slice:
        """Where the columns of an input are in the joined rows."""
        start = 0
        for other, scaling in self.parts.items():
            if other == name:
                return slice(start, start + scaling.n_inputs)
            start += scaling.n_inputs
        raise KeyError(name)

    def balance_of(self, name: str) -> dict[str, Tensor]:
        """Mean and gain of an input, for storage."""
        return {"mean": self.mean[name], "gain": self.gain[name]}


def _gain(variance: Tensor, *, by_column: bool) -> Tensor:
    """What columns of these variances (p,) are multiplied by, so that they sum to 1."""
    varies = variance > 1e-12 * float(variance.max().clamp_min(1e-300))
    if not bool(varies.any()):
        return torch.zeros(len(variance), dtype=torch.float32)
    if by_column:
        gain = (variance.clamp_min(1e-300) * float(varies.sum())).rsqrt()
    else:
        gain = torch.full_like(variance, float(variance.sum()) ** -0.5)
    return torch.where(varies, gain, 0.0).float()


_STORED = {
    "mean": TensorOf([torch.float32], ("n_inputs",)), "gain": TensorOf([torch.float32], ("n_inputs",), low=0),
}  # fmt: skip


def check_stored_balance(tensors: Mapping[str, Any], sizes: Mapping[str, int]) -> None:
    """Refuse, with ``MismatchError``, what :meth:`JoinedScaling.balance_of` does not give of an input of that width."""
    check_tensors({name: tensors[name] for name in _STORED if name in tensors}, _STORED, sizes=dict(sizes))
