"""The network of a fit learns pseudo-labels that landmarks have been given, and carries them to all rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_matrix
from sklearn.metrics import normalized_mutual_info_score
from torch import Tensor

from ..data import Rows
from ..data.sharding import AllRows, ShardedRows
from ..encoders import Encoder
from ..kmeans import assign, fit_kmeans
from ..objectives import SelfLabelling
from ..runtime import Seeds, seeded_torch
from ..runtime.collective import Collective, from_first
from ..training import encode_rows
from .augmentation import views_for
from .balance import balanced_labels
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
    labels: np.ndarray | None = None, affinity: csr_matrix | None = None, space: Encoder | None = None,
) -> FitResult:  # fmt: skip
    """Phase "cluster": the network learns the labels of the landmarks, and what follows from them for other rows.

    Parameters
    ----------
    context, course, strategy
    rows : Rows
        All of this process.
    graph : LandmarkGraph
    labels : ndarray of shape (m,) or None
        Of the landmarks; None where the phase is resumed, whose checkpoint has them.
    affinity : csr_matrix of shape (m, m) or None
        The graph over which labels are softened; None: that of ``graph``.
    space : Encoder or None
        The network in whose embedding other rows find the landmarks near them; None: principal components.
    """
    objective: Any = context.objective
    collective = context.collective
    learnt = _training_rows(context.all_rows(rows), rows, graph.index, strategy.n_train, context.seeds)
    positions, n_learnt = learnt.positions, len(learnt.rows)
    augmentation, image = views_for(context.encoder, graph, _neighbors(learnt, graph), strategy)
    if course.resumed_phase == "cluster":  # the loop restores all of it; only shapes are needed
        shape = (context.n_clusters, context.plan.architecture["embedding_dim"])
        objective.setup(torch.zeros(shape, dtype=rows.dtype, device=rows.device), n_learnt)
    else:
        assert labels is not None
        near = graph.affinity if affinity is None else affinity
        soft = soft_labels(near, labels, rows, image=image)
        if context.plan.balance > 0:
            labels = balanced_labels(soft, graph, context.plan.balance)
            soft = soft_labels(near, labels, rows, image=image)
        with seeded_torch(context.seeds.seed("start")):  # a user's network may draw while it is not evaluating
            start_untrained(objective, context.encoder, graph.rows, soft, n_learnt)
        guessed = torch.ones(n_learnt, dtype=torch.bool, device=rows.device).index_fill_(0, positions, False)
        objective.fit_pseudo_labels(_propagated(soft, learnt, graph, space, collective), guessed)
    result = train_jointly(context, course, learnt.rows, augmentation)
    predicted = assign(encode_rows(context.encoder, graph.rows), objective.centers)[0].cpu().numpy()
    given = collective.gather(objective.given[positions]).cpu().numpy()
    course.note(**objective.notes, agreement=float(normalized_mutual_info_score(given, predicted)))
    return result


@dataclass(frozen=True)
class _TrainingRows:
    """What the network of a fit learns from, as far as this process holds it.

    Attributes
    ----------
    rows : Rows
    positions : Tensor of shape (l,), int64
        Where the landmarks among ``rows`` are.
    landmarks : Tensor of shape (l,), int64
        Which landmarks these are.
    n_samples : int
        Rows of all processes.
    """

    rows: Rows
    positions: Tensor
    landmarks: Tensor
    n_samples: int


def _training_rows(every: AllRows, local: Rows, index: Tensor, n_train: int, seeds: Seeds) -> _TrainingRows:
    """At most ``n_train`` of all rows, the landmarks ``index`` (m,) among them; of these the ``local`` ones."""
    n = len(every)
    chosen = None
    if n > n_train:
        others = torch.ones(n, dtype=torch.bool, device=index.device).index_fill_(0, index, False).nonzero()[:, 0]
        order = torch.randperm(len(others), generator=seeds.generator("learnt")).to(index.device)
        chosen = torch.cat([index, others[order[: max(0, n_train - len(index))]]]).sort().values
    n_samples = n if chosen is None else len(chosen)
    landmarks, first = torch.arange(len(index), device=index.device), 0
    if isinstance(every, ShardedRows):
        landmarks, first = every.positions(index), every.first
        chosen = None if chosen is None else chosen[every.positions(chosen)]
    mine = index[landmarks] - first
    if chosen is None:
        return _TrainingRows(local, mine, landmarks, n_samples)
    return _TrainingRows(
        local.subset(chosen - first), torch.searchsorted(chosen - first, mine), landmarks, n_samples
    )  # fmt: skip


def _neighbors(learnt: _TrainingRows, graph: LandmarkGraph) -> Tensor:
    """Neighbours (n, K) of the rows that are learnt, numbered among the landmarks; -1 for those that are none."""
    shape = (len(learnt.rows), graph.neighbors.shape[1])
    neighbors = torch.full(shape, -1, dtype=torch.int64, device=learnt.rows.device)
    neighbors[learnt.positions] = graph.neighbors[learnt.landmarks]
    return neighbors


def _propagated(
    soft: Tensor, learnt: _TrainingRows, graph: LandmarkGraph, space: Encoder | None, collective: Collective
) -> Tensor:  # fmt: skip
    """Soft labels (n, k): those of the landmarks (m, k), and elsewhere their mean over a cell of the space."""
    rows, positions = learnt.rows, learnt.positions
    of_landmarks = soft if collective.size == 1 else soft[learnt.landmarks]
    if learnt.n_samples == len(soft):
        return of_landmarks
    z, k = graph.project(rows) if space is None else encode_rows(space, rows), soft.shape[1]
    count = min(_CELLS * k, len(soft) // 2)
    seen = collective.gather(z[positions])  # of all landmarks, in their order
    cells = fit_kmeans(seen, count, max_iter=_CELL_STEPS, generator=Seeds(0).generator("cells")).centers
    cells = from_first(cells, collective)
    cell = assign(z, cells)[0].long()  # (n,)
    shares = torch.zeros(count, k, dtype=soft.dtype, device=z.device)
    shares.index_add_(0, collective.gather(cell[positions]), soft)
    propagated = (shares / shares.sum(1, keepdim=True).clamp_min(1e-12))[cell]
    propagated[positions] = of_landmarks
    return propagated
