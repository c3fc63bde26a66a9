"""From columns in any unit to numbers a network can learn from, and back.

The rule is decided once, from the training rows, and is a table of a few vectors, so that it can be read
in ``report_``, stored as tensors and undone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from .._validation import OneOf
from ..exceptions import InvalidParameterError
from ..storage import schema
from .column_kinds import columns, row_rule, sparse_quantiles
from .magnitudes import check_spreads
from .row_steps import after_projection, size_of_rows, step_dense, step_sparse, undo_step
from .spaces import LIMIT, robust_units

__all__ = ["SCALINGS", "Scaling", "check_stored_scaling", "fit_scaling"]

SCALINGS = ("auto", "standard", "robust", "shared", "pixels", "unit", "counts", "cosine", "none")
_KINDS = (*SCALINGS[1:], "symmetric")


#: Cells of each column, at either end, that say nothing of its range, and rows that are looked at.
_OUTERMOST, _RANGE_ROWS = 0.005, 20_000
#: Places, in units of the last one, in which equal numbers may differ after a step along the row.
_ROUNDED = 16
#: Rows that the units of "robust" are found on, at most twice as many.
_UNIT_ROWS = 50_000


@dataclass(frozen=True)
class Scaling:
    """A step along the row, then ``(x - shift) / scale`` per column, then a projection; missing cells filled first.

    Attributes
    ----------
    kind : {"standard", "robust", "shared", "pixels", "unit", "symmetric", "counts", "cosine", "none"}
        ``"standard"``: mean 0, deviation 1 per column. ``"robust"``: median 0, in units of the middle of each column,
        cut off at four of them (see :mod:`.spaces`). ``"shared"``: mean 0 per column, one deviation for
        all (columns of one unit keep their relative size). ``"pixels"``: one mean and one deviation for all, so that a
        picture stays one. ``"unit"``: into [0, 1],
        for sigmoid outputs; ``"symmetric"``: into [-1, 1], for tanh outputs. ``"counts"``: each row is divided by its
        sum, times ``size``, then log(1 + x), then as ``"shared"``. ``"cosine"``: each row is divided by its length, and
        again after a projection; columns are not centred, since directions start at the origin.
    fill : Tensor of shape (d,), float64
        What replaces a missing cell: the column's mean over the cells that are present.
    flagged : Tensor of shape (m,), int64
        Columns that had missing cells in training; each adds one input that is 1 where the cell was missing.
    shift, scale : Tensor of shape (d,), float64
    size : float
        Of ``"counts"``: the median sum of a training row.
    components : Tensor of shape (d, p), float64, or None
        Orthonormal columns onto which scaled rows are projected (see :func:`~deepkmeans.data.fit_projection`).
    """

    kind: str
    fill: Tensor
    flagged: Tensor
    shift: Tensor
    scale: Tensor
    size: float = 1.0
    components: Tensor | None = field(default=None)

    @property
    def n_inputs(self) -> int:
        """Width of the scaled rows: columns (or components) plus flags."""
        return (len(self.shift) if self.components is None else self.components.shape[1]) + len(self.flagged)

    def apply(self, X: Tensor) -> Tensor:
        """Rows of shape (n, d) to network inputs of shape (n, d + m), or (n, p + m) with a projection; same dtype."""
        missing = X.isnan()
        if bool(missing.any()):
            X = torch.where(missing, self.fill.to(X.dtype), X)
        X = step_dense(X, self.kind, self.size)
        if X.dtype == torch.float32 and _beyond_float32(self.shift, self.scale):
            scaled = ((X.double() - self.shift) / self.scale).to(X.dtype)
        else:
            scaled = (X - self.shift.to(X.dtype)) / self.scale.to(X.dtype)
        if self.kind == "robust":
            scaled = scaled.clamp(-LIMIT, LIMIT)
        if self.components is not None:
            scaled = after_projection(scaled @ self.components.to(X.dtype), self.kind)
        if not len(self.flagged):
            return scaled
        return torch.cat([scaled, missing[:, self.flagged].to(X.dtype)], dim=1)

    def scale_sparse(self, X: Any) -> Any:
        """Rows (n, d) of a CSR matrix after the step along the row and the division by ``scale``, still sparse.

        Not centred, and before any projection: subtracting a mean would fill every cell.
        """
        return (step_sparse(X, self.kind, self.size) @ sp.diags(1 / self.scale.numpy())).tocsr()

    def apply_sparse(self, X: Any) -> Tensor:
        """What :meth:`apply` gives for the same rows dense, (n, p), from a CSR matrix that stays sparse on the way."""
        assert self.components is not None
        X = step_sparse(X, self.kind, self.size)
        by_scale = (self.components / self.scale[:, None]).numpy()  # (d, p)
        projected = torch.from_numpy(X.astype(np.float64) @ by_scale - self.shift.numpy() @ by_scale)
        return after_projection(projected, self.kind)

    def invert(self, scaled: Tensor) -> Tensor:
        """Network outputs of shape (n, d + m) back to the columns' own units, shape (n, d).

        What a projection or a step along the row has taken away (directions outside the components, the length or
        sum of the row) is not brought back: rows then have a typical sum, or length one.
        """
        if self.components is not None:
            scaled = scaled[:, : self.components.shape[1]] @ self.components.to(scaled.dtype).T
        d = len(self.shift)
        if _outside(scaled.dtype, self.shift, self.scale):
            most = torch.finfo(scaled.dtype).max
            columns_ = (scaled[:, :d].double() * self.scale + self.shift).clamp(-most, most).to(scaled.dtype)
        else:
            columns_ = scaled[:, :d] * self.scale.to(scaled.dtype) + self.shift.to(scaled.dtype)
        return undo_step(columns_, self.kind)

    def with_projection(self, components: Tensor) -> Scaling:
        """The same scaling followed by a projection."""
        return replace(self, components=components)

    def without_flags(self) -> Scaling:
        """The same scaling; a missing cell is filled, and nothing tells that it was missing."""
        return replace(self, flagged=self.flagged[:0])

    def to_tensors(self) -> dict[str, Tensor]:
        """The vectors, for storage."""
        tensors = {"fill": self.fill, "flagged": self.flagged, "shift": self.shift, "scale": self.scale}
        if self.kind == "counts":
            tensors["size"] = torch.tensor(self.size, dtype=torch.float64)
        if self.components is not None:
            tensors["components"] = self.components
        return tensors

    @classmethod
    def from_tensors(cls, kind: str, tensors: dict[str, Tensor]) -> Scaling:
        """Rebuild what :meth:`to_tensors` gave."""
        fill, flagged, shift, scale = (tensors[name] for name in ("fill", "flagged", "shift", "scale"))
        size = float(tensors["size"]) if "size" in tensors else 1.0
        return cls(kind, fill, flagged, shift, scale, size=size, components=tensors.get("components"))


_DOUBLE = [torch.float64]
#: What :meth:`Scaling.to_tensors` gives, as a file holds it.
_STORED = {
    "fill": schema.TensorOf(_DOUBLE, ("n_columns",)),
    "flagged": schema.TensorOf([torch.int64], ("n_flagged",), low=0, below="n_columns", may_be_empty=True),
    "shift": schema.TensorOf(_DOUBLE, ("n_columns",)),
    "scale": schema.TensorOf(_DOUBLE, ("n_columns",), low=0, above=True),
    "size": schema.TensorOf(_DOUBLE, (), low=0, above=True, optional=True),
    "components": schema.TensorOf(_DOUBLE, ("n_columns", "n_directions"), optional=True),
}


def check_stored_scaling(kind: Any, tensors: dict[str, Tensor], prefix: str) -> dict[str, int]:
    """Refuse what is no scaling with :class:`~deepkmeans.storage.schema.MismatchError`; return its sizes by name."""
    schema.check_value(kind, [OneOf(*_KINDS)], "'scaling'")
    sizes = schema.check_tensors(tensors, _STORED, prefix=prefix)
    if kind == "counts" and f"{prefix}size" not in tensors:
        raise schema.MismatchError(f"the tensor {prefix + 'size'!r} is missing")
    return sizes | {"n_inputs": sizes.get("n_directions", sizes["n_columns"]) + sizes["n_flagged"]}


def _beyond_float32(shift: Tensor, scale: Tensor) -> bool:
    """Whether subtracting in float32 would lose the columns' own variation (large offset, tiny or huge spread)."""
    return bool((shift.abs() > 1e3 * scale).any()) or _outside(torch.float32, shift, scale)


