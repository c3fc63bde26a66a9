"""Plain K-Means of the rows of a table: what the default is compared with, and keeps where nothing is better."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..data.sharding import AllRows
from ..kmeans import assign, fit_kmeans, lloyd, soft_centers
from ..metrics.consensus import pairwise_nmi
from ..runtime import Seeds
from ..types import KMeansResult

__all__ = ["plain_kmeans", "some_rows", "typical_kmeans"]

#: Rows on which plain K-Means is found, at most.
_PLAIN_ROWS = 20_000
#: Its searches, the starts of each, and those of few rows.
_PLAIN_SEARCHES, _PLAIN_STARTS, _MANY_PLAIN_STARTS, _FEW_PLAIN_ROWS = 5, 4, 10, 1_000
#: Solutions whose inertia differs by less are one; one that is higher than the lowest by more is no rival of it.
_SAME_INERTIA, _NEARLY_AS_LOW = 1e-4, 0.02
#: Searches for a typical solution, what they share with one another where they agree, and the temperature at which they
#: are made smooth where they do not.
_TYPICAL_SEARCHES, _AGREED, _TEMPERATURE = 8, 0.9, 2.0


def plain_kmeans(rows: AllRows, n_clusters: int, seeds: Seeds) -> list[Tensor]:
    """Centres (k, p) of K-Means of the rows, in all their columns; several where no search ends like another.

    The lowest solution of five searches on at most 20,000 rows, if two find it; else all that are nearly as low.
    """
    _, _, results = _searches(rows, n_clusters, seeds, _PLAIN_SEARCHES)
    low, second = (float(result.inertia) for result in results[:2])
    if second <= (1 + _SAME_INERTIA) * low:
        return [results[0].centers]
    return _nearly_as_low(results)


def typical_kmeans(rows: AllRows, n_clusters: int, seeds: Seeds) -> list[Tensor]:
    """Centres (k, p) of one typical K-Means of the rows, in all their columns.

    K-Means of prepared columns, many of which are levels and words, ends in many solutions of nearly the same inertia,
    and which of them is lowest is chance. So of eight that one is taken which agrees most with all others. Where they
    share less than 0.9 of their information, each is first moved by soft K-Means, in whose smoother landscape many
    solutions are one, and by K-Means again.
    """
    part, weight, results = _searches(rows, n_clusters, seeds, _TYPICAL_SEARCHES)
    if float(results[-1].inertia) <= (1 + _SAME_INERTIA) * float(results[0].inertia):
        return [results[0].centers]
    solutions = _nearly_as_low(results)
    typical, shared = _medoid(part, solutions, weight)
    if shared < _AGREED:
        smooth = [
            lloyd(part, soft_centers(part, centers, temperature=_TEMPERATURE, weight=weight), weight=weight).centers
            for centers in solutions
        ]
        typical, _ = _medoid(part, smooth, weight)
    return [typical]


def _medoid(rows: Tensor, solutions: list[Tensor], weight: Tensor | None) -> tuple[Tensor, float]:
    """The centres (k, p) whose labels of ``rows`` (m, p) share most information with all others, and how much."""
    labels = {str(i): assign(rows, each)[0].cpu().numpy().astype(np.int64) for i, each in enumerate(solutions)}
    mass = None if weight is None else weight.cpu().double().numpy()
    shared = np.round(pairwise_nmi(labels, weight=mass).mean(axis=1), 9)
    best = int(shared.argmax())
    return solutions[best], float(shared[best])


def some_rows(rows: AllRows, limit: int, seeds: Seeds) -> Tensor:
    """Numbers (m,) of at most ``limit`` rows, sorted."""
    n = len(rows)
    if n <= limit:
        return torch.arange(n, device=rows.device)
    order = torch.randperm(n, generator=seeds.generator("landmarks"))
    return order[:limit].sort().values.to(rows.device)


def _searches(
    rows: AllRows, n_clusters: int, seeds: Seeds, count: int
) -> tuple[Tensor, Tensor | None, list[KMeansResult]]:  # fmt: skip
    """The rows (m, p) that were searched, their weight (m,), and solutions by rising inertia."""
    index = some_rows(rows, _PLAIN_ROWS, seeds)
    part, weight = rows.take(index), None if rows.weight is None else rows.weight[index]
    starts = _PLAIN_STARTS if len(part) > _FEW_PLAIN_ROWS else _MANY_PLAIN_STARTS
    results = [
        fit_kmeans(part, n_clusters, n_init=starts, weight=weight, generator=seeds.generator("centers", i))
        for i in range(count)
    ]
    results.sort(key=lambda result: float(result.inertia))
    return part, weight, results


def _nearly_as_low(results: list[KMeansResult]) -> list[Tensor]:
    """Centres of the results, of rising inertia, that are nearly as low as the first."""
    most = (1 + _NEARLY_AS_LOW) * float(results[0].inertia)
    return [result.centers for result in results if float(result.inertia) <= most]
