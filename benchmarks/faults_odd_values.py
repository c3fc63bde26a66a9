"""Odd rows for ``tables``: what stands in the cells, and in which container they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from .faults_damage import blobs

__all__ = ["Case", "odd_case", "odd_weight"]

Generator = np.random.Generator


@dataclass
class Case:
    """Rows as a user hands them over, what is known about them, and what may not come of them."""

    X: Any
    words: str
    #: The same rows as plain numbers, when there is one meaning only; NaN is a missing cell.
    dense: np.ndarray | None = None
    #: Why no fit may take these rows.
    must_refuse: str = ""
    #: Why no estimator may take these rows that takes numbers alone.
    no_numbers: str = ""
    #: Compiled code may be handed indices that are out of range: to be tried in a process of its own.
    may_crash: bool = False
    n_rows: int = 0


def odd_case(random: Generator) -> Case:
    """Cells first, then a container that can hold them."""
    name = str(random.choice(list(_CELLS)))
    n, d = int(random.choice([1, 2, 3, 5, 12, 40, 60])), int(random.choice([1, 2, 3, 4, 8]))
    values = blobs(n, d, int(random.integers(1000)))
    made = _CELLS[name](values, random)
    case = made if isinstance(made, Case) else Case(made, name, dense=made)
    case.words, case.n_rows = f"{name} {n}x{d}", n
    if case.dense is not None and case.dense.dtype.kind in "iufb":
        container = str(random.choice(list(_CONTAINERS)))
        try:
            _CONTAINERS[container](case, random)
        except (ValueError, TypeError, OverflowError, NotImplementedError, AttributeError, RuntimeError) as error:
            container = f"array ({container}: {type(error).__name__})"  # the container cannot hold these cells
        case.words += f" in {container}"
    return case


def odd_weight(n: int, random: Generator) -> tuple[str, Any]:
    """Mostly none."""
    plain = random.random(n) + 0.1
    names: dict[str, Callable[[], Any]] = {
        "ones": lambda: np.ones(n), "random": lambda: plain, "list": lambda: plain.tolist(), "zeros": lambda: plain * 0,
        "one": lambda: np.eye(n)[0] if n else plain, "huge": lambda: plain * 1e36, "vast": lambda: plain * 1e300,
        "tiny": lambda: plain * 1e-46, "denormal": lambda: plain * 1e-310,
        "mixed": lambda: plain * 10.0 ** random.uniform(-300, 300, n),
        "negative": lambda: -plain, "nan": lambda: np.where(np.arange(n) == 0, np.nan, plain),
        "inf": lambda: np.where(np.arange(n) == 0, np.inf, plain), "short": lambda: plain[:-1],
        "2d": lambda: plain[:, None],
        "int": lambda: random.integers(0, 5, n), "text": lambda: plain.astype(str), "series": lambda: pd.Series(plain),
        "float32": lambda: plain.astype(np.float32), "scalar": lambda: 2.0, "bool": lambda: plain > 0.5,
        "complex": lambda: plain + 1j, "object": lambda: plain.astype(object),
    }  # fmt: skip
    if random.random() < 0.65:
        return "", None
    name = str(random.choice(list(names)))
    return f", weights {name}", names[name]()


def _holes(X: np.ndarray, random: Generator, value: float, share: float = 0.15) -> np.ndarray:
    return np.where(random.random(X.shape) < share, value, X)


def _column(X: np.ndarray, values: Any) -> np.ndarray:
    X = X.copy()
    X[:, 0] = values
    return X


def _no_numbers(X: Any, why: str) -> Case:
    return Case(X, "", no_numbers=why)


def _dates(X: np.ndarray, random: Generator) -> Case:
    days = (np.abs(X) * 10).astype("int64").astype("datetime64[D]")
    durations = (np.abs(X) * 1e9).astype("int64").astype("timedelta64[ns]")
    kind = int(random.integers(5))
    if kind == 0:
        return _no_numbers(days.astype("datetime64[ns]"), "dates")
    if kind == 1:
        return _no_numbers(durations, "durations")
    if kind == 2:
        return _no_numbers(pd.DataFrame(days.astype("datetime64[ns]")).rename(columns=str), "dates")
    frame = pd.DataFrame(X).rename(columns=str)
    frame["when"] = days[:, 0].astype("datetime64[ns]") if kind == 3 else durations[:, 0]
    return _no_numbers(frame, "dates or durations beside numbers")


def _masked(X: np.ndarray, random: Generator) -> Case:
    mask = random.random(X.shape) < 0.2
    filled = np.where(mask, 1e6, X)
    return Case(np.ma.MaskedArray(filled, mask), "", dense=np.where(mask, np.nan, X))


def _bad_csr(X: np.ndarray, random: Generator) -> Case:
    rows = sp.csr_matrix(X)
    kind = int(random.integers(4))
    if kind == 0:
        rows.indices[int(random.integers(len(rows.indices)))] = 10 ** int(random.integers(1, 9))
    elif kind == 1:
        rows.indices[int(random.integers(len(rows.indices)))] = -int(random.integers(1, 10**6))
    elif kind == 2:
        rows.indptr[-1] = 10 ** int(random.integers(3, 8))
    else:
        rows.indptr[int(random.integers(len(rows.indptr)))] = 10**6
    return Case(rows, "", must_refuse="indices out of range", may_crash=True)


def _doubled_csr(X: np.ndarray, random: Generator) -> Case:
    n, d = X.shape
    row, column = random.integers(0, n, 3 * n * d), random.integers(0, d, 3 * n * d)
    order = np.lexsort((column, row))
    row, column = row[order], column[order]
    data = random.normal(size=len(row))
    pointers = np.searchsorted(row, np.arange(n + 1))
    rows = sp.csr_matrix((data, column, pointers), shape=(n, d))
    dense = np.zeros((n, d))
    np.add.at(dense, (row, column), data)
    return Case(rows, "", dense=None, may_crash=False) if not len(row) else Case(rows, "doubled", dense=dense)


def _text(X: np.ndarray, random: Generator) -> Case:
    cells = X.astype(object)
    cells[int(random.integers(len(X))), 0] = str(random.choice(["abc", "", "1,5", "=1+1", "\x1b[31m", "NaN?"]))
    return _no_numbers(cells if random.random() < 0.5 else pd.DataFrame(cells).rename(columns=str), "text")


_CELLS: dict[str, Callable[[np.ndarray, Generator], Any]] = {
    "groups": lambda X, r: X,
    "float32": lambda X, r: X.astype(np.float32),
    "float16": lambda X, r: X.astype(np.float16),
    "long double": lambda X, r: X.astype(np.longdouble),
    "big-endian": lambda X, r: X.astype(">f8"),
    "integers": lambda X, r: X.astype(r.choice(["i1", "i2", "i4", "i8", "u1", "u2", "u8"])),
    "large integers": lambda X, r: (X * 1e17).astype("i8"),
    "booleans": lambda X, r: X > X.mean(),
    "holes": lambda X, r: _holes(X, r, np.nan),
    "empty column": lambda X, r: _column(X, np.nan),
    "empty rows": lambda X, r: np.where(np.arange(len(X))[:, None] % 3 == 0, np.nan, X),
    "only NaN": lambda X, r: X * np.nan,
    "infinite": lambda X,
    r: Case(_holes(X, r, np.inf) + _column(X * 0, [np.inf] + [0] * (len(X) - 1)), "", must_refuse="infinity"),
    "constant": lambda X, r: np.full_like(X, r.choice([0.0, 1.0, 1e300, 1e-300, -5e-324])),
    "constant column": lambda X, r: _column(X, 7.0),
    "copies": lambda X, r: X[np.arange(len(X)) % 2],
    "large": lambda X, r: X * r.choice([1e19, 1e37, 1e150, 1e160, 1e300, 1e307]),
    "large float32": lambda X, r: (X * r.choice([1e19, 1e30, 1e37])).astype(np.float32),
    "small": lambda X, r: X * r.choice([1e-20, 1e-45, 1e-160, 1e-200, 1e-300, 1e-310, 1e-323]),
    "small float32": lambda X, r: (X * r.choice([1e-19, 1e-38, 1e-44])).astype(np.float32),
    "all magnitudes": lambda X, r: X * 10.0 ** r.uniform(-300, 300, X.shape[1]),
    "one huge cell": lambda X, r: _column(X, [10.0 ** r.uniform(10, 307)] + [0.0] * (len(X) - 1)),
    "far from 0": lambda X, r: X + r.choice([1e8, 1e15, 1e100]),
    "no rows": lambda X, r: Case(X[:0], "", must_refuse="no rows"),
    "no columns": lambda X, r: Case(X[:, :0], "", must_refuse="no columns"),
    "one dimension": lambda X, r: Case(X[:, 0], "", must_refuse="one dimension"),
    "five dimensions": lambda X, r: Case(X[:, :, None, None, None], "", must_refuse="five dimensions"),
    "scalar": lambda X, r: Case(r.choice([None, 3.0, "rows.csv", {}, object], 1)[0], "", must_refuse="no rows at all"),
    "complex": lambda X, r: Case(X + 1j, "", must_refuse="complex numbers"),
    "dates": _dates, "masked": _masked, "text": _text, "bad indices": _bad_csr, "repeated entries": _doubled_csr,
    "pictures": lambda X, r: r.random((len(X), *r.choice([[8, 8], [6, 7]])))[..., None],
}  # fmt: skip


def _as_frame(case: Case, random: Generator) -> None:
    frame = pd.DataFrame(case.dense)
    d = frame.shape[1]
    names: list[Any] = [f"c{i}" for i in range(d)]
    kind = int(random.integers(8))
    if kind == 1:
        names = ["same"] * d
        case.must_refuse = case.must_refuse or ("repeated names" if d > 1 else "")
    elif kind == 2:
        names = list(range(d))
    elif kind == 3:
        names = [*range(d - 1), "x"] if d > 1 else ["x"]  # scikit-learn refuses the mixture itself
    elif kind == 4:
        names = ["\x1b[31mred", *names[1:]]
    elif kind == 5:
        names = pd.MultiIndex.from_tuples([(0, i) for i in range(d)])  # type: ignore[assignment]
    elif kind == 6:
        frame = frame.astype("Float64")
    elif kind == 7:
        frame = frame.astype(pd.SparseDtype(float, np.nan))
    frame.columns = names  # type: ignore[assignment]
    case.X = frame
    if case.must_refuse == "infinity":  # of a table with names, infinite cells are missing ones
        case.must_refuse, case.no_numbers = "", "infinity"


def _as_torch(case: Case, random: Generator) -> None:
    import torch

    kinds = ["plain", "half", "bfloat16", "grad", "sparse", "csr", "quantised", "float8", "meta", "nested", "negative",
             "strided", "parameter"]  # fmt: skip
    kind = str(random.choice(kinds))
    plain = torch.from_numpy(np.array(case.dense, dtype=np.float64 if case.dense.dtype.itemsize > 8 else None))  # type: ignore[union-attr]
    if kind in ("half", "bfloat16", "float8", "quantised", "sparse", "csr", "meta", "nested", "negative"):
        case.dense = None if kind in ("half", "bfloat16", "float8", "quantised", "nested") else case.dense
    if kind == "meta":
        case.must_refuse = "no values"
    made: dict[str, Callable[[], Any]] = {
        "plain": lambda: plain, "half": lambda: plain.half(), "bfloat16": lambda: plain.bfloat16(),
        "grad": lambda: plain.double().requires_grad_(), "sparse": plain.to_sparse, "csr": plain.to_sparse_csr,
        "quantised": lambda: torch.quantize_per_tensor(plain.float(), 0.1, 0, torch.qint8),
        "float8": lambda: plain.to(torch.float8_e4m3fn), "meta": lambda: plain.to("meta"),
        "nested": lambda: torch.nested.nested_tensor(list(plain)),
        "negative": lambda: torch.complex(plain.double() * 0, -plain.double()).conj().imag,
        "strided": lambda: torch.stack([plain, plain], dim=2)[:, :, 0],
        "parameter": lambda: torch.nn.Parameter(plain.double()),
    }  # fmt: skip
    case.X = made[kind]()
    case.words += f" ({kind})"


def _setter(make: Callable[[np.ndarray, Generator], Any]) -> Callable[[Case, Generator], None]:
    def put(case: Case, random: Generator) -> None:
        assert case.dense is not None
        case.X = make(case.dense, random)

    return put


def _polars(X: np.ndarray, random: Generator) -> Any:
    import polars

    return polars.DataFrame({f"c{i}": X[:, i] for i in range(X.shape[1])})


def _arrow(X: np.ndarray, random: Generator) -> Any:
    import pyarrow as pa

    return pa.table({f"c{i}": X[:, i] for i in range(X.shape[1])})


def _kept(case: Case, random: Generator) -> None:
    """As it came: masked arrays and repeated entries have a container already."""
    case.X = case.X if case.X is not None else case.dense


_FORMS = ["csr", "csc", "coo", "bsr", "lil", "dok", "dia"]
_CONTAINERS: dict[str, Callable[[Case, Generator], None]] = {
    "array": _kept, "its own": _kept, "frame": _as_frame, "tensor": _as_torch,
    "Fortran order": _setter(lambda X, r: np.asfortranarray(X)),
    "a view": _setter(lambda X, r: np.repeat(X, 2, axis=0)[::2]),
    "backwards": _setter(lambda X, r: X[::-1, ::-1].copy()[::-1, ::-1]),
    "lists": _setter(lambda X, r: X.tolist()),
    "objects": _setter(lambda X, r: X.astype(object)),
    "matrix": _setter(lambda X, r: np.asmatrix(X)),
    "polars": _setter(_polars), "Arrow": _setter(_arrow),
    "sparse": _setter(lambda X, r: getattr(sp, f"{r.choice(_FORMS)}_{r.choice(['matrix', 'array'])}")(X)),
    "int64 indices": _setter(lambda X, r: _wide_indices(sp.csr_array(X))),
    "unsorted indices": _setter(lambda X, r: sp.csr_array(X)[:, ::-1][:, ::-1]),
}  # fmt: skip


def _wide_indices(rows: Any) -> Any:
    rows.indices, rows.indptr = rows.indices.astype(np.int64), rows.indptr.astype(np.int64)
    return rows