def _outside(dtype: torch.dtype, shift: Tensor, scale: Tensor) -> bool:
    """Whether the columns' own units are hardly numbers of that dtype."""
    finite = torch.finfo(dtype)
    return bool((scale < finite.tiny).any() or torch.maximum(shift.abs(), scale).max() > finite.max / 2**10)


def fit_scaling(
    X: Any,
    kind: str = "auto",
    *,
    output_range: tuple[float, float] | None = None,
    rows: bool = False,
    weight: np.ndarray | None = None,
    names: Any = None,
) -> Scaling:
    """Decide and fit the scaling of the columns of ``X``.

    Parameters
    ----------
    X : ndarray of shape (n, d), possibly with NaN, or sparse matrix
    kind : {"auto", "standard", "robust", "shared", "pixels", "unit", "counts", "cosine", "none"}
        ``"auto"`` takes ``"shared"`` when the columns share one range (the median column spans at least half
        of the range of the whole table, as pixels do; but for the outermost half percent of each column), else
        ``"standard"``; with ``rows=True`` it first looks for counts and for weights of words, see
        :func:`~deepkmeans.data.column_kinds.row_rule`.
    output_range : (float, float) or None
        Range of the network's output activation; a bounded one makes ``"auto"`` and ``"unit"`` map the
        columns into it, so that every value can be reconstructed.
    rows : bool
        Whether ``"auto"`` may choose ``"counts"`` or ``"cosine"``, which cannot be undone entirely.
    weight : ndarray of shape (n,) or None
        A weight of 2 counts as two rows.
    names : sequence of str or None
        Of the columns, for messages.

    Returns
    -------
    Scaling

    Raises
    ------
    InvalidDataError
        For a column that varies by less than 1e-301 in all.

    Notes
    -----
    Two passes over the data, O(n d) time, O(8192 d) extra memory.
    """
    if kind == "auto" and rows and output_range is None:
        kind = row_rule(X) or kind
    low, high, mean, deviation, missing = columns(X, weight)
    fill, size, step = mean, 1.0, kind
    if kind in ("counts", "cosine"):
        size = size_of_rows(X, weight) if kind == "counts" else 1.0
        X = step_sparse(X, kind, size) if sp.issparse(X) else step_dense(_filled(X, fill), kind, size).numpy()
        low, high, mean, deviation, _ = columns(X, weight)
        # The step rounds: rows of one direction, or of one profile, differ by that alone, which is no variation.
        still = high - low <= _ROUNDED * np.finfo(X.dtype).eps * np.maximum(np.abs(low), np.abs(high))
        high, deviation = np.where(still, low, high), np.where(still, 0.0, deviation)
        kind = "shared"
    if kind != "none":
        check_spreads(high - low, names)
    varying = high > low
    span = high / 2 - low / 2  # halves: the full range of 1e308 overflows
    whole = (high.max(initial=-np.inf) / 2 - low.min(initial=np.inf) / 2) if len(low) else 0.0
    shares_range = kind in ("auto", "unit") and bool(varying.any()) and _shares_range(X, low, high, varying, weight)
    if kind == "auto":
        kind = "unit" if output_range is not None else ("shared" if shares_range else "standard")
    if kind == "none":
        shift, scale = np.zeros_like(mean), np.ones_like(mean)
    elif kind == "unit":
        floor, ceiling = output_range or (0.0, 1.0)
        low, half = (np.full_like(low, low.min()), np.full_like(span, whole)) if shares_range else (low, span)
        scale = np.where(half > 0, half * (2 / (ceiling - floor)), 1.0)
        shift = low - floor * scale
        kind = "unit" if floor == 0 else "symmetric"
    elif kind == "robust":
        if sp.issparse(X):
            raise InvalidParameterError(
                "scaling='robust' shifts columns, which would fill a sparse matrix; use 'standard', or give dense rows."
            )
        stride = max(1, len(X) // _UNIT_ROWS)
        own = None if weight is None else weight[::stride]
        shift, scale = robust_units(_filled(X[::stride], fill).numpy(), own)
    else:
        if kind in ("shared", "pixels"):
            if kind == "pixels":
                middle = mean.mean()
                deviation = np.hypot(deviation, mean - middle)
                mean, varying = np.full_like(mean, middle), np.ones_like(varying)
            peak = deviation.max(initial=0.0) or 1.0
            common = peak * np.sqrt(np.mean((deviation[varying] / peak) ** 2)) if varying.any() else 1.0
            common = common or 1.0  # a single grey has no unit
            deviation = np.full_like(deviation, common)
        shift, scale = mean, np.where(varying & (deviation > 0), deviation, 1.0)
        if kind in ("shared", "pixels"):
            scale = deviation
        if step == "cosine":
            shift = np.zeros_like(mean)
    return Scaling(
        kind=step if step in ("counts", "cosine") else kind,
        fill=torch.from_numpy(fill.copy()),
        flagged=torch.from_numpy(np.flatnonzero(missing)),
        shift=torch.from_numpy(np.asarray(shift, dtype=np.float64)),
        scale=torch.from_numpy(np.asarray(scale, dtype=np.float64)),
        size=size,
    )


def _shares_range(
    X: Any, low: np.ndarray, high: np.ndarray, varying: np.ndarray, weight: np.ndarray | None
) -> bool:  # fmt: skip
    """Whether the median column spans half of the range of all; single cells far out span nothing.

    Columns of which hardly any cell differs from the others, as those of rare words, are left out, unless all are such.
    """
    stride = max(1, X.shape[0] // _RANGE_ROWS)
    sample, own = X[::stride][:, varying], None if weight is None else weight[::stride]
    # At least two cells at either end, but of very few.
    outermost = max(_OUTERMOST, min(2 / max(sample.shape[0] - 1, 1), 0.05))
    levels = [outermost, 1 - outermost]
    low, high = low[varying], high[varying]
    if sp.issparse(sample):
        inner = sparse_quantiles(sample, levels, own)
    else:
        sample = sample[:, ~np.isnan(sample).all(axis=0)]  # hardly any cell present: none among these rows
        if not sample.shape[1]:
            return False
        inner = _quantiles(sample, levels, own)
    wide = inner[1] > inner[0]
    low, high = inner[:, wide] if wide.any() else (low, high)
    span = high / 2 - low / 2
    return bool(np.median(span) >= 0.5 * (high.max() / 2 - low.min() / 2))


def _quantiles(X: np.ndarray, levels: list[float], weight: np.ndarray | None) -> np.ndarray:
    """Quantiles (levels, d) of the cells present in each column of ``X`` (n, d); weights (n,) count as copies."""
    if weight is None:
        return np.asarray(np.nanquantile(X, levels, axis=0))
    order = np.argsort(X, axis=0)  # missing cells come last, where they weigh nothing
    held = np.take_along_axis(np.where(np.isnan(X), 0.0, weight[:, None]), order, axis=0).cumsum(axis=0)
    at = np.stack([(held < level * held[-1]).sum(axis=0) for level in levels])
    return np.asarray(np.take_along_axis(np.take_along_axis(X, order, axis=0), at, axis=0))


def _filled(X: np.ndarray, fill: np.ndarray) -> Tensor:
    X = X if X.dtype.kind == "f" else X.astype(np.float32)
    return torch.from_numpy(np.where(np.isnan(X), fill.astype(X.dtype), X))
