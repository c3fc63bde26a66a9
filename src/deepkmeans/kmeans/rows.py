"""Rows, dense or sparse: the few things K-Means asks of a matrix, so that nothing above knows its layout.

Sparse matrices are torch's CSR (``torch.sparse_csr``). Every function takes both layouts, any device and
float32 or float64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from ..runtime import take_notices

__all__ = [
    "CHUNK_BYTES",
    "SCORE_BYTES",
    "block",
    "chunks",
    "csr_rows",
    "is_sparse",
    "joined",
    "norms",
    "own_products",
    "product",
    "row_of_entry",
    "safe_range",
    "select",
    "stacked",
    "sums",
    "take",
    "unit_rows",
    "wide",
]

#: Working memory of one chunk of rows: what the caches hold. Nothing of n_samples x n_clusters is ever larger.
CHUNK_BYTES = 8 * 2**20
#: Working memory of a table of scores, which is passed over several times at once.
SCORE_BYTES = 2 * 2**20
_PRODUCT_PAYS = 400
#: Directions up to which sparse rows are faster multiplied by all than by their own.
_FEW = 40


def is_sparse(X: Tensor) -> bool:
    """Whether the rows are stored as CSR."""
    return X.layout == torch.sparse_csr


def csr_rows(crow: Tensor, col: Tensor, values: Tensor, shape: tuple[int, int]) -> Tensor:
    """A CSR tensor of known-good parts, without torch's notice that its CSR support is in beta."""
    take_notices()
    return torch.sparse_csr_tensor(crow, col, values, size=shape, check_invariants=False)


def wide(device: torch.device) -> torch.dtype:
    """The dtype of sums: float64 wherever the device has it."""
    return torch.float32 if device.type == "mps" else torch.float64


