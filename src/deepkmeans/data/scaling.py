"""From columns in any unit to numbers a network can learn from, and back.

The rule is decided once, from the training rows, and is a table of a few vectors, so that it can be read
in ``report_``, stored as tensors and undone. How it is decided is in :mod:`.scaling_fit`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from .._validation import OneOf
from ..storage import schema
from .row_steps import after_projection, step_dense, step_sparse, undo_step
from .spaces import LIMIT

__all__ = ["SCALINGS", "Scaling", "check_stored_scaling"]

SCALINGS = ("auto", "standard", "robust", "shared", "pixels", "unit", "counts", "cosine", "none")
_KINDS = (*SCALINGS[1:], "symmetric")


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

    @property
    def by_cell(self) -> bool:
        """Whether a scaled cell follows from that cell alone, so that no bit of it depends on the other rows."""
        return self.components is None and self.kind not in ("counts", "cosine")

    def apply(self, X: Tensor) -> Tensor:
        """Rows of shape (n, d) to network inputs of shape (n, d + m), or (n, p + m) with a projection; same dtype."""
        columns, flags = self.cells(X)
        return self.inputs(self.project(columns), flags)

    def cells(self, X: Tensor) -> tuple[Tensor, Tensor]:
        """Rows (n, d) scaled column by column, (n, d), and flags (n, m) of their missing cells: before any projection.
        """
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
        return scaled, missing[:, self.flagged].to(X.dtype)

    def project(self, columns: Tensor) -> Tensor:
        """Scaled columns (n, d) in the components, (n, p); as they are where there is no projection."""
        return columns if self.components is None else columns @ self.components.to(columns)

    def lift(self, projected: Tensor) -> Tensor:
        """The transpose of :meth:`project`: gradients (n, p) in components as gradients (n, d) in scaled columns."""
        return projected if self.components is None else projected @ self.components.to(projected).T

    def inputs(self, projected: Tensor, flags: Tensor) -> Tensor:
        """Network inputs (n, p + m) of what :meth:`project` gives, and of flags (n, m); differentiable in both."""
        if self.components is not None:
            projected = after_projection(projected, self.kind)
        return torch.cat([projected, flags], dim=1) if len(self.flagged) else projected

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
    "components": schema.TensorOf(_DOUBLE, ("n_columns", "n_components"), optional=True),
}


def check_stored_scaling(kind: Any, tensors: dict[str, Tensor], prefix: str) -> dict[str, int]:
    """Refuse what is no scaling with :class:`~deepkmeans.storage.schema.MismatchError`; return its sizes by name."""
    schema.check_value(kind, [OneOf(*_KINDS)], "'scaling'")
    sizes = schema.check_tensors(tensors, _STORED, prefix=prefix)
    if kind == "counts" and f"{prefix}size" not in tensors:
        raise schema.MismatchError(f"the tensor {prefix + 'size'!r} is missing")
    return sizes | {"n_inputs": sizes.get("n_components", sizes["n_columns"]) + sizes["n_flagged"]}


def _beyond_float32(shift: Tensor, scale: Tensor) -> bool:
    """Whether subtracting in float32 would lose the columns' own variation (large offset, tiny or huge spread)."""
    return bool((shift.abs() > 1e3 * scale).any()) or _outside(torch.float32, shift, scale)


def _outside(dtype: torch.dtype, shift: Tensor, scale: Tensor) -> bool:
    """Whether the columns' own units are hardly numbers of that dtype."""
    finite = torch.finfo(dtype)
    return bool((scale < finite.tiny).any() or torch.maximum(shift.abs(), scale).max() > finite.max / 2**10)
