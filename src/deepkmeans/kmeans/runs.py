"""Lloyd's iterations of several runs side by side: one pass over the rows serves them all.

In small problems most of the time of an iteration is the overhead of calls. Rules, labels and results
are those of :func:`.lloyd.converge` run by run, up to rounding; the rare run that leaves a cluster empty is done by
that function.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..runtime.collective import SingleProcess
from .assignment import score_chunks, winners
from .distances import pair_distances
from .lloyd import BOUNDED, Converged, converge
from .problem import Problem
from .rows import is_sparse, product, wide

__all__ = ["best_of", "converge_together", "pays"]

#: Relative difference of the inertia within which the earlier run is as good.
_SAME = 1e-9


def pays(problem: Problem, n_clusters: int) -> bool:
    """Whether runs side by side take less time than one after the other, whose later iterations keep bounds."""
    return not is_sparse(problem.rows) and len(problem.length) * n_clusters < BOUNDED


def converge_together(problem: Problem, starts: Tensor, *, max_iter: int, tol: float) -> list[Converged]:
    """:func:`.lloyd.converge` from each of the ``starts`` (s, k, d), float64, of dense rows in one process.

    O(s n k d) an iteration, fewer as runs end; O(s (n + k d)) memory beside a chunk.
    """
    s, k, d = starts.shape
    running = list(range(s))
    history: list[list[float]] = [[] for _ in running]
    results: dict[int, Converged] = {}
    old = centers = starts
    labels = torch.full((s, len(problem.length)), -1, dtype=torch.int32, device=starts.device)
    for _ in range(max_iter):
        old, before = centers, labels
        labels, total, mass, inertia = _iteration(problem, centers)
        means = total / mass.clamp(min=torch.finfo(mass.dtype).tiny)[..., None]
        centers = problem.on_sphere(means.reshape(-1, d)).view(-1, k, d)
        still = (labels == before).all(1) | (((centers - old) ** 2).sum((1, 2)) <= tol * problem.variance)
        empty = (mass == 0).any(1)
        for run, value in zip(running, inertia.tolist(), strict=True):
            history[run].append(value / problem.scale / problem.scale)
        ends = still | empty
        if not bool(ends.any()):
            continue
        for place in ends.nonzero()[:, 0].tolist():
            run = running[place]
            if bool(empty[place]):
                results[run] = converge(problem, starts[run], max_iter=max_iter, tol=tol, collective=SingleProcess())
            else:
                results[run] = Converged(centers[place], old[place], history[run], True, 0)
        running = [run for run in running if run not in results]
        centers, old, labels = centers[~ends], old[~ends], labels[~ends]
        if not running:
            break
    for place, run in enumerate(running):
        results[run] = Converged(centers[place], old[place], history[run], False, 0)
    return [results[run] for run in range(s)]


def best_of(problem: Problem, ends: list[Converged]) -> Converged:
    """The run of lowest inertia, the earliest of equals."""
    centers = torch.stack([end.centers for end in ends]).to(problem.rows.dtype)  # (s, k, d)
    s, k, _ = centers.shape
    labels = _iteration(problem, centers.to(ends[0].centers))[0]  # (s, n)
    row = torch.arange(labels.shape[1], device=labels.device).repeat(s)
    center = (labels + k * torch.arange(s, device=labels.device)[:, None]).flatten()
    square = pair_distances(problem.rows, centers.flatten(0, 1), row, center).view(s, -1)
    inertia = (square if problem.weight is None else square * problem.weight).sum(1)
    equal = inertia <= inertia.min() * (1 + _SAME)
    return ends[int(equal.nonzero()[0])]


def _iteration(problem: Problem, centers: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """One pass over the rows for centres (s, k, d): labels (s, n), sums, weights and inertia of the runs."""
    (s, k, d), n, kind = centers.shape, len(problem.length), wide(problem.rows.device)
    near = centers.to(problem.rows.dtype).transpose(0, 1).reshape(k * s, d)  # cluster by cluster
    squares = (near * near).sum(1)
    reach = squares.view(k, s).amax(0).sqrt()
    labels = torch.empty(s, n, dtype=torch.int32, device=near.device)
    total = torch.zeros(k * s, d, dtype=kind, device=near.device)
    mass, inertia = torch.zeros_like(total[:, 0]), torch.zeros(s, dtype=kind, device=near.device)
    for start, stop in score_chunks(problem.rows, s * k):
        rows, m = problem.rows[start:stop], stop - start
        length = problem.length[start:stop].repeat(s)

        def exact(i: Tensor, j: Tensor, rows: Tensor = rows, m: int = m) -> Tensor:
            return pair_distances(rows, near, i % m, j * s + i // m)

        table = product(rows, -2 * near, squares).view(k, s * m)  # a column is a row in a run
        member, chunk_labels, least = winners(table, rows, length, reach.repeat_interleave(m), exact)
        member = member.view(k * s, m)
        square = (length * length).add_(least).clamp_(min=0).view(s, m)
        part = None if problem.weight is None else problem.weight[start:stop].to(member.dtype)
        shared = member if part is None else member * part
        labels[:, start:stop] = chunk_labels.view(s, m)
        total += product(rows.T, shared)
        mass += shared.sum(1, dtype=kind)
        inertia += (square if part is None else square * part).sum(1, dtype=kind)
    return labels, total.view(k, s, d).transpose(0, 1), mass.view(k, s).T, inertia
