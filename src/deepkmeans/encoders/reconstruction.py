"""How far decoded rows are from the rows themselves."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

__all__ = ["reconstruction_error"]


def reconstruction_error(decoded: Tensor, x: Tensor, loss: str = "mse") -> Tensor:
    """Error (B,) of decoded rows (B, d) of rows ``x`` (B, d), averaged over columns; ``loss`` is "mse" or "bce"."""
    if loss == "bce":
        return F.binary_cross_entropy(decoded.clamp(1e-6, 1 - 1e-6), x.clamp(0, 1), reduction="none").mean(dim=1)
    return (decoded - x).square().mean(dim=1)
