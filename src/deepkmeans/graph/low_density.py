r"""Low-density gaps between groups of rows, found and tested on neighbour graphs.

Where a group of rows is split in two, is there less density between the halves than inside both? Along an eigenvector
of the random walk on the group's own graph (Ng, Jordan, Weiss 2001; Shi & Malik 2000: the sweep cut), sort its m rows
and let c(t) be the weight of the edges between the first t rows and the others. For one cluster, of whatever shape,
c rises to one peak and falls, as density along a line does; between two it has a gap. Its depth is

.. math:: r = \min_t \frac{c(t)}{\min(\max_{s<t} c(s), \max_{s>t} c(s))}

(1: no gap; 0: no edge between the halves). A shallow gap may be chance where few rows lie across the cut: with
b = 4 c m / vol rows across the gap and the lower peak, the signed root of the deviance of two equal Poisson rates is

.. math:: T^2 = 2 b_g \log\frac{2 b_g}{b_g + b_p} + 2 b_p \log\frac{2 b_p}{b_g + b_p}

The largest T of structureless rows (uniform, Gaussian; 150 to 4,000 rows) falls with the dimension q of the rows (5 for
1, 3.9 for 2, 2.7 for 4, 1.9 for 7, below 1 from 10 on), since cuts through many dimensions have many edges; it stays
below 5.5 / sqrt(q). The *test statistic* of a gap is T sqrt(q) / 5.5, with q estimated from the distances to neighbours
(Levina & Bickel 2004, averaged as MacKay & Ghahramani 2005 correct it). A group is split at its best gap, then each
half; the statistic that *reaches* a split is the least of its own and of those above it.

Graphs of 15, 30 and 60 neighbours look for gaps: the wide ones have less noise in few dimensions, the narrow ones
see small clusters. Where some rows are neighbours of very many others (skewness of the in-degree above 1.4: "hubness",
Radovanovic et al., JMLR 2010), as between tight and wide clusters in many dimensions, neighbours are sought by
distances over local scales.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigsh
from scipy.stats import skew
from torch import Tensor

from .affinity import affinity
from .neighbors import N_NEIGHBORS, NEIGHBOR_COUNTS, SCALE_NEIGHBOR, nearest_neighbors

__all__ = ["FEWEST_ROWS", "DensityGap", "GapTree", "density_gaps", "neighbors_without_hubs"]

#: A graph looks only at groups of so many times its neighbours, but for the narrowest.
_GROUP_SIZE = 6
#: In-degrees more skewed than this make hubs.
_HUBNESS = 1.4
#: Eigenvectors of each group that are swept.
_VECTORS = 5
#: What is shallower than this is no gap.
_SHALLOW = 0.8
#: Depth of a gap with next to nothing in it.
_EMPTY = 0.1
#: Largest T of structureless rows times the root of their dimension.
_CHANCE = 5.5
#: A group with a smaller statistic is split no further: nothing below can be reached with more.
_LEAST_STATISTIC = 0.3
#: Smallest half: so many rows, and this share of all.
_FEWEST, _SMALLEST_SHARE = 8, 0.004
#: With fewer rows than this no group can be split.
FEWEST_ROWS = 2 * _FEWEST + 3
_DENSE_BELOW = 60


@dataclass(frozen=True)
class DensityGap:
    """One split.

    Attributes
    ----------
    reached : float
        The smallest statistic on the way from all rows to this split, its own included.
    statistic : float
        T over the largest of structureless rows; above about 1 the gap is no chance.
    depth : float
        r of the gap, 0 (nothing between the halves) to 1 (no gap).
    rows : ndarray of int
        The smaller half.
    n_samples : int
        Of both halves.
    """

    reached: float
    statistic: float
    depth: float
    rows: np.ndarray
    n_samples: int


@dataclass(frozen=True)
class GapTree:
    """All splits, largest statistic first; ``k - 1`` of them make k clusters.

    Attributes
    ----------
    n_samples : int
    gaps : list of DensityGap
        By falling ``reached``; what is split comes before its halves.
    in_reach : float
        Share of the rows that are among the 15 nearest of any other.
    """

    n_samples: int
    gaps: list[DensityGap]
    in_reach: float = 1.0

    @property
    def reached(self) -> np.ndarray:
        """Statistic (m,) that reaches each split, falling."""
        return np.array([gap.reached for gap in self.gaps])

    def n_clusters(self, threshold: float = 1.0) -> int:
        """Clusters that are split with at least this statistic."""
        return 1 + int((self.reached >= threshold).sum())

    def labels(self, n_clusters: int) -> np.ndarray:
        """Labels (n,) from 0 of the partition by the first ``n_clusters - 1`` splits (or all, if they are fewer)."""
        labels = np.zeros(self.n_samples, dtype=np.int64)
        for number, gap in enumerate(self.gaps[: n_clusters - 1], 1):
            labels[gap.rows] = number
        return labels


def density_gaps(X: Tensor, random_state: np.random.RandomState, *, clear: float = 0.0) -> GapTree:
    """Split rows ``X`` (n, d) at the low-density gaps between them.

    With fewer rows T is smaller, however empty the gap. One that is no chance (statistic of 1), with next to nothing
    between its halves (depth below a tenth), gets a statistic of ``clear`` at least.

    O(n^2 d) for the neighbours, and for each split a few eigenvectors of three sparse graphs.
    """
    n = len(X)
    smallest = max(_FEWEST, min(10, n // 100), int(_SMALLEST_SHARE * n))
    if n < 2 * smallest + 3:
        return GapTree(n, [])
    graphs, inverse_dim, in_reach = _graphs(X)
    start = random_state.uniform(-1, 1, n)
    gaps: list[DensityGap] = []
    waiting = [(np.arange(n), np.inf)]
    while waiting:
        rows, above = waiting.pop()
        inside = graphs if len(rows) == n else {k: g[rows][:, rows] for k, g in graphs.items()}
        split = _best_split(inside, smallest, start[rows])
        if split is None:
            continue
        T, depth, half = split
        statistic = T / _CHANCE / np.sqrt(max(float(inverse_dim[rows].mean()), 1e-3))
        if statistic < _LEAST_STATISTIC:
            continue
        if statistic >= 1 and depth < _EMPTY:
            statistic = max(statistic, clear)
        reached = min(above, statistic)
        halves = rows[half], rows[~half]
        gaps.append(DensityGap(reached, statistic, depth, min(halves, key=len), len(rows)))
        waiting += [(part, reached) for part in halves]
    order = np.argsort([-gap.reached for gap in gaps], kind="stable")
    return GapTree(n, [gaps[i] for i in order], in_reach)


def _graphs(X: Tensor) -> tuple[dict[int, sp.csr_matrix], np.ndarray, float]:
    """Graphs by number of neighbours, the inverse dimension (n,) around each row, and the share of rows in reach."""
    n = len(X)
    sizes = [min(k, n - 1) for k in NEIGHBOR_COUNTS if k == N_NEIGHBORS or k <= n // 10]
    index, distance, inverse_dim, degree = neighbors_without_hubs(X, sizes[-1])
    graphs = {k: affinity(index[:, :k], distance[:, :k], max(1, k // 2)) for k in sizes}
    return graphs, inverse_dim, float((degree > 0).mean())


def neighbors_without_hubs(X: Tensor, n_neighbors: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Neighbours and distances (n, n_neighbors) of rows X (n, d); inverse dimension and plain in-degree (n,) of each.

    By distances over local scales where plain ones make hubs.
    """
    n, first = len(X), min(N_NEIGHBORS, n_neighbors)
    index, distance = nearest_neighbors(X, n_neighbors)
    inverse_dim = _inverse_dimension(distance[:, :first].double().cpu().numpy())
    degree = np.bincount(index[:, :first].cpu().numpy().ravel(), minlength=n)
    if degree.var() > 0 and skew(degree) > _HUBNESS:
        scale = distance[:, min(SCALE_NEIGHBOR, first) - 1]
        floor = float(torch.finfo(scale.dtype).tiny) + 1e-6 * float(scale.median())
        index, distance = nearest_neighbors(X, n_neighbors, scale.clamp_min(floor))
    return index.cpu().numpy(), distance.cpu().numpy(), inverse_dim, degree


