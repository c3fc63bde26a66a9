"""What networks have that know how their inputs may be moved without leaving their cluster."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["PictureNetwork"]


class PictureNetwork(nn.Module):
    """Base of the networks for inputs that have neighbours: pixels, moments of a recording or series."""

    def augment(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Augmented views (B, n_inputs) of rows; ``generator`` draws the numbers, None is torch's global one."""
        raise NotImplementedError
