"""What every way of sharing out a margin among the columns gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Shares"]

_LEAST = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, eq=False)
class Shares:
    """Contributions of columns to the margins of rows.

    Attributes
    ----------
    method : str
    columns : tuple of str of length c
    values : ndarray of shape (m, c)
    margin, base : ndarray of shape (m,)
        Of the rows, and of the rows that they are compared with (the mean, where these are several).
    first, second : ndarray of shape (m,)
        Labels.
    price : ndarray of shape (m,)
        What prices of clusters add to ``margin``, and not to ``base``: that of the runner-up less that of the first.
    """

    method: str
    columns: tuple[str, ...]
    values: np.ndarray
    margin: np.ndarray
    base: np.ndarray
    first: np.ndarray
    second: np.ndarray
    price: np.ndarray

    @property
    def completeness(self) -> np.ndarray:
        """By how much (m,) contributions and price of a row miss its margin less that of the base, as a share of the
        margin.

        Of a row on the border itself, which has none, as a share of a millionth of the whole way.
        """
        of_columns = self.margin - self.price - self.base
        way = np.abs(of_columns)
        missed = np.abs(self.values.sum(axis=1) - of_columns)
        return np.asarray(missed / np.maximum(np.maximum(np.abs(self.margin), 1e-6 * way), _LEAST))
