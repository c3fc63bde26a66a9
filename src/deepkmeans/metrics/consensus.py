"""How much partitions of the same rows say the same: normalised mutual information, pair by pair, and consensus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from .label_numbers import consecutive

__all__ = ["highest_consensus", "pairwise_nmi"]

#: Rows that are looked at where a sample is enough.
_ROWS = 4000


def pairwise_nmi(
    partitions: Mapping[str, np.ndarray], random_state: np.random.RandomState | None = None,
    weight: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """Normalised mutual information of all pairs of partitions, (m, m); on at most 4,000 rows with ``random_state``.

    All contingency tables come from one product, which is what makes hundreds of pairs cheap. A weight (n,) of 2 counts
    as two rows.
    """
    labels = list(partitions.values())
    n = len(labels[0])
    rows = np.arange(n) if random_state is None else random_state.permutation(n)[:_ROWS]
    numbered = [consecutive(every[rows]) for every in labels]
    starts = np.cumsum([0, *(int(part.max()) + 1 for part in numbered)])
    # Counts are whole numbers, exact in half the bytes; torch's product keeps to the threads that this work is given.
    together = np.zeros((len(rows), starts[-1]), dtype=np.float32 if weight is None else np.float64)
    entry = np.float64(1) if weight is None else np.sqrt(weight[rows] / weight[rows].sum())
    for part, start in zip(numbered, starts, strict=False):
        together[np.arange(len(rows)), start + part] = entry
    starts = starts[:-1]
    indicator = torch.from_numpy(together)
    joint = (indicator.T @ indicator).double().numpy() / (len(rows) if weight is None else 1.0)
    share = joint.diagonal()  # (sum of k,)
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(joint > 0, joint * np.log(joint / np.outer(share, share)), 0.0)
    information = np.add.reduceat(np.add.reduceat(gain, starts, axis=0), starts, axis=1)
    entropy = information.diagonal()
    mean = (entropy[:, None] + entropy) / 2
    return np.where(mean > 0, information / np.where(mean > 0, mean, 1), 1.0)


def highest_consensus(
    solutions: Sequence[np.ndarray], others: Mapping[str, np.ndarray], weight: np.ndarray | None = None
) -> int:
    """Which of ``solutions``, each (n,), shares most information with all ``others``, (n,) too; the first of equals."""
    if len(solutions) == 1 or not others:
        return 0
    every = {str(i): labels for i, labels in enumerate(solutions)}
    every |= {f"other {name}": labels for name, labels in others.items()}
    shared = pairwise_nmi(every, weight=weight)[: len(solutions), len(solutions) :]
    return int(np.argmax(np.round(shared.mean(axis=1), 9)))