def chunks(n_samples: int, row_bytes: int, chunk_bytes: int = CHUNK_BYTES) -> Iterator[tuple[int, int]]:
    """Bounds of consecutive chunks of rows of about ``chunk_bytes`` each; at least one row a chunk."""
    step = max(1, chunk_bytes // max(1, row_bytes))
    for start in range(0, n_samples, step):
        yield start, min(start + step, n_samples)


def block(X: Tensor, start: int, stop: int) -> Tensor:
    """Rows ``start`` to ``stop``; a view, in CSR too."""
    if not is_sparse(X) or (start == 0 and stop == X.shape[0]):
        return X[start:stop] if not is_sparse(X) else X
    crow = X.crow_indices()[start : stop + 1]
    first, last = int(crow[0]), int(crow[-1])
    return csr_rows(crow - first, X.col_indices()[first:last], X.values()[first:last], (stop - start, X.shape[1]))


def take(X: Tensor, index: Tensor) -> Tensor:
    """The rows ``index``, dense, of shape (len(index), d)."""
    if not is_sparse(X):
        return X[index]
    row, entry, _ = _entries(X, index)
    dense = torch.zeros(len(index), X.shape[1], dtype=X.values().dtype, device=X.device)
    return dense.index_put((row, X.col_indices()[entry].long()), X.values()[entry], accumulate=True)


def select(X: Tensor, index: Tensor) -> Tensor:
    """The rows ``index`` in the layout of ``X``."""
    if not is_sparse(X):
        return X[index]
    _, entry, ends = _entries(X, index)
    crow = torch.cat([ends.new_zeros(1), ends]).to(X.crow_indices().dtype)
    return csr_rows(crow, X.col_indices()[entry], X.values()[entry], (len(index), X.shape[1]))


def joined(X: Tensor, gather: Callable[[Tensor], Tensor]) -> Tensor:
    """The rows of all processes in the layout of ``X``; ``gather`` brings tensors together along their first axis."""
    if not is_sparse(X):
        return gather(X)
    crow = X.crow_indices()
    ends = gather(crow[1:] - crow[:-1]).cumsum(0)
    crow = torch.cat([ends.new_zeros(1), ends]).to(crow.dtype)
    return csr_rows(crow, gather(X.col_indices()), gather(X.values()), (len(ends), X.shape[1]))


def stacked(top: Tensor, X: Tensor) -> Tensor:
    """Dense rows above the rows ``X``, in the layout of these."""
    if not is_sparse(X):
        return torch.cat([top, X])
    place = top.nonzero(as_tuple=True)
    ends = torch.bincount(place[0], minlength=len(top)).cumsum(0)
    crow = X.crow_indices()
    start = torch.cat([ends.new_zeros(1), ends[:-1]]) if len(top) else ends
    crow = torch.cat([start, crow.long() + (int(ends[-1]) if len(top) else 0)]).to(crow.dtype)
    column = torch.cat([place[1].to(X.col_indices().dtype), X.col_indices()])
    return csr_rows(crow, column, torch.cat([top[place], X.values()]), (len(top) + X.shape[0], X.shape[1]))


def _entries(X: Tensor, index: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of the stored entries of CSR rows ``index``: their row there, their place in ``X``, where each row ends."""
    crow = X.crow_indices()
    first, length = crow[index], crow[index + 1] - crow[index]
    ends = length.cumsum(0)
    row = torch.repeat_interleave(torch.arange(len(index), device=X.device), length)
    return row, torch.arange(row.numel(), device=X.device) - (ends - length)[row] + first[row], ends


def product(X: Tensor, centers: Tensor, plus: Tensor | None = None) -> Tensor:
    """``centers @ X.T``, of shape (k, n), plus a number per centre; always in the full precision of the dtype."""
    kind = wide(X.device)
    if X.dtype != kind and torch.get_float32_matmul_precision() != "highest":
        # The user allows TF32 or bfloat16 products; distances would lose their digits, so they go through float64.
        return product(X.to(kind), centers.to(kind), None if plus is None else plus.to(kind)).to(X.dtype)
    if is_sparse(X):
        result: Tensor = (X @ centers.T.contiguous()).T.contiguous()
        return result if plus is None else result.add_(plus[:, None])
    return centers @ X.T if plus is None else torch.addmm(plus[:, None], centers, X.T)


def norms(X: Tensor) -> Tensor:
    """Euclidean norm of every row, of shape (n,)."""
    if not is_sparse(X):
        return torch.linalg.vector_norm(X, dim=1)
    values = X.values()
    squares = torch.zeros(X.shape[0], dtype=wide(X.device), device=X.device)
    return squares.index_add_(0, row_of_entry(X), values.to(squares.dtype) ** 2).sqrt().to(values.dtype)


def unit_rows(X: Tensor) -> Tensor:
    """The rows brought to length one; a copy; a row of zeros stays one.

    Only the direction counts, whatever the unit: a row whose square is hardly a number of the dtype is divided by its
    largest entry first.
    """
    length = norms(X)
    low, high = safe_range(X.dtype)
    far = ~((length > low) & (length < high))
    factor = 1 / torch.where(far, 1.0, length)
    extreme = bool(far.any())
    if not is_sparse(X):
        unit = X * factor[:, None]
        if extreme:
            unit[far] = _of_largest(X[far])
        return unit
    row, values = row_of_entry(X), X.values() * factor[row_of_entry(X)]
    if extreme:
        peak = torch.zeros_like(length).scatter_reduce_(0, row, X.values().abs(), "amax")
        near = X.values() / torch.where(peak > 0, peak, 1.0)[row]
        near_length = norms(csr_rows(X.crow_indices(), X.col_indices(), near, (X.shape[0], X.shape[1])))
        values = torch.where(far[row], near / torch.where(near_length > 0, near_length, 1.0)[row], values)
    return csr_rows(X.crow_indices(), X.col_indices(), values, (X.shape[0], X.shape[1]))


def _of_largest(X: Tensor) -> Tensor:
    """Dense rows of length one, divided by their largest entry on the way."""
    peak = X.abs().amax(1, keepdim=True) if X.shape[1] else X.sum(1, keepdim=True)
    near = X / torch.where(peak > 0, peak, 1.0)
    length = norms(near)
    return near / torch.where(length > 0, length, 1.0)[:, None]


def safe_range(dtype: torch.dtype) -> tuple[float, float]:
    """Norms between these have squares, and sums of squares, far from overflow and underflow."""
    info = torch.finfo(dtype)
    return info.tiny**0.4, info.max**0.4


def sums(
    X: Tensor, labels: Tensor, k: int, weight: Tensor | None = None, membership: Tensor | None = None
) -> Tensor:  # fmt: skip
    """Weighted sum of the rows of each cluster, of shape (k, d), float64; the weights in the dtype of the rows.

    ``membership`` of shape (k, n), where it is at hand, is one where row i is in cluster j; ``labels`` of shape (n,)
    says the same. Few clusters of short rows are summed fastest by a product; many or long ones row by row, which on
    a GPU would add in an order of its own each time.
    """
    d = X.shape[1]
    if not is_sparse(X):
        if membership is not None and (X.device.type != "cpu" or k * d < _PRODUCT_PAYS):
            return product(X.T, membership if weight is None else membership * weight).to(wide(X.device))
        total = torch.zeros(k, d, dtype=X.dtype, device=X.device)
        return total.index_add_(0, labels, X if weight is None else X * weight[:, None]).to(wide(X.device))
    kind, values = wide(X.device), X.values()
    stored = X.crow_indices()[1:] - X.crow_indices()[:-1]
    values = values.to(kind) if weight is None else values * torch.repeat_interleave(weight.to(kind), stored)
    # One number for every entry says its cluster and column; repeated from row to entries it costs one pass, not three.
    number = torch.int32 if k * d < 2**31 else torch.int64
    place = torch.repeat_interleave(labels.to(number) * d, stored).add_(X.col_indices())
    return torch.bincount(place, weights=values, minlength=k * d).view(k, d)


def own_products(X: Tensor, directions: Tensor, labels: Tensor) -> Tensor:
    """Product of every row with the direction (k, d) of its own cluster, of shape (n,), dtype of the rows."""
    if not is_sparse(X):
        return (X * directions[labels]).sum(1)
    if len(directions) <= _FEW:
        return product(X, directions).gather(0, labels[None].long())[0]
    row = row_of_entry(X)
    products = X.values() * directions.reshape(-1)[(labels.long() * X.shape[1])[row] + X.col_indices()]
    return torch.zeros(X.shape[0], dtype=products.dtype, device=products.device).index_add_(0, row, products)


def row_of_entry(X: Tensor) -> Tensor:
    """The row number of every stored entry of a CSR matrix."""
    crow = X.crow_indices()
    return torch.repeat_interleave(torch.arange(X.shape[0], device=X.device), crow[1:] - crow[:-1])
