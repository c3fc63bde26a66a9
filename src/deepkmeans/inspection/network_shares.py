"""Contributions to the margin of a model whose embedding can be differentiated.

The margin of a row z in the embedding, \\|z - c_2\\|^2 - \\|z - c_1\\|^2 with c_1 its centre and c_2 that of the
runner-up, is linear in z; the difference of the distances themselves would bend it, and share out the same order of
columns less evenly. What is shared out is how it changes on the way from a typical row of the runner-up, the mean of
its rows, to the row: why here, and not there. (Means gave the planted columns of generated tables as surely as eight or
sixteen single rows did, and agree as well with Shapley values, for a fraction of the time.)

The way is straight in the scaled columns, before any projection: scaling a cell concerns that cell alone, so that
shares of scaled columns are shares of columns, and a missing cell counts with the flag that it raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from ..data import Scaling
from ..encoders import Encoder
from ..estimators.prediction import CentersInEmbedding
from ..runtime import Seeds, plain_torch
from ..types import SINGLE_INPUT
from .integrated_gradients import mean_gradients
from .original import OriginalRows
from .runner_up import Sides, center_labels, prices_of, sides_of
from .shares import Shares
from .spaces import Clusterer
from .user_columns import UserColumns, user_columns

__all__ = ["network_shares"]

#: Numbers in memory at once, of which a path takes so many times those of its row.
_BUDGET, _COPIES = 2**22, 32
#: What contributions may miss of the margin, and of its change along the path where the margin is next to nothing.
_TOLERANCE, _NEAR_BORDER = 8e-3, 2e-4
#: Rows whose means are compared with; of more it is a random sample.
_COMPARED = 20_000


@plain_torch()
def network_shares(
    clusterer: Clusterer, X: Any, labels: np.ndarray, rows: OriginalRows, index: np.ndarray, n_steps: int | None,
    seeds: Seeds,
) -> Shares | None:  # fmt: skip
    """Shares of the rows at ``index`` (m,) of ``X``, which has these labels (n,); None where there is no gradient, or
    nobody can say which number is made of which column."""
    model = clusterer.model
    if clusterer.steps or not isinstance(model, CentersInEmbedding) or model._reduction is not None:
        return None
    checked = model._checked(X)
    columns = user_columns(clusterer, rows, checked.shape[1])
    if columns is None:
        return None
    if len(labels) > _COMPARED + len(index):
        some = np.union1d(seeds.numpy("compared").permutation(len(labels))[:_COMPARED], index)
        checked, labels, index = checked[some], labels[some], np.searchsorted(some, index)
    cells = _Cells.of(model, checked)
    with torch.no_grad():
        embedding = torch.cat([cells.embed(*cells.start_of(part)) for part in cells.chunks(np.arange(len(labels)))])
    centers = model._centers_like(embedding)
    prices = prices_of(model, len(centers))
    squared = torch.cdist(embedding, centers, compute_mode="donot_use_mm_for_euclid_dist").square().cpu().numpy()
    numbers = center_labels(squared + prices, labels)
    if numbers is None:
        return None
    sides = sides_of(squared + prices, numbers)
    return _shares(cells, columns, sides, centers, prices, index, n_steps)


@dataclass(frozen=True, eq=False)
class _Cells:
    """Checked rows, scaled column by column a chunk at a time, and the function from there to the embedding."""

    X: Any
    scaling: Scaling
    dtype: torch.dtype
    device: torch.device
    embed: Callable[[Tensor, Tensor], Tensor]
    encoder: Encoder

    @classmethod
    def of(cls, model: Any, X: Any) -> _Cells:
        dtype = torch.float64 if model._double_works() else torch.float32
        return cls(X, model.scaling_, dtype, model._device, model._embedding_of_cells(dtype), model.encoder_)

    def chunks(self, index: np.ndarray, copies: int = 1) -> Iterator[np.ndarray]:
        """Positions (m,) in parts of so many rows that ``copies`` of their numbers can be held."""
        size = max(1, _BUDGET // (copies * self.X.shape[1]))
        return (index[start : start + size] for start in range(0, len(index), size))

    def take(self, index: np.ndarray) -> tuple[Tensor, Tensor]:
        """Scaled columns (m, d) and flags (m, f) of the rows at ``index``."""
        part = self.X[index].toarray() if sp.issparse(self.X) else self.X[index]
        kind = np.float64 if self.dtype == torch.float64 else np.float32
        columns, flags = self.scaling.cells(torch.from_numpy(np.ascontiguousarray(part, dtype=kind)))
        return columns.to(self.device), flags.to(self.device)

    def start_of(self, index: np.ndarray) -> tuple[Tensor, Tensor]:
        columns, flags = self.take(index)
        return self.scaling.project(columns), flags

    @torch.no_grad()
    def decoded(self, center: Tensor) -> tuple[Tensor, Tensor]:
        """Columns (1, d) and flags (1, f) that a centre (1, embedding_dim) decodes to."""
        inputs = self.encoder.decode(center.to(self.encoder.shift))[SINGLE_INPUT].to(center)
        split = self.scaling.n_inputs - len(self.scaling.flagged)
        return self.scaling.lift(inputs[:, :split]), inputs[:, split:]

    def means(self, groups: np.ndarray) -> dict[int, tuple[Tensor, Tensor]]:
        """Mean columns (1, d) and flags (1, f) of the rows of each group; groups (n,) are numbers."""
        means = {}
        for group in np.unique(groups).tolist():
            index, total = np.flatnonzero(groups == group), None
            for part in self.chunks(index):
                sums = [each.sum(0, keepdim=True) for each in self.take(part)]
                total = sums if total is None else [a + b for a, b in zip(total, sums, strict=True)]
            assert total is not None
            means[group] = (total[0] / len(index), total[1] / len(index))
        return means


def _shares(
    cells: _Cells, columns: UserColumns, sides: Sides, centers: Tensor, prices: np.ndarray, index: np.ndarray,
    n_steps: int | None,
) -> Shares:  # fmt: skip
    asked = torch.from_numpy(prices).to(centers)
    means = _typical(cells, sides, centers, asked)
    price = (prices[sides.next] - prices[sides.near])[index]
    values = np.zeros((len(index), len(columns.names)))
    base = np.zeros(len(index))
    at, split = 0, cells.scaling.n_inputs - len(cells.scaling.flagged)
    for part in cells.chunks(index, _COPIES):
        second = sides.next[part]
        typical = [torch.cat([means[c][k] for c in second.tolist()]) for k in (0, 1)]
        rows = cells.take(part)
        normal = 2 * (centers[sides.near[part]] - centers[second])
        levels = centers.square().sum(1) + asked
        offset = levels[second] - levels[sides.near[part]]
        margin = partial(_margin, cells.embed, split, normal, offset)
        start, stop = (torch.cat([cells.scaling.project(a), b], dim=1) for a, b in (typical, rows))
        path = torch.arange(len(part), device=start.device)
        with torch.no_grad():
            base_here = margin(start, path)
        here = torch.from_numpy(sides.margin[part]).to(start)
        tolerance = _TOLERANCE * torch.maximum(here.abs(), _NEAR_BORDER * (here - base_here).abs())
        slopes = mean_gradients(margin, start, stop, tolerance, n_steps)
        of_columns = cells.scaling.lift(slopes[:, :split]) * (rows[0] - typical[0])
        of_flags = slopes[:, split:] * (rows[1] - typical[1])
        shares = columns.summed(of_columns, of_flags, cells.scaling.flagged.to(start.device))
        values[at : at + len(part)] = shares.double().cpu().numpy()
        base[at : at + len(part)] = base_here.double().cpu().numpy()
        at += len(part)
    first, second, margins = (each[index] for each in (sides.first, sides.second, sides.margin))
    return Shares("integrated gradients", columns.names, values, margins, base - price, first, second, price)


def _margin(
    embed: Callable[[Tensor, Tensor], Tensor], split: int, normal: Tensor, offset: Tensor, points: Tensor, which: Tensor
) -> Tensor:  # fmt: skip
    """Margins (m,) of inputs (m, p + f) between the centres of the rows ``which`` (m,)."""
    return (embed(points[:, :split], points[:, split:]) * normal[which]).sum(1) + offset[which]


def _typical(cells: _Cells, sides: Sides, centers: Tensor, prices: Tensor) -> dict[int, tuple[Tensor, Tensor]]:
    """A typical row of each centre: the mean of its rows where it is nearest to that centre, else the row next to it.

    Of a centre without rows it is what the centre decodes to, or the mean of all rows where nothing decodes it.
    """
    means = cells.means(sides.near)
    for center, (columns, flags) in means.items():
        z = cells.embed(cells.scaling.project(columns), flags)
        if int(((z - centers).square().sum(1) + prices).argmin()) != center:
            nearest, least = None, np.inf
            for part in cells.chunks(np.flatnonzero(sides.near == center)):
                away = [((a - b) ** 2).sum(1) for a, b in zip(cells.take(part), (columns, flags), strict=True)]
                total = away[0] + away[1]
                if float(total.min()) < least:
                    nearest, least = part[[int(total.argmin())]], float(total.min())
            assert nearest is not None
            means[center] = cells.take(nearest)
    lacking = set(sides.next.tolist()) - set(means)
    if lacking and not cells.encoder.can_decode:
        return means | dict.fromkeys(lacking, cells.means(np.zeros(len(sides.near), dtype=np.int64))[0])
    return means | {center: cells.decoded(centers[[center]]) for center in lacking}
