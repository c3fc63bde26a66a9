"""The embedding of images by over-clustering: a network learns a partition of them into many small clusters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor

from ..data import Rows
from ..encoders import Encoder, PictureNetwork
from ..encoders.networks import fresh_network
from ..graph import diffuse, over_partition, spectral_embedding
from ..objectives import SelfLabelling
from ..objectives.selflabel import PseudoLabels
from ..runtime import Seeds
from ..runtime.collective import SingleProcess
from ..training import Progress
from .agreement import labels_of_first
from .augmentation import image_augmentation, mean_embedding
from .context import FitContext
from .first_centers import start_untrained
from .neighbor_graph import LandmarkGraph, build_graph, landmarks, neighbor_affinity
from .phases import train_phase
from .result import Course
from .sizing import epochs_for

__all__ = ["OverClustered", "embed_graph", "embedding_before_k", "learn_over_clusters", "soft_labels"]

_ROWS_A_CLUSTER = 8
_EMBEDDING_DIM = 32
#: Stands for k where k is asked for: 100 small clusters.
_BEFORE_K = 20
#: Steps over the graph by which labels of images are softened, and the share of its own label that a row keeps.
_IMAGE_STEPS, _OWN = 3, 0.5
_EXTRA_VECTORS, _MOST_VECTORS = 10, 60


@dataclass(frozen=True)
class OverClustered:
    """A network that has learnt an over-clustered partition, and the embedding (m, e) of the landmarks by it."""

    encoder: Encoder
    embedding: Tensor


def embedding_before_k(context: FitContext, features: Tensor, *, verbose: bool) -> Tensor | None:
    """Embedding (m, e) of the landmarks of images, from one over-clustered round that knows no k; None of other rows.

    Of series neighbours are sought among the ``features`` (m, p) of the landmarks.
    Independent of the seeds of the fit, whose history and checkpoints know nothing of it, and of its strategy.
    """
    rows = context.rows.counted
    if not isinstance(getattr(context.encoder, "module", None), PictureNetwork) or len(rows) < 4 * _BEFORE_K:
        return None
    strategy = SelfLabelling()
    context = replace(context.with_clusters(_BEFORE_K), seeds=Seeds(0))
    index = landmarks(len(rows), context.seeds, strategy.n_landmarks).to(rows.device)
    graph = build_graph(rows, index, _BEFORE_K, strategy.n_neighbors)
    if context.plan.data.input_kind == "series":
        neighbors, affinity = neighbor_affinity(features, _BEFORE_K, strategy.n_neighbors)
        graph = replace(graph, neighbors=neighbors, affinity=affinity)
    embedding = embed_graph(graph.affinity, _BEFORE_K, "n_clusters")
    course = Course([], [Progress()] if verbose else [])
    return learn_over_clusters(context, course, strategy, graph, graph.affinity, embedding, "n_clusters").embedding


def learn_over_clusters(
    context: FitContext, course: Course, strategy: SelfLabelling, graph: LandmarkGraph, affinity: csr_matrix,
    embedding: np.ndarray, stage: str,
) -> OverClustered:  # fmt: skip
    """Train a fresh network on a partition of the landmarks into many small clusters.

    ``affinity`` (m, m), which may hold more than the graph of the rows, is cut in its spectral ``embedding`` (m, e).
    """
    k, part, seeds = context.n_clusters, graph.rows, context.seeds
    many = min(strategy.over_clustering * k, max(k, len(part) // _ROWS_A_CLUSTER))
    labels = over_partition(affinity, embedding, many, Seeds(0).generator(stage))
    labels = labels_of_first(labels, context.collective)
    context = replace(context, collective=SingleProcess())  # every process has all landmarks
    architecture = {**context.plan.architecture, "embedding_dim": _EMBEDDING_DIM}
    encoder = fresh_network(architecture, seeds.seed("weights", stage)).to(part.device)
    encoder.compute_in(context.encoder.precision)
    augmentation = image_augmentation(context.encoder)
    assert augmentation is not None  # only images are over-clustered
    encoder = encoder.to(part.dtype)
    objective, soft = PseudoLabels(), soft_labels(affinity, labels, part, image=True)
    start_untrained(objective, encoder, part, soft, len(part))
    objective.fit_pseudo_labels(soft)
    epochs = epochs_for(strategy.round_epochs, len(part))
    train_phase(context, course, encoder, objective, part, stage, epochs, augmentation)
    generator = seeds.generator("views", stage, device=part.device)
    return OverClustered(encoder, mean_embedding(encoder, part, augmentation, strategy.n_views, generator))


def embed_graph(affinity: csr_matrix, n_clusters: int, stage: str) -> np.ndarray:
    """Spectral embedding (m, e) of a graph; alike whatever ``random_state``."""
    size = min(max(n_clusters + _EXTRA_VECTORS, 3 * n_clusters), max(_MOST_VECTORS, n_clusters))
    return spectral_embedding(affinity, size, Seeds(0).numpy("embedding", stage))


def soft_labels(affinity: csr_matrix, labels: np.ndarray, rows: Rows, *, image: bool) -> Tensor:
    """Labels (m,) softened over the graph: (m, count), of the dtype of the rows and where they are."""
    steps, kept = (_IMAGE_STEPS, 0.0) if image else (0, _OWN)
    soft = diffuse(affinity, labels, int(labels.max()) + 1, steps, kept)
    return torch.from_numpy(soft).to(rows.device, rows.dtype)
