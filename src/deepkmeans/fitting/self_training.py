"""The network of a fit learns pseudo-labels that landmarks have been given, and carries them to all rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_matrix
from sklearn.metrics import normalized_mutual_info_score
from torch import Tensor

from ..data import Rows
from ..data.augmentation import Augmentation, StepsToNeighbors
from ..encoders import SingleInputEncoder
from ..kmeans import assign, fit_kmeans
from ..objectives import SelfLabelling
from ..runtime import Seeds, seeded_torch
from ..training import encode_rows
from .augmentation import image_augmentation
from .context import FitContext
from .first_centers import start_untrained
from .neighbor_graph import LandmarkGraph
from .over_clustering import soft_labels
from .phases import train_jointly
from .result import Course, FitResult

__all__ = ["fit_pseudo_labels"]

#: Cells a cluster in which rows get the labels of their landmarks, and steps of K-Means that make them.
_CELLS, _CELL_STEPS = 10, 15


def fit_pseudo_labels(
    context: FitContext, course: Course, strategy: SelfLabelling, rows: Rows, graph: LandmarkGraph,
    labels: np.ndarray | None = None, affinity: csr_matrix | None = None, space: SingleInputEncoder | None = None,
) -> FitResult:  # fmt: skip
    """Phase "cluster": the network learns the labels of the landmarks, and what follows from them for other rows.

    Parameters
    ----------
    context, course, strategy
    rows : Rows
        All of them.
    graph : LandmarkGraph
    labels : ndarray of shape (m,) or None
        Of the landmarks; None where the phase is resumed, whose checkpoint has them.
    affinity : csr_matrix of shape (m, m) or None
        The graph over which labels are softened; None: that of ``graph``.
    space : SingleInputEncoder or None
        The network in whose codes other rows find the landmarks near them; None: principal components.
    """
    objective: Any = context.objective
    learnt, own = _learnt_rows(rows, graph.index, strategy.n_train, context.seeds)
    moved = image_augmentation(context.encoder)
    augmentation: Augmentation = moved or StepsToNeighbors(
        learnt, _among(learnt, graph, own), noise=strategy.noise * graph.deviation, step=strategy.mixup
    )
    if course.resumed_phase == "cluster":  # the loop restores all of it; only shapes are needed
        shape = (context.n_clusters, context.plan.architecture["embedding_dim"])
        objective.setup(torch.zeros(shape, dtype=torch.float32, device=rows.device), len(learnt))
    else:
        assert labels is not None
        soft = soft_labels(
            graph.affinity if affinity is None else affinity, labels, rows.device, image=moved is not None
        )  # fmt: skip
        with seeded_torch(context.seeds.seed("start")):  # a user's network may draw while it is not evaluating
            start_untrained(objective, context.encoder, graph.rows, soft, len(learnt))
        guessed = torch.ones(len(learnt), dtype=torch.bool, device=rows.device).index_fill_(0, own, False)
        objective.teach(_propagated(soft, learnt, graph, own, space), guessed)
    result = train_jointly(context, course, learnt, augmentation)
    predicted = assign(encode_rows(context.encoder, graph.rows), objective.centers)[0].cpu().numpy()
    given = objective.given[own].cpu().numpy()
    course.note(**objective.notes, agreement=float(normalized_mutual_info_score(given, predicted)))
    return result


def _learnt_rows(rows: Rows, index: Tensor, n_train: int, seeds: Seeds) -> tuple[Rows, Tensor]:
    """The rows to learn from, and where among them the landmarks ``index`` (m,) are."""
    n = len(rows)
    if n <= n_train:
        return rows, index
    others = torch.ones(n, dtype=torch.bool, device=index.device).index_fill_(0, index, False).nonzero()[:, 0]
    order = torch.randperm(len(others), generator=seeds.generator("learnt")).to(index.device)
    learnt = torch.cat([index, others[order[: max(0, n_train - len(index))]]]).sort().values
    return rows.subset(learnt), torch.searchsorted(learnt, index)


def _among(learnt: Rows, graph: LandmarkGraph, own: Tensor) -> Tensor:
    """Neighbours (n, K) of the rows that are learnt; those that are no landmarks have themselves alone."""
    neighbors = torch.arange(len(learnt), device=learnt.device)[:, None].repeat(1, graph.neighbors.shape[1])
    neighbors[own] = own[graph.neighbors]
    return neighbors


def _propagated(
    soft: Tensor, rows: Rows, graph: LandmarkGraph, own: Tensor, space: SingleInputEncoder | None
) -> Tensor:  # fmt: skip
    """Soft labels (n, k): those of the landmarks (m, k), and elsewhere their mean over a cell of the space."""
    if len(rows) == len(own):
        return soft
    z, k = graph.project(rows) if space is None else encode_rows(space, rows), soft.shape[1]
    count = min(_CELLS * k, len(own) // 2)
    cells = fit_kmeans(z[own], count, max_iter=_CELL_STEPS, generator=Seeds(0).generator("cells")).centers
    cell = assign(z, cells)[0].long()  # (n,)
    shares = torch.zeros(count, k, dtype=soft.dtype, device=z.device).index_add_(0, cell[own], soft)
    propagated = (shares / shares.sum(1, keepdim=True).clamp_min(1e-12))[cell]
    propagated[own] = soft
    return propagated
