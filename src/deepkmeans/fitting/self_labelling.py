"""Labels from the neighbour graph, taught to the network: what precedes and makes the joint phase of "selflabel".

1. Tables, texts, counts: candidates of many kinds in several spaces, plain K-Means among them, and one label-free
   choice (:mod:`.table_partition`).
2. Rows that are pictures: neighbour graph of the rows (of landmarks, when there are many), its spectral embedding, many
   candidate partitions by merging micro-clusters, and K-Means of the rows beside them; one label-free choice
   (``graph.choose``). A network learns an over-clustered partition from moved copies of the pictures, its codes give a
   second graph, both graphs together are cut again; repeated.
3. The guard: if K-Means of the rows is the choice, the encoder becomes a projection and no network is trained.
4. Otherwise a fresh network learns the chosen labels through a K-Means head (phase "cluster"); rows that are no
   landmarks learn the labels of the landmarks in their cell of the space that was cut last.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from sklearn.metrics import normalized_mutual_info_score
from torch import Tensor

from ..data import Rows
from ..data.augmentation import Augmentation, AugmentedPictures, StepsToNeighbors
from ..encoders import ConvAutoencoder, DenseAutoencoder, ScaledCodes
from ..encoders.networks import fresh_network
from ..graph import (
    KMEANS,
    affinity,
    choose,
    diffuse,
    graph_partitions,
    kmeans_partition,
    nearest_neighbors,
    over_partition,
    spectral_embedding,
    vote,
)
from ..kmeans import assign, fit_kmeans, lloyd, principal_axes
from ..objectives import Objective
from ..objectives.selflabel import Teach
from ..runtime import Seeds, seeded_torch
from ..training import Progress, TrainingState, encode_rows, train
from .context import FitContext
from .plan import LANDMARKS, LEARNT
from .result import Course, FitResult
from .sizing import teaching_epochs
from .table_partition import TablePartition
from .teaching import mean_codes, start

__all__ = ["SelfLabelling", "codes_before_k", "keep_rows", "landmarks"]

_FEWEST_ROWS = 30
_AXES = 50
_NEIGHBORS = 15
#: Columns that K-Means of the rows sees as they are, and directions that it sees of more.
_MOST_COLUMNS, _MANY_AXES = 1024, 512
#: Starts of K-Means, and of few rows, whose starts cost next to nothing.
_STARTS, _STARTS_OF_FEW, _FEW_ROWS = 10, 50, 1_000
_OVER, _ROWS_A_PART = 5, 8
_OVER_DIM = 32
#: Stands for k where k is asked for: 100 parts.
_BEFORE_K = 20
_CELLS, _CELL_STEPS = 10, 15
_VIEWS = 3
#: How far rows that are no pictures go towards a neighbour, and noise in deviations. What the labels are is settled:
#: altered rows are to keep theirs.
_MIX, _NOISE = 0.25, 0.05
#: Share of its own label in the soft label of a row of a table.
_OWN = 0.5
_EXTRA_VECTORS, _MOST_VECTORS = 10, 60


def codes_before_k(context: FitContext, *, verbose: bool) -> Tensor | None:
    """Codes (m, e) of the landmarks of pictures, from one over-clustered round that knows no k; None of other rows.

    Independent of the seeds of the fit, whose history and checkpoints know nothing of it.
    """
    if not isinstance(context.encoder.module, ConvAutoencoder) or len(context.rows.counted) < 4 * _BEFORE_K:
        return None
    context = replace(context.with_clusters(_BEFORE_K), seeds=Seeds(0))
    watchers = [Progress()] if verbose else []
    return SelfLabelling(context, context.rows.counted, Course([], watchers)).codes()


def keep_rows(context: FitContext, course: Course, rows: Rows, centers: Tensor | None = None) -> FitResult:
    """K-Means of the rows, from ``centers`` (k, p) if given: codes are the scaled rows as they are.

    Of more than 1,024 columns they are their 512 main directions.
    """
    seeds = context.seeds
    network, e = _as_they_are(rows, seeds)
    architecture = {
        "network": "dense", "n_inputs": rows.n_inputs, "embedding_dim": e, "hidden_sizes": [], "activation": "linear",
        "tied": True,
    }  # fmt: skip
    encoder = ScaledCodes(network, e).to(rows.device)
    z = encode_rows(encoder, rows)
    if centers is None or centers.shape[1] != e:
        starts = _STARTS_OF_FEW if len(rows) <= _FEW_ROWS else _STARTS
        generator = seeds.generator("centers")
        result = fit_kmeans(z, context.n_clusters, n_init=starts, weight=rows.weight, generator=generator)
    else:
        result = lloyd(z, centers.to(z), weight=rows.weight)
    course.result = FitResult(encoder, architecture, rows.scaling, result.converged)
    Objective.setup(context.objective, result.centers, len(rows))
    return course.result


def _as_they_are(rows: Rows, seeds: Seeds) -> tuple[DenseAutoencoder, int]:
    """A network whose codes are its inputs, or their main directions, and the width of the codes."""
    d = rows.n_inputs
    if d <= _MOST_COLUMNS:
        mean, axes = torch.zeros(d, dtype=torch.float32), torch.eye(d, dtype=torch.float32)
    else:
        sample = rows.take(landmarks(len(rows), seeds).to(rows.device))
        mean, axes = principal_axes(sample, _MANY_AXES, seeds.numpy("axes"))
    with seeded_torch(0):  # layers draw weights when made, though none of them is kept
        network = DenseAutoencoder(d, axes.shape[1], (), activation="linear", tied=True)
    with torch.no_grad():
        network.down[0].weight.copy_(axes.T)  # type: ignore[operator, union-attr]
        network.down[0].bias.copy_(-(mean @ axes))  # type: ignore[operator, union-attr]
        network.up_bias[0].copy_(mean)  # type: ignore[operator]
    return network, axes.shape[1]


def landmarks(n: int, seeds: Seeds) -> Tensor:
    """Which rows (m,) of ``n`` the graph is made of."""
    if n <= LANDMARKS:
        return torch.arange(n)
    return torch.randperm(n, generator=seeds.generator("landmarks"))[:LANDMARKS].sort().values


class SelfLabelling:
    """One fit's labels from the graph, and the network that learns them.

    Parameters
    ----------
    context : FitContext
    rows : Rows
        Those to be labelled.
    course : Course
    """

    def __init__(self, context: FitContext, rows: Rows, course: Course) -> None:
        self.context, self.rows, self.seeds, self.course = context, rows, context.seeds, course
        self.k = context.n_clusters
        self.fixed = Seeds(0)  # rows are cut alike whatever random_state: it draws landmarks, weights and batches
        self.space: ScaledCodes | None = None  # the network in whose codes the graph was cut last

    def codes(self) -> Tensor:
        """Codes (m, e) of the landmarks after one round."""
        self.index = landmarks(len(self.rows), self.seeds).to(self.rows.device)
        self._look()
        self._embed("n_clusters")
        return self._taught_codes("n_clusters", teaching_epochs(len(self.part))[0])

    def run(self) -> FitResult:
        """Find labels of pictures, teach them."""
        k = self.k
        self.index = index = landmarks(len(self.rows), self.seeds).to(self.rows.device)
        if k == 1 or len(index) < max(_FEWEST_ROWS, 4 * k):
            reason = (
                "one cluster needs no graph" if k == 1 else f"{len(index)} rows are too few for a graph of {k} clusters"
            )
            self.course.note(chosen=KMEANS, reason=reason)
            return keep_rows(self.context, self.course, self.rows)
        self._look()
        self.course.note(n_landmarks=len(index))
        if self.course.resumed_phase != "cluster" and not self._choose():
            return keep_rows(self.context, self.course, self.rows)
        return self._student()

    def teach(self, found: TablePartition) -> FitResult:
        """A network learns the labels of the landmarks of a table."""
        self.index, self.labels = found.index, found.labels
        self._look()
        return self._student()

    def _look(self) -> None:
        """The graph of the landmarks ``index``."""
        index = self.index
        self.part = self.rows if len(index) == len(self.rows) else self.rows.subset(index)
        inputs = self.part.take(torch.arange(len(index), device=index.device))  # (m, d)
        self.mean, self.axes = principal_axes(inputs, _AXES, self.fixed.numpy("axes"))
        self.features = (inputs - self.mean) @ self.axes
        self.spread = _NOISE * float(inputs.std())
        self.neighbors, self.graph = self._graph(self.features)
        network = self.context.encoder.module
        self.augment = network.augment if isinstance(network, ConvAutoencoder) else None

    def _graph(self, features: Tensor) -> tuple[Tensor, Any]:
        count = min(_NEIGHBORS, max(5, len(features) // (2 * self.k)), len(features) - 1)
        index, distance = nearest_neighbors(features, count)
        return index, affinity(index.cpu().numpy(), distance.cpu().numpy())

    def _augmentation(self, rows: Rows, neighbors: Tensor) -> Augmentation:
        """Pictures are moved; other rows go towards one of their neighbours (n, K) and get noise."""
        if self.augment is not None:
            return AugmentedPictures(self.augment)
        return StepsToNeighbors(rows, neighbors, noise=self.spread, step=_MIX)

    def _choose(self) -> bool:
        """Fill ``labels`` and ``graph``; whether a network is to be taught."""
        k = self.k
        simple = kmeans_partition(self.features, k, self.fixed.generator("k-means"))
        rounds: list[dict[str, Any]] = []
        self._cut("graph", {KMEANS: simple}, rounds)
        over = teaching_epochs(len(self.part)) if self.augment is not None else []
        for number, epochs in enumerate(over, 1):
            before = self.labels
            codes = self._taught_codes(f"over-{number}", epochs)
            self.graph = self.graph + self._graph(codes)[1]
            self._cut(f"deep-{number}", {KMEANS: simple, "before": before}, rounds)
        notes = {"rounds": rounds, "chosen": rounds[-1]["chosen"], "reason": rounds[-1]["reason"]}
        self.context.objective.note(notes)
        self.course.note(**notes)
        return bool(self.name != KMEANS) or self.context.plan.architecture["network"] == "custom"

    def _cut(self, stage: str, others: dict[str, np.ndarray], rounds: list[dict[str, Any]]) -> None:
        """Cut the graph in many ways and choose."""
        self._embed(stage)
        own = self.embedding[:, : self.k + _EXTRA_VECTORS]
        partitions = graph_partitions(self.graph, np.ascontiguousarray(own), self.k, self.fixed.generator("cut", stage))
        partitions |= others
        features = self.features.cpu().numpy()
        choice = choose(partitions, self.graph, features, self.fixed.seed("choice", stage) % 2**32)
        self.name = choice.name
        self.labels = choice.labels if choice.name == KMEANS else vote(choice, partitions)
        rounds.append({"stage": stage, "chosen": choice.name, "reason": choice.reason, "candidates": choice.table})

    def _embed(self, stage: str) -> None:
        """Fill the spectral ``embedding`` of the graph."""
        size = min(max(self.k + _EXTRA_VECTORS, 3 * self.k), max(_MOST_VECTORS, self.k))
        self.embedding = spectral_embedding(self.graph, size, self.fixed.numpy("embedding", stage))

    def _taught_codes(self, stage: str, epochs: int) -> Tensor:
        """Codes of a network that has learnt an over-clustered partition of the landmarks, averaged over views."""
        many = min(_OVER * self.k, max(self.k, len(self.part) // _ROWS_A_PART))
        labels = over_partition(self.graph, self.embedding, many, self.fixed.generator(stage))
        architecture = {**self.context.plan.architecture, "embedding_dim": _OVER_DIM}
        encoder = fresh_network(architecture, self.seeds.seed("weights", stage)).to(self.rows.device)
        encoder.precision = self.context.encoder.precision
        self.space, objective = encoder, Teach()
        augmentation = self._augmentation(self.part, self.neighbors)
        soft = self._soft(labels)
        start(objective, encoder, self.part, soft, len(self.part))
        objective.teach(soft)
        self._train(encoder, objective, self.part, augmentation, stage, epochs)
        generator = self.seeds.generator("views", stage, device=self.rows.device)
        return mean_codes(encoder, self.part, augmentation, _VIEWS, generator)

    def _student(self) -> FitResult:
        """The network of the context learns the chosen labels."""
        context, plan = self.context, self.context.plan
        objective: Any = context.objective
        encoder = context.encoder
        rows, own = self._learnt_rows()
        neighbors = torch.arange(len(rows), device=rows.device)[:, None].repeat(1, self.neighbors.shape[1])
        neighbors[own] = own[self.neighbors]
        augmentation = self._augmentation(rows, neighbors)
        if self.course.resumed_phase == "cluster":  # the loop restores all of it; only shapes are needed
            shape = (self.k, plan.architecture["embedding_dim"])
            objective.setup(torch.zeros(shape, dtype=torch.float32, device=rows.device), len(rows))
        else:
            soft = self._soft(self.labels)
            with seeded_torch(self.seeds.seed("start")):  # a user's network may draw while it is not evaluating
                start(objective, encoder, self.part, soft, len(rows))
            guessed = torch.ones(len(rows), dtype=torch.bool, device=rows.device).index_fill_(0, own, False)
            objective.teach(self._carried(soft, rows, own), guessed)
        state = self._train(encoder, objective, rows, augmentation, "cluster", plan.max_epochs)
        told = assign(encode_rows(encoder, self.part), objective.centers)[0].cpu().numpy()
        given = objective.given[own].cpu().numpy()
        self.course.note(**objective.notes, agreement=float(normalized_mutual_info_score(given, told)))
        return FitResult(encoder, plan.architecture, rows.scaling, state.converged)

    def _learnt_rows(self) -> tuple[Rows, Tensor]:
        """The rows to learn from, and where among them the landmarks are."""
        n, index = len(self.rows), self.index
        if n <= LEARNT:
            return self.rows, index
        others = torch.ones(n, dtype=torch.bool, device=index.device).index_fill_(0, index, False).nonzero()[:, 0]
        order = torch.randperm(len(others), generator=self.seeds.generator("learnt")).to(index.device)
        learnt = torch.cat([index, others[order[: LEARNT - len(index)]]]).sort().values
        return self.rows.subset(learnt), torch.searchsorted(learnt, index)

    def _soft(self, labels: np.ndarray) -> Tensor:
        """Labels of the landmarks, softened over the graph: (m, count)."""
        steps, own = (3, 0.0) if self.augment is not None else (0, _OWN)
        soft = diffuse(self.graph, labels, int(labels.max()) + 1, steps, own)
        return torch.from_numpy(soft).float().to(self.rows.device)

    def _carried(self, soft: Tensor, rows: Rows, own: Tensor) -> Tensor:
        """Soft labels (n, k): those of the landmarks (m, k), and elsewhere their mean over a cell of the space."""
        if len(rows) == len(own):
            return soft
        z = self._placed(rows)
        count = min(_CELLS * self.k, len(own) // 2)
        generator = self.fixed.generator("cells")
        cells = fit_kmeans(z[own], count, max_iter=_CELL_STEPS, generator=generator).centers
        cell = assign(z, cells)[0].long()  # (n,)
        shares = torch.zeros(count, self.k, dtype=soft.dtype, device=z.device).index_add_(0, cell[own], soft)
        carried = (shares / shares.sum(1, keepdim=True).clamp_min(1e-12))[cell]
        carried[own] = soft
        return carried

    def _placed(self, rows: Rows) -> Tensor:
        """Rows (n, e) in the space that was cut last: codes of the last network, or the main directions."""
        if self.space is not None:
            return encode_rows(self.space, rows)
        return torch.cat([(x - self.mean) @ self.axes for x in rows.chunks(8192)])

    def _train(
        self, encoder: ScaledCodes, objective: Any, rows: Rows, augmentation: Augmentation, phase: str, epochs: int
    ) -> TrainingState:  # fmt: skip
        settings = self.context.plan.settings(
            max_epochs=epochs, learning_rate=self.context.plan.learning_rate, schedule=objective.schedule,
            settling=objective.settling, weight_decay=objective.weight_decay, preparatory=phase != "cluster",
        )  # fmt: skip
        return train(
            encoder, objective, rows, phase=phase, settings=settings, seeds=self.seeds, history=self.course.history,
            augmentation=augmentation, callbacks=self.course.watchers, resume=self.course.resume(phase),
        )  # fmt: skip
