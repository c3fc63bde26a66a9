"""The scaled rows of one input: sliced by index, on the device. No Python loop over rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from ..exceptions import InvalidDataError
from ..types import SINGLE_INPUT
from .reach import check_scaled
from .scaling import Scaling
from .source import Samples
from .weights import refuse_impossible

__all__ = ["Rows"]


class Rows:
    """The training rows of one input behind a scaling; alone, a source of samples.

    Dense data is scaled once and kept as one float32 tensor of shape (n, d + m), and so are the (n, p) coordinates of
    a scaling that projects; other sparse data stays sparse and is densified a batch at a time.

    Parameters
    ----------
    X : ndarray of shape (n, d) or CSR matrix
    scaling : Scaling
    weight : ndarray of shape (n,) or None
        Sample weights; normalised here to mean 1.
    device : torch.device
    dtype : torch.dtype
        float32 to train; float64 to encode float64 data exactly.
    names : sequence of str or None
        Of the columns, for messages.

    Raises
    ------
    InvalidDataError
        For a cell that is so far from those of the training rows, in units of its column, that its square is no number
        of that dtype; for a weight that is negative or not finite.
    """

    def __init__(
        self, X: Any, scaling: Scaling, *, weight: np.ndarray | None = None, device: torch.device,
        dtype: torch.dtype = torch.float32, names: Any = None,
    ) -> None:  # fmt: skip
        self.scaling, self.device, self.dtype = scaling, device, dtype
        self._n_rows, self._names = X.shape[0], names
        self._sparse = X.tocsr() if sp.issparse(X) and scaling.components is None else None
        self._dense = None if self._sparse is not None else self._scaled(X)
        self._at_mean: np.ndarray | None = None
        self.weight: Tensor | None = None
        if weight is not None:
            refuse_impossible(weight, "weight")
            if not weight.any():
                raise InvalidDataError("'weight' is 0 for every row; give at least one row a weight.")
            self.weight = torch.as_tensor(weight / weight.mean(), dtype=torch.float32, device=device)

    def __len__(self) -> int:
        return self._n_rows

    @property
    def n_inputs(self) -> int:
        return self.scaling.n_inputs

    def _scaled(self, X: Any) -> Tensor:
        """Scaled in blocks: the float64 intermediate of a large table is never whole in memory."""
        out = torch.empty((X.shape[0], self.scaling.n_inputs), dtype=self.dtype)
        for start in range(0, X.shape[0], 8192):
            if sp.issparse(X):
                scaled = self.scaling.apply_sparse(X[start : start + 8192].tocsr())
            else:
                block = torch.from_numpy(np.require(X[start : start + 8192], requirements=["C", "W"]))
                block = block if block.dtype in (torch.float32, torch.float64) else block.to(self.dtype)
                scaled = self.scaling.apply(block)
            out[start : start + 8192] = scaled.to(self.dtype)
            check_scaled(out[start : start + 8192], X[start : start + 8192], self.scaling, self._names)
        return out.to(self.device)

    def take(self, index: Tensor) -> Tensor:
        """Scaled rows at ``index`` (B,) -> (B, d + m)."""
        if self._dense is not None:
            return self._dense[index]
        return self._densified(index.cpu().numpy())

    def _densified(self, which: np.ndarray | slice) -> Tensor:
        """Some rows of a sparse matrix, scaled, and those at the mean there."""
        assert self._sparse is not None
        scaled = self._scaled(self._sparse[which].toarray())
        if self._at_mean is not None:
            scaled[torch.from_numpy(self._at_mean[which]).to(self.device)] = self._mean
        return scaled

    @property
    def _mean(self) -> Tensor:
        """The mean row, scaled, (d + m,): no cell of it is missing."""
        return self.scaling.apply(self.scaling.fill[None])[0].to(self.device, self.dtype)

    def chunks(self, size: int) -> Iterator[Tensor]:
        """All rows in order, ``size`` at a time."""
        for start in range(0, self._n_rows, size):
            if self._dense is not None:
                yield self._dense[start : start + size]
            else:
                yield self._densified(slice(start, start + size))

    def inputs(self, index: Tensor) -> Samples:
        """The rows at ``index`` as the single input of a :class:`~deepkmeans.data.source.SampleSource`."""
        return {SINGLE_INPUT: self.take(index)}, None

    def input_chunks(self, size: int) -> Iterator[Samples]:
        """The same for all rows in order, ``size`` at a time."""
        for block in self.chunks(size):
            yield {SINGLE_INPUT: block}, None

    def subset(self, index: Tensor) -> Rows:
        """A view of some rows with the same scaling (copies the rows)."""
        part = object.__new__(Rows)
        part.scaling, part.device, part.dtype, part._n_rows = self.scaling, self.device, self.dtype, len(index)
        part._names = self._names
        part._dense = None if self._dense is None else self._dense[index]
        part._sparse = None if self._sparse is None else self._sparse[index.cpu().numpy()]
        part._at_mean = None if self._at_mean is None else self._at_mean[index.cpu().numpy()]
        part.weight = None if self.weight is None else self.weight[index]
        return part

    def with_means(self, at: Tensor) -> Rows:
        """The same rows, those ``at`` (n,) the mean whatever they hold; a sparse matrix stays sparse."""
        part = object.__new__(Rows)
        vars(part).update(vars(self))
        if self._dense is None:
            part._at_mean = at.cpu().numpy()
        else:
            part._dense = torch.where(at.to(self.device)[:, None], self._mean, self._dense)
        return part

    def with_rows(self, scaled: Tensor, weight: Tensor | None = None) -> Rows:
        """Other rows behind the same scaling, which has been applied to ``scaled`` (n, d + m)."""
        part = object.__new__(Rows)
        part.scaling, part.device, part.dtype, part._n_rows = self.scaling, self.device, scaled.dtype, len(scaled)
        part._names, part._sparse, part._dense, part.weight = self._names, None, scaled, weight
        part._at_mean = None
        return part

    def to(self, dtype: torch.dtype) -> Rows:
        """The same rows, given out as numbers of this dtype."""
        part = object.__new__(Rows)
        part.scaling, part.device, part.dtype, part._n_rows = self.scaling, self.device, dtype, self._n_rows
        part._names, part._sparse, part._at_mean = self._names, self._sparse, self._at_mean
        part._dense = None if self._dense is None else self._dense.to(dtype)
        part.weight = None if self.weight is None else self.weight.to(dtype)
        return part