def _inverse_dimension(distance: np.ndarray) -> np.ndarray:
    """Inverse dimension (n,) around each row, from its distances (n, k) to neighbours that are no copies of it."""
    other = distance[:, :-1] > 0
    ratio = np.where(other, distance[:, -1:], 1) / np.where(other, distance[:, :-1], 1)
    return np.asarray(np.log(ratio).sum(axis=1) / np.maximum(1, other.sum(axis=1) - 1))


def _best_split(
    graphs: Mapping[int, sp.csr_matrix], smallest: int, start: np.ndarray
) -> tuple[float, float, np.ndarray] | None:
    """T, depth and one half (m,), bool, of the gap with the largest T in any of the graphs."""
    best: tuple[float, float, np.ndarray] | None = None
    for k, graph in graphs.items():
        m = graph.shape[0]
        if m < 2 * smallest + 3 or (k > N_NEIGHBORS and m < _GROUP_SIZE * k):
            continue
        split = _between_components(graph, smallest) or _sweep_cut(graph, smallest, start)
        if split is not None and (best is None or split[0] > best[0]):
            best = split
    return best


def _between_components(graph: sp.csr_matrix, smallest: int) -> tuple[float, float, np.ndarray] | None:
    """The largest component against the rest, where two components of some size have no edge between them."""
    count, component = connected_components(graph, directed=False)
    sizes = np.bincount(component)
    if count == 1 or np.sort(sizes)[-2] < smallest:
        return None
    second = float(np.sort(sizes)[-2])
    return float(_root_deviance(np.zeros(1), np.array([second]))[0]), 0.0, component == sizes.argmax()


