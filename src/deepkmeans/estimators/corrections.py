"""What a person has corrected in the clusters of a fit: clusters that were merged, and clusters that were split.

Corrections are steps, carried out one after the other on what the centres of the fit say. Every step keeps numbers from
0 without gaps:

* Clusters that are merged become the first of them; those after the others move up.
* The largest part of a cluster that is split keeps its number; the other parts come last.

So a split is undone by merging its parts. A split is a second stage: the rows of the cluster, and no others, are
divided by what the network takes, the scaled rows. An embedding that was learnt to hold a cluster together does not
tell its parts: of five clusters of handwritten digits, K-Means in the embedding of each had an adjusted Rand index of
0.01 to 0.2 with the digits in it, K-Means of the scaled rows one of 0.6 to 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import torch
from torch import Tensor

from ..data import Rows
from ..kmeans import assign, distances, pair_distances, squared_distances

__all__ = ["Corrections", "Merge", "Split"]

_CHUNK = 8192


@dataclass(frozen=True)
class Merge:
    """Clusters that are one.

    Attributes
    ----------
    clusters : tuple of int
        At least two, ascending.
    shares : tuple of float
        Of the rows of the merged cluster, by weight; they sum to 1.
    """

    clusters: tuple[int, ...]
    shares: tuple[float, ...]

    @property
    def more(self) -> int:
        """By how many clusters there are more afterwards."""
        return 1 - len(self.clusters)

    def numbers(self, labels: np.ndarray) -> np.ndarray:
        """Labels (n,) afterwards; negative ones stay."""
        moved = labels - np.searchsorted(self.clusters[1:], labels, side="right")
        return np.where(np.isin(labels, self.clusters), self.clusters[0], moved).astype(labels.dtype)

    def assigned(
        self, z: Tensor, rows: Rows, labels: np.ndarray, squared: np.ndarray, k: int
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """Labels (n,) and squared distances (n,) afterwards; a row stays as far from its centre."""
        return self.numbers(labels), squared

    def distances(self, z: Tensor, table: Tensor) -> Tensor:
        """Distances (n, k) afterwards: that to a merged cluster is that to its nearest centre."""
        return self._columns(table, table[:, self.clusters].amin(1))

    def probabilities(self, rows: Rows, table: Tensor) -> Tensor:
        """Probabilities (n, k) afterwards: those of merged clusters are summed."""
        return self._columns(table, table[:, self.clusters].sum(1))

    def centers(self, centers: np.ndarray) -> np.ndarray:
        """Centres (k, e) afterwards: of a merged cluster the mean of its own."""
        mean = np.average(centers[list(self.clusters)], axis=0, weights=self.shares)
        return self._columns(torch.from_numpy(centers.T), torch.from_numpy(mean)).numpy().T.astype(centers.dtype)

    def _columns(self, table: Tensor, merged: Tensor) -> Tensor:
        first, *gone = self.clusters
        kept = [j for j in range(table.shape[1]) if j not in gone]
        return table.index_copy(1, torch.tensor([first], device=table.device), merged[:, None].to(table))[:, kept]


@dataclass(frozen=True)
class Split:
    """A cluster in parts.

    Attributes
    ----------
    cluster : int
    parts : ndarray of shape (m, d), float32
        Centres of the parts among the rows that the network takes, the largest first: to the nearest goes a row.
    part_centers : ndarray of shape (m, e), float32
        Centres of the parts in the embedding, from which distances are measured.
    variance : float
        Mean variance of those rows within the parts, > 0.
    """

    cluster: int
    parts: np.ndarray
    part_centers: np.ndarray
    variance: float

    @property
    def more(self) -> int:
        """By how many clusters there are more afterwards."""
        return len(self.parts) - 1

    def part_of(self, rows: Rows) -> np.ndarray:
        """Which part (n,) rows are in, if they are in the cluster."""
        chunks = [assign(x, torch.from_numpy(self.parts).to(x))[0].cpu() for x in rows.chunks(_CHUNK)]
        return torch.cat(chunks).numpy() if chunks else np.zeros(0, dtype=np.int32)

    def assigned(
        self, z: Tensor, rows: Rows, labels: np.ndarray, squared: np.ndarray, k: int
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """Labels (n,) and squared distances (n,) afterwards, of ``k`` clusters before."""
        index = torch.from_numpy(np.flatnonzero(labels == self.cluster)).to(z.device)
        part = self.part_of(rows.subset(index))
        distance = pair_distances(z, self._centers_like(z), index, torch.from_numpy(part).to(z.device))
        labels, squared, members = labels.copy(), squared.copy(), index.cpu().numpy()
        labels[members] = np.r_[self.cluster, np.arange(k, k + self.more)][part]
        squared[members] = distance.cpu().double().numpy()
        return labels, squared

    def distances(self, z: Tensor, table: Tensor) -> Tensor:
        """Distances (n, k) afterwards: those to the parts in place of that to the cluster."""
        return self._columns(table, distances(z, self._centers_like(z)))

    def probabilities(self, rows: Rows, table: Tensor) -> Tensor:
        """Probabilities (n, k) afterwards: that of the cluster, shared by the parts as by equal Gaussians."""
        near = torch.cat([
            squared_distances(x.double(), torch.from_numpy(self.parts).to(x).double()) for x in rows.chunks(_CHUNK)
        ])  # fmt: skip
        shares = torch.softmax(-near / (2 * self.variance), dim=1)
        return self._columns(table, table[:, [self.cluster]] * shares.to(table))

    def centers(self, centers: np.ndarray) -> np.ndarray:
        """Centres (k, e) afterwards."""
        return self._columns(torch.from_numpy(centers.T), torch.from_numpy(self.part_centers.T)).numpy().T.copy()

    def _centers_like(self, z: Tensor) -> Tensor:
        return torch.from_numpy(self.part_centers).to(z)

    def _columns(self, table: Tensor, parts: Tensor) -> Tensor:
        before, after = table[:, : self.cluster], table[:, self.cluster + 1 :]
        return torch.cat([before, parts[:, :1].to(table), after, parts[:, 1:].to(table)], dim=1)


@dataclass(frozen=True)
class Corrections:
    """The centres of a fit and the steps that followed.

    Attributes
    ----------
    fitted : ndarray of shape (k, e), float32
        Centres of the fit, by which rows are assigned first.
    steps : tuple of Merge or Split
    """

    fitted: np.ndarray
    steps: tuple[Merge | Split, ...] = ()

    def then(self, step: Merge | Split) -> Corrections:
        """With one step more."""
        return replace(self, steps=(*self.steps, step))

    @property
    def n_clusters(self) -> int:
        """How many clusters there are after all steps."""
        return len(self.fitted) + sum(step.more for step in self.steps)

    def assigned(
        self, z: Tensor, rows: Rows, labels: np.ndarray, squared: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """Labels (n,) of rows and their embedding, and squared distances (n,), from those by the centres of the fit."""
        for step, k in self._steps_from():
            labels, squared = step.assigned(z, rows, labels, squared, k)
        return labels, squared

    def distances(self, z: Tensor, table: Tensor) -> Tensor:
        """Distances (n, n_clusters) of an embedding from its clusters, from those (n, k) to the centres of the fit."""
        for step in self.steps:
            table = step.distances(z, table)
        return table

    def probabilities(self, rows: Rows, table: Tensor) -> Tensor:
        """Probabilities (n, n_clusters) of rows, from those (n, k) by the centres of the fit."""
        for step in self.steps:
            table = step.probabilities(rows, table)
        return table

    def centers(self) -> np.ndarray:
        """A centre for each cluster (n_clusters, e), to look at."""
        centers = self.fitted
        for step in self.steps:
            centers = step.centers(centers)
        return np.ascontiguousarray(centers)

    def _steps_from(self) -> Iterator[tuple[Merge | Split, int]]:
        """The steps, each with the number of clusters before it."""
        more = accumulate((step.more for step in self.steps), initial=len(self.fitted))
        return zip(self.steps, more, strict=False)
