"""What ``"auto"`` stands for: sizes that follow from the number of rows and columns alone."""

from __future__ import annotations

import math
from typing import Any

__all__ = [
    "batch_size_for", "embedding_dim_for", "epochs_for", "hidden_sizes_for", "resolved_dim",
    "self_training_batch_size_for",
]  # fmt: skip


def batch_size_for(n_samples: int) -> int:
    """The power of two at or above n/48, from 16 to 256: some 24 steps an epoch wherever there are rows for it."""
    return int(2 ** min(8, max(4, math.ceil(math.log2(max(n_samples, 1) / 48)))))


def epochs_for(epochs: int, n_samples: int, enough: int = 46_000, most: float = 10.0) -> int:
    """``epochs`` are for 6,000 to ``enough`` rows; fewer rows are seen more often, more rows less often.

    Below, as many rows in all as 6,000 would give, at most ``most`` times the epochs; above, as many as ``enough``
    would give, at least a quarter of the epochs.
    """
    factor = min(most, max(1.0, 6_000 / n_samples)) * max(0.25, min(1.0, enough / n_samples))
    return max(1, round(epochs * factor))


def embedding_dim_for(n_features: int) -> int:
    """10, the choice of nearly all of the field's papers; for few columns half of them, at least two of them."""
    return min(n_features, max(2, min(10, math.ceil(n_features / 2))))


def hidden_sizes_for(n_samples: int) -> tuple[int, ...]:
    """The papers' 500-500-2000 from 4,000 rows, less below, where its time is out of proportion to the data."""
    return (500, 500, 2000) if n_samples >= 4_000 else (256, 256, 512) if n_samples >= 1_000 else (64, 64)


def self_training_batch_size_for(n_samples: int) -> int:
    """A power of two near n/8, from 32 to 256: batch statistics of fewer rows are mostly noise."""
    return int(2 ** min(8, max(5, math.floor(math.log2(max(n_samples, 1) / 8)))))


def resolved_dim(value: Any, automatic: int, intrinsic: int | None) -> int:
    """``embedding_dim``: ``automatic`` for "auto", and for "intrinsic" where few different rows tell nothing of it."""
    if value == "intrinsic":
        return automatic if intrinsic is None else intrinsic
    return automatic if value == "auto" else int(value)
