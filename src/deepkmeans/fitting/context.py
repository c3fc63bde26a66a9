"""What a fit has at hand when everything is prepared and nothing is trained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from ..data import PreparedRows, Rows
from ..data.sharding import AllRows, all_rows
from ..encoders import Encoder
from ..exceptions import InvalidParameterError
from ..kmeans import assign
from ..metrics.label_numbers import by_size
from ..objectives import Objective
from ..runtime import Seeds
from ..runtime.collective import Collective, SingleProcess
from ..training import encode_rows
from .plan import FitPlan

if TYPE_CHECKING:
    from .result import FitResult

__all__ = ["FitContext"]


@dataclass(frozen=True)
class FitContext:
    """A prepared fit: its plan, its rows, a network with new weights, an objective that is not set up.

    Attributes
    ----------
    plan : FitPlan
    rows : PreparedRows
        Of this process.
    encoder : Encoder
    objective : Objective
    seeds : Seeds
    collective : Collective
        The processes that hold the other rows, each a shard of them.
    """

    plan: FitPlan
    rows: PreparedRows
    encoder: Encoder
    objective: Objective
    seeds: Seeds
    collective: Collective = field(default_factory=SingleProcess)

    @property
    def n_clusters(self) -> int:
        """Clusters to make; 1 until ``"auto"`` has been decided."""
        return 1 if self.plan.n_clusters is None else self.plan.n_clusters

    def with_clusters(self, n_clusters: int) -> FitContext:
        """The same, with the number of clusters decided."""
        return replace(self, plan=self.plan.with_clusters(n_clusters))

    def shard(self, collective: Collective) -> FitContext:
        """The share of this process in a fit that every process has prepared in full, with the same seed.

        Shards are as long as one another, but for a row, and follow one another by rank.

        Raises
        ------
        InvalidParameterError
            In every process: there are fewer rows than processes.
        """
        n_samples = min(len(rows) for rows in (self.rows.network, self.rows.plain))
        if n_samples < collective.size:
            raise InvalidParameterError(
                f"{n_samples} rows that differ cannot be shared by {collective.size} processes, each of which needs "
                "one; start fewer processes."
            )

        def part(rows: Rows) -> Rows:
            n, rank = len(rows), collective.rank
            first, end = n * rank // collective.size, n * (rank + 1) // collective.size
            return rows.subset(torch.arange(first, end, device=rows.device))

        return replace(self, rows=self._each_rows(part), collective=collective)

    def to(self, dtype: torch.dtype) -> FitContext:
        """The same fit, computed in this dtype; the network is converted in place."""
        encoder = self.encoder.to(dtype)
        return replace(self, rows=self._each_rows(lambda rows: rows.to(dtype)), encoder=encoder)

    def labels(self, result: FitResult) -> Tensor:
        """The nearest centres (n,) of the rows of this process, by what a strategy has made of them."""
        return assign(encode_rows(result.encoder, self._rows_of(result)), result.centers)[0]

    def _rows_of(self, result: FitResult) -> Rows:
        """The rows of this process as the network of a result takes them."""
        return self.rows.plain if result.scaling is self.rows.plain.scaling else self.rows.network

    def numbered(self, result: FitResult) -> FitResult:
        """The result with its clusters ordered by size, as ``DeepKMeans`` numbers them; the same in every process."""
        rows = self._rows_of(result)
        labels = self.collective.gather(self.labels(result)).cpu().numpy()
        weight = None if rows.weight is None else self.collective.gather(rows.weight).cpu().double().numpy()
        sizes = np.bincount(labels, weights=weight, minlength=self.n_clusters)
        order = torch.from_numpy(by_size(labels, sizes)).to(result.centers.device)
        return replace(result, centers=result.centers[order])

    def all_rows(self, rows: Rows) -> AllRows:
        """Of ``rows`` of this process those of all, to draw landmarks from."""
        return all_rows(rows, self.collective)

    def _each_rows(self, change: Callable[[Rows], Rows]) -> PreparedRows:
        """All rows changed; what was one object stays one."""
        made: dict[int, Rows] = {}
        for rows in (self.rows.network, self.rows.plain, self.rows.counted):
            if id(rows) not in made:
                made[id(rows)] = change(rows)
        seen = self.rows
        network, plain, counted = (made[id(rows)] for rows in (seen.network, seen.plain, seen.counted))
        return replace(seen, network=network, plain=plain, counted=counted)
