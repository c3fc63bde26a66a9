"""Which partition of a table the network is to learn, or whether K-Means of its columns is the answer already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..data import Rows, Scaling, column_spaces
from ..data.sharding import AllRows
from ..graph import KMEANS, Verdict, candidate_pool, judge, partitions_of_missing
from ..kmeans import assign
from ..metrics.consensus import highest_consensus
from ..metrics.label_numbers import numbered_by_size
from ..objectives import SelfLabelling
from ..runtime import Seeds, one_thread
from ..runtime.collective import Collective, SingleProcess, from_first
from .agreement import labels_of_first, name_of_first
from .directions import Directions
from .missing_cells import MissingCells
from .plain_kmeans import plain_kmeans, some_rows, typical_kmeans
from .wanted_partition import refuse_unknown_partition

__all__ = [
    "Candidates", "TablePartition", "find_partition", "is_table", "n_landmarks", "report_of", "table_candidates",
    "why_none",
]  # fmt: skip

Views = Mapping[str, np.ndarray]

#: Up to so many rows candidates are made of fewer.
_FEW_ROWS = 10_000
_DEFAULT = SelfLabelling()
_FEWEST_ROWS = 30
#: More rows than this have no labels in ``alternatives_``; ``partition=`` gives them.
_MOST_LABELLED = 100_000
#: From this probability on a choice is called sure.
_SURE = 0.9
#: Consensus below which methods see different things.
_AGREED = 0.5
#: A column of no more values than this has few.
_FEW_VALUES = 10
#: More such columns are words or pixels, none of which a partition repeats.
_MOST_CODED = 100


@dataclass(frozen=True)
class Candidates:
    """Partitions of a table's landmarks, and what a judge needs to choose among them.

    Attributes
    ----------
    index : Tensor of shape (m,), int64
        The landmarks among the rows.
    partitions : dict of str to ndarray of shape (m,)
    graphs : dict of str to csr_matrix of shape (m, m)
    weight : ndarray of shape (m,) or None
    few_values : float
        Share of the columns that have ten values or fewer.
    coded : ndarray of shape (m, c)
        Those columns, each value by its number from 0; none where they are more than a hundred.
    centers : Tensor of shape (k, p)
        Of plain K-Means.
    preferred : (str, str) or None
        The candidate that what rows share speaks for, and how.
    of_views : bool
        Whether candidates are of the same columns under other weights.
    of_missing : tuple of str
        Candidates that tell which cells were missing; none of them is chosen or heard.
    """

    index: Tensor
    partitions: dict[str, np.ndarray]
    graphs: dict[str, Any]
    weight: np.ndarray | None
    few_values: float
    coded: np.ndarray
    centers: Tensor
    preferred: tuple[str, str] | None = None
    of_views: bool = False
    of_missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class TablePartition:
    """The partition of the landmarks that was chosen, and why.

    Attributes
    ----------
    index : Tensor of shape (m,), int64
    labels : ndarray of shape (m,)
    verdict : Verdict
    partitions : dict of str to ndarray of shape (m,)
        Labels of all candidates that were heard.
    landmarks : Tensor of shape (m, p)
        The rows themselves, as plain K-Means sees them.
    centers : Tensor of shape (k, p)
        Of plain K-Means.
    scaling : Scaling
        Of plain K-Means.
    """

    index: Tensor
    labels: np.ndarray
    verdict: Verdict
    partitions: dict[str, np.ndarray]
    landmarks: Tensor
    centers: Tensor
    scaling: Scaling

    def alternatives(self, labels: np.ndarray, X: Any) -> list[dict[str, Any]]:
        """What ``alternatives_`` is for rows ``X`` (n, d), behind a transformer, with these ``labels`` (n,) of the fit.

        Each row follows its nearest landmark. Clusters are numbered by size.
        """
        place = None
        if X.shape[0] <= _MOST_LABELLED:
            rows = Rows(X, self.scaling, device=self.landmarks.device)
            place = torch.cat([assign(x, self.landmarks)[0] for x in rows.chunks(8192)]).cpu().numpy()
        return [
            {
                "name": name, **self.verdict.table[name],
                "labels": None if place is None
                else labels if name == self.verdict.name
                else numbered_by_size(self.partitions[name][place].astype(np.int32)),
            }
            for name in self.verdict.alternatives
        ]  # fmt: skip


def n_landmarks(rows: AllRows, strategy: SelfLabelling = _DEFAULT, *, several: bool = False) -> int:
    """How many of the distinct rows candidates are made of: more where there is one space instead of three.

    ``several`` where there are views of rows that are scaled already.
    """
    most = strategy.n_landmarks if len(rows) > _FEW_ROWS else strategy.n_landmarks // 2
    return min(len(rows), most // 2 if is_table(rows) or several else most)


def is_table(rows: AllRows) -> bool:
    """Whether rows are columns of a table as they are, not directions or profiles."""
    return rows.scaling.kind == "standard" and rows.scaling.components is None


def table_candidates(
    rows: AllRows, n_clusters: int, seeds: Seeds, strategy: SelfLabelling = _DEFAULT, *, views: Views | None = None,
    directions: Directions | None = None, missing: MissingCells | None = None,
) -> Candidates | None:  # fmt: skip
    """Candidates of distinct rows, scaled as plain K-Means sees them; None where rows are too few.

    Texts and embeddings have others, too, of their ``directions``. Those that tell what was ``missing`` are marked.

    Where rows are columns of a table as they are, not directions or profiles, the pool sees them in three spaces, and
    those that a preprocessor has scaled under its ``views``, multipliers (p,) of the columns; plain K-Means of these
    is a typical solution. Of several solutions of the others, that is plain K-Means which all candidates agree with
    most: inertia alone would choose by less than it can tell.
    """
    index = some_rows(rows, n_landmarks(rows, strategy, several=views is not None), seeds)
    if len(index) < max(_FEWEST_ROWS, 4 * n_clusters):
        return None
    solve = plain_kmeans if views is None else typical_kmeans
    solutions = solve(rows, n_clusters, seeds)
    taken = rows.take(index)
    X = taken.cpu().double().numpy()
    weight = None if rows.weight is None else rows.weight[index].cpu().double().numpy()
    if views is not None:
        spaces = {name: X * multipliers for name, multipliers in views.items()}
    else:
        spaces = column_spaces(X, weight) if is_table(rows) else {rows.scaling.kind: X}
    pool = candidate_pool(
        spaces, n_clusters, weight=weight, generator=seeds.generator("candidates"), n_neighbors=strategy.n_neighbors
    )  # fmt: skip
    preferred = None
    plain = [assign(taken, centers)[0].cpu().numpy().astype(np.int64) for centers in solutions]
    best = highest_consensus(plain, pool.partitions, weight)
    coded, partitions = _coded(X), {KMEANS: plain[best]} | pool.partitions
    if directions is not None:
        more, preferred = directions.candidates(index, plain[best], n_clusters, weight, seeds.generator("shared"))
        partitions = partitions | more
    of_missing = [] if missing is None else partitions_of_missing(partitions, missing.of(index), weight)
    return Candidates(
        index, partitions, pool.graphs, weight, coded.shape[1] / X.shape[1],
        coded if coded.shape[1] <= _MOST_CODED else coded[:, :0], solutions[best], preferred, views is not None,
        tuple(of_missing),
    )  # fmt: skip


def _coded(X: np.ndarray) -> np.ndarray:
    """Numbers from 0 (n, c) of the values of the columns of ``X`` that have few."""
    numbers = (np.unique(column, return_inverse=True)[1].reshape(-1) for column in X.T)
    return np.array([column for column in numbers if column.max() < _FEW_VALUES], dtype=np.int64).reshape(-1, len(X)).T


def find_partition(
    rows: AllRows, n_clusters: int, seeds: Seeds, wanted: str | None = None, *, strategy: SelfLabelling = _DEFAULT,
    collective: Collective | None = None, views: Views | None = None, directions: Directions | None = None,
    missing: MissingCells | None = None,
) -> TablePartition | None:  # fmt: skip
    """The verdict over :func:`table_candidates`, of rank 0 where processes share the rows; None: rows are too few."""
    collective = collective or SingleProcess()
    candidates = table_candidates(
        rows, n_clusters, seeds, strategy, views=views, directions=directions, missing=missing
    )  # fmt: skip
    if candidates is None:
        return None
    refuse_unknown_partition(wanted, candidates.partitions)
    verdict = _verdict(candidates, wanted)
    chosen = name_of_first(verdict.name, sorted(candidates.partitions), collective)
    if chosen != verdict.name:
        verdict = _verdict(candidates, chosen)
    return TablePartition(
        candidates.index, labels_of_first(candidates.partitions[verdict.name], collective), verdict,
        {name: candidates.partitions[name] for name in verdict.table}, rows.take(candidates.index),
        from_first(candidates.centers, collective), rows.scaling,
    )  # fmt: skip


def _verdict(candidates: Candidates, wanted: str | None) -> Verdict:
    left_out = {*candidates.of_missing} - {wanted}
    partitions = {name: labels for name, labels in candidates.partitions.items() if name not in left_out}
    preferred = candidates.preferred if candidates.preferred and candidates.preferred[0] in partitions else None
    with one_thread():
        verdict = judge(
            partitions, candidates.graphs, weight=candidates.weight, few_values=candidates.few_values,
            coded=candidates.coded, wanted=wanted, preferred=preferred, of_views=candidates.of_views,
        )  # fmt: skip
    if not left_out:
        return verdict
    which = f"{len(left_out)} more were left out, since they rather tell which cells were missing"
    return replace(verdict, reason=f"{verdict.reason}; {which}")


def _is_sure(verdict: Verdict) -> bool:
    """Whether it is probably right, nothing competes with it, and most methods see much the same."""
    probable = verdict.confidence is not None and verdict.confidence >= _SURE
    return probable and verdict.rival is None and verdict.table[verdict.name]["consensus"] >= _AGREED


def why_none(rows: AllRows, n_clusters: int, strategy: SelfLabelling = _DEFAULT) -> str:
    """Why :func:`find_partition` has nothing to choose from."""
    if n_clusters == 1:
        return "one cluster needs no graph"
    count = n_landmarks(rows, strategy)
    what = "distinct rows" if count == len(rows) else "landmarks"
    return f"{count} {what} are too few for a graph of {n_clusters} clusters"


def report_of(partition: TablePartition) -> dict[str, Any]:
    """What ``report_`` says of it."""
    verdict = partition.verdict
    return {
        "chosen": verdict.name,
        "reason": verdict.reason,
        "n_landmarks": len(partition.index),
        "confidence": verdict.confidence,
        "sure": _is_sure(verdict),
        "consensus": verdict.table[verdict.name]["consensus"],
        "runner_up": verdict.runner_up,
        "rival": verdict.rival,
        "alternatives": verdict.alternatives,
        "evidence": verdict.statistics,
        "rounds": [
            {"stage": "table", "chosen": verdict.name, "reason": verdict.reason, "candidates": verdict.table}
        ],
    }  # fmt: skip
