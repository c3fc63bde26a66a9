"""What an encoder has made of texts, pictures or recordings, in whatever container, as float32 rows."""

from __future__ import annotations

import asyncio
import inspect
import threading
from typing import Any

import numpy as np
import scipy.sparse as sp

from ..._quoting import short
from ...exceptions import InvalidDataError, InvalidParameterError
from ..validation import as_numbers
from .encoder_inputs import KIND_WORDS, KindWords

__all__ = ["checked_rows", "unit_rows"]


def checked_rows(made: Any, n: int, width: int | None, name: str, words: KindWords = KIND_WORDS["text"]) -> Any:
    """Rows (n, p), a float32 ndarray or CSR matrix, of what the encoder ``name`` returned for n things.

    Arrays, data frames, tensors of torch, lists of lists or of these, sparse matrices, and whatever is awaited for one
    of them, are taken.

    Raises
    ------
    InvalidParameterError
        If it is no table of numbers, of another number of rows, or of another width than before.
    InvalidDataError
        If it holds NaN or infinity.
    """
    made = _awaited(made)
    asked = f"The 'encoder' {short(name)} must give one row of numbers for each {words.one}"
    try:
        rows = as_numbers(made, "its output")
    except InvalidDataError as error:
        raise InvalidParameterError(f"{asked}: {str(error)[:400]}") from error
    if rows.ndim != 2 or rows.shape[0] != n or not rows.shape[1]:
        raise InvalidParameterError(
            f"{asked}. Got an output of shape {tuple(rows.shape)} for {n:,} {words.several}; it must be of shape "
            f"({n}, p)."
        )
    if width is not None and rows.shape[1] != width:
        raise InvalidParameterError(
            f"{asked}, all of the same length. Got {rows.shape[1]:,} columns where it has given {width:,} before."
        )
    with np.errstate(over="ignore"):  # what float32 cannot hold is infinite, and refused
        rows = rows.astype(np.float32)
    values = rows.data if sp.issparse(rows) else rows
    if not np.isfinite(values).all():
        kind = "NaN" if np.isnan(values).any() else "numbers beyond the range of float32"
        raise InvalidDataError(f"The 'encoder' {short(name)} gave {kind}; choose one whose numbers are finite.")
    return rows


def unit_rows(rows: Any) -> Any:
    """The rows with length one; those of zeros stay."""
    if sp.issparse(rows):
        length = np.sqrt(np.asarray(rows.astype(np.float64).power(2).sum(axis=1))).ravel()
        scaled = sp.diags(1 / np.where(length > 0, length, 1.0)) @ rows
        return sp.csr_matrix(scaled, dtype=np.float32)
    for start in range(0, len(rows), 8192):  # in place: float64 copies of a block alone
        block = rows[start : start + 8192].astype(np.float64)
        length = np.linalg.norm(block, axis=1, keepdims=True)
        rows[start : start + 8192] = block / np.where(length > 0, length, 1.0)
    return rows


def _awaited(made: Any) -> Any:
    """The result of an asynchronous function, waited for in a thread of its own: a notebook has a loop already."""
    if not inspect.isawaitable(made):
        return made
    results: list[Any] = []

    async def wait() -> None:
        results.append(await made)

    def run() -> None:
        try:
            asyncio.run(wait())
        except BaseException as error:
            results.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if isinstance(results[0], BaseException):
        raise results[0]
    return results[0]
