"""What ``"auto"`` stands for: sizes that follow from the number of rows and columns alone."""

from __future__ import annotations

import math

__all__ = ["batch_size_for", "embedding_dim_for", "epochs_for", "hidden_sizes_for"]


def batch_size_for(n_rows: int) -> int:
    """A power of two near n/64, from 16 to 256: some 32 steps an epoch or more wherever there are rows for it."""
    return int(2 ** min(8, max(4, math.ceil(math.log2(max(n_rows, 1) / 64)))))


def epochs_for(epochs: int, n_rows: int, batch_size: int) -> int:
    """Epochs of about the same number of steps whatever the size of the data.

    Stretched at most ten times for small data, where an epoch has few steps; cut at most to a quarter for large data,
    where it has many.
    """
    steps = max(1, n_rows // batch_size)
    return max(1, round(epochs * min(10.0, max(1.0, 48 / steps)) * max(1 / 4, min(1.0, 180 / steps))))


def embedding_dim_for(n_columns: int) -> int:
    """10, the choice of nearly all of the field's papers; for few columns half of them, at least two of them."""
    return min(n_columns, max(2, min(10, math.ceil(n_columns / 2))))


def hidden_sizes_for(n_rows: int) -> tuple[int, ...]:
    """The papers' 500-500-2000 from 4,000 rows, less below, where its time is out of proportion to the data."""
    return (500, 500, 2000) if n_rows >= 4_000 else (256, 256, 512) if n_rows >= 1_000 else (64, 64)
