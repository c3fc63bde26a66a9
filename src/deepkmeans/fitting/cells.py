"""Small cells of like rows, and how far the candidate partitions agree with a label in each."""

from __future__ import annotations

import torch
from torch import Tensor

from ..kmeans import fit_kmeans

__all__ = ["fit_cells"]

#: Rows of a cell on average, most cells, rows below which a cell is left out, and steps of K-Means.
_ROWS_A_CELL, _MOST_CELLS, _FEWEST, _STEPS = 10, 200, 5, 15
#: Rows of the mean over a cluster that are added to those of it in a cell.
_PRIOR_ROWS = 2.0


def fit_cells(
    P: Tensor, labels: Tensor, agreed: Tensor, mass: Tensor, n_clusters: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Centres (c, q) of cells, and what share (c, k) of the candidates agrees with each label in them.

    Rows are at ``P`` (m, q); with the label (m,) of each the share ``agreed`` (m,) agrees. A cell of very few rows is
    left out: they may be outliers, which are to be far from every cell. What few rows of a cell say of a label is drawn
    towards the mean over that cluster.
    """
    m = len(P)
    count = min(max(m // _ROWS_A_CELL, n_clusters), max(_MOST_CELLS, 2 * n_clusters), m)
    result = fit_kmeans(P, count, n_init=1, max_iter=_STEPS, weight=mass, generator=generator)
    inside = torch.nn.functional.one_hot(result.labels.long(), count).to(P)
    of_label = torch.nn.functional.one_hot(labels, n_clusters).to(P) * mass[:, None]
    mean = of_label.T @ agreed / of_label.sum(0).clamp_min(1e-12)
    mean = torch.where(of_label.sum(0) > 0, mean, float(mass @ agreed / mass.sum()))
    votes = inside.T @ (of_label * agreed[:, None]) + _PRIOR_ROWS * mean
    votes = votes / (inside.T @ of_label + _PRIOR_ROWS)
    rows = inside.sum(0)
    kept = rows >= min(_FEWEST, max(1, m // (2 * count)))
    kept = kept if bool(kept.any()) else rows == rows.max()
    return result.centers.to(P)[kept], votes[kept]
