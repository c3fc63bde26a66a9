"""What several processes have to decide alike, though unlike machines compute in unlike last bits: rank 0 decides."""

from __future__ import annotations

import numpy as np
import torch

from ..runtime.collective import Collective, from_first

__all__ = ["labels_of_first", "name_of_first"]


def labels_of_first(labels: np.ndarray, collective: Collective) -> np.ndarray:
    """The labels (m,) of rank 0."""
    if collective.size == 1:
        return labels
    return from_first(torch.from_numpy(labels.astype(np.int64)), collective).numpy().astype(labels.dtype)


def name_of_first(name: str, names: list[str], collective: Collective) -> str:
    """Which of ``names``, the same in all processes, rank 0 has chosen."""
    return names[int(from_first(torch.tensor(names.index(name)), collective))]