def _sweep_cut(graph: sp.csr_matrix, smallest: int, start: np.ndarray) -> tuple[float, float, np.ndarray] | None:
    """The best sweep cut of the largest component; small components go to the half that is not sorted first."""
    m = graph.shape[0]
    _, component = connected_components(graph, directed=False)
    kept = np.flatnonzero(component == np.bincount(component).argmax())
    if len(kept) < 2 * smallest + 3:
        return None
    largest = graph if len(kept) == m else graph[kept][:, kept]
    rows, columns, weights = _edges(largest)
    to_rows = 4 * len(kept) / float(largest.sum())
    best: tuple[float, float, np.ndarray] | None = None
    for vector in _leading_eigenvectors(largest, start[kept]).T:
        order = np.argsort(vector, kind="stable")
        rank = np.empty(len(kept), dtype=np.int64)
        rank[order] = np.arange(len(kept))
        low, high = np.minimum(rank[rows], rank[columns]), np.maximum(rank[rows], rank[columns])
        n = len(kept)
        change = np.bincount(low + 1, weights, n + 1) - np.bincount(high + 1, weights, n + 1)
        cut = np.maximum(np.cumsum(change)[smallest : n - smallest + 1], 0)  # cut[i]: first smallest + i rows
        peak = np.minimum(np.maximum.accumulate(cut), np.maximum.accumulate(cut[::-1])[::-1])
        T = _root_deviance(np.minimum(to_rows * cut, n), np.minimum(to_rows * peak, n))
        T[cut > _SHALLOW * peak] = 0
        i = int(T.argmax())
        if T[i] > 0 and (best is None or T[i] > best[0]):
            half = np.zeros(m, dtype=bool)
            half[kept[order[: smallest + i]]] = True
            best = float(T[i]), float(cut[i] / peak[i]), half
    return best


def _root_deviance(gap: np.ndarray, peak: np.ndarray) -> np.ndarray:
    """T of rows (t,) across the gap and across the lower peak."""
    mean = np.maximum((gap + peak) / 2, 1e-300)
    terms = [b * np.log(np.maximum(b, 1e-300) / mean) for b in (gap, peak)]
    return np.sqrt(np.maximum(2 * (terms[0] + terms[1]), 0))


def _edges(graph: sp.csr_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    upper = sp.triu(graph, 1).tocoo()
    return upper.row, upper.col, upper.data


def _leading_eigenvectors(graph: sp.csr_matrix, start: np.ndarray) -> np.ndarray:
    """Eigenvectors (m, 5) of the random walk in which neighbours differ least, without the constant one."""
    m = graph.shape[0]
    scale = 1 / np.sqrt(np.maximum(np.asarray(graph.sum(axis=1)).ravel(), 1e-300))
    normalised = sp.diags(scale) @ graph @ sp.diags(scale)
    count = min(_VECTORS + 1, m - 1)
    if m <= _DENSE_BELOW:
        vectors = np.linalg.eigh(normalised.toarray())[1][:, ::-1][:, :count]
    else:
        try:
            values, vectors = eigsh(normalised, k=count, which="LA", v0=start, tol=1e-3)
        except ArpackNoConvergence as partial:
            values, vectors = partial.eigenvalues, partial.eigenvectors
        vectors = vectors[:, np.argsort(-values)]
    return np.asarray(vectors[:, 1:] * scale[:, None])
