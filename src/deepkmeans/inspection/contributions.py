"""Why a row is in its cluster and not in the next one: what each of the user's columns contributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .._quoting import short
from .._validation import Interval, OneOf, validate_parameters
from ..exceptions import InvalidDataError
from ..runtime import Seeds
from .center_shares import center_shares
from .contribution_text import sentence
from .network_shares import network_shares
from .original import OriginalRows
from .permutation_shares import N_ORDERS, permutation_shares
from .reading import original_rows
from .shares import Shares
from .spaces import Clusterer
from .typical import TypicalValues

__all__ = ["Contributions", "explain_rows"]

#: Rows that are explained where none are named: so many, and no more numbers or looks at rows than these.
_MOST_ROWS, _MOST_NUMBERS, _MOST_LOOKS, _MOST_TEXTS = 1_000, 10**7, 200_000, 20_000
#: Columns of a row that to_dict() holds.
_TOLD = 20


@dataclass(frozen=True, eq=False)
class Contributions:
    """What :func:`explain_rows` found, for m rows and c columns.

    Attributes
    ----------
    index : ndarray of shape (m,), int64
        Rows, counted from 0.
    columns : tuple of str
        The user's columns; of texts words, of pictures ``pixel (line, column)``, of recordings a pitch
        at a share of the length, ``560 Hz at 3%``, of series their times.
    values : ndarray of shape (m, c)
        How much a column moves the row towards its cluster and away from the runner-up; negative: the other way.
    margin : ndarray of shape (m,)
        How far the row is from the border: 0 on it, larger further inside.
    base : ndarray of shape (m,)
        The margin of what the row is compared with, without prices; ``values`` and ``price`` add up to
        ``margin - base``.
    completeness : ndarray of shape (m,)
        By how much they miss it, as a share of the margin.
    first, second : ndarray of shape (m,)
        The row's cluster, of a row of noise the nearest one, and the runner-up.
    price : ndarray of shape (m,)
        What the sizes that were asked for add to the margin: the price of the runner-up less that of the row's cluster.
        Where it is larger than the margin the row is nearer to the runner-up. 0 where no sizes were asked for.
    method : str
        "integrated gradients", "exact" or "permutation sampling of ...".
    n_samples : int
        Rows of which ``index`` are some.
    """

    index: np.ndarray
    columns: tuple[str, ...]
    values: np.ndarray
    margin: np.ndarray
    base: np.ndarray
    completeness: np.ndarray
    first: np.ndarray
    second: np.ndarray
    price: np.ndarray
    method: str
    n_samples: int
    rows: OriginalRows
    typical: TypicalValues

    def __len__(self) -> int:
        return len(self.index)

    def top(self, row: int, most: int = 5) -> list[tuple[str, float]]:
        """The columns that contribute most to a row's assignment, with their contributions, the largest first."""
        values = self.values[self._at(row)]
        order = np.argsort(-values, kind="stable")[:most]
        return [(self.columns[at], float(values[at])) for at in order.tolist()]

    def picture(self, row: int, patch: int = 1) -> np.ndarray:
        """Contributions of the pixels of a row, (height, width), or of patches of ``patch`` pixels a side."""
        validate_parameters("picture", {"patch": [Interval(int, 1, None)]}, {"patch": patch})
        if self.rows.pictures is None:
            raise InvalidDataError("The rows are no pictures, so their contributions are none; see 'values'.")
        height, width = self.rows.pictures.shape[1:3]
        pixels = self.values[self._at(row)].reshape(height, width)
        lines = np.add.reduceat(pixels, np.arange(0, height, patch), axis=0)
        return np.asarray(np.add.reduceat(lines, np.arange(0, width, patch), axis=1))

    def text(self, row: int, names: Mapping[int, str] | None = None) -> str:
        """One sentence: why the row is in its cluster rather than in the runner-up.

        ``names`` are what to call clusters, by their numbers.
        """
        at = self._at(row)
        first, second = int(self.first[at]), int(self.second[at])
        known = {first: f"cluster {first}", second: f"cluster {second}", **(names or {})}
        because = sentence(self.columns, self.values[at], self.rows.take([at]), self.typical, second, known[second])
        if self._is_noise(at):
            near, far = known[first], known[second]
            return f"Row {row} is noise, in no cluster; it is nearer to {near} than to {far}{because}."
        if self.margin[at] < self.price[at]:
            return f"Row {row} is nearer to {known[second]} and is in {known[first]} to keep the sizes asked for."
        return f"Row {row} is in {known[first]} rather than {known[second]}{because}."

    def to_dict(self) -> dict[str, Any]:
        """As JSON: of every row its clusters, margin, sentence and the columns that count most, for or against.

        ``cluster`` is -1 of a row of noise; what is said of it is said of the cluster that is ``nearest``.
        """
        records = []
        for at, row in enumerate(self.index.tolist()):
            order = np.argsort(-np.abs(self.values[at]), kind="stable")[:_TOLD].tolist()
            first, second = int(self.first[at]), int(self.second[at])
            records.append({
                "row": row, "cluster": -1 if self._is_noise(at) else first, "nearest": first, "runner_up": second,
                "margin": float(self.margin[at]), "base": float(self.base[at]), "price": float(self.price[at]),
                "completeness": float(self.completeness[at]), "text": self.text(row),
                "contributions": [{"column": self.columns[j], "value": float(self.values[at, j])} for j in order],
            })  # fmt: skip
        return {"method": self.method, "n_samples": self.n_samples, "rows": records}

    def _is_noise(self, at: int) -> bool:
        return bool(self.typical.labels[self.index[at]] < 0)

    def _at(self, row: int) -> int:
        place = np.flatnonzero(self.index == row)
        if not len(place):
            raise InvalidDataError(
                f"Row {short(repr(row))[1:-1]} is not among the {len(self.index):,} rows that were explained; name it: "
                f"explain_rows(model, X, index=[{row}])."
            )
        return int(place[0])


def explain_rows(
    model: Any, X: Any, index: Any = None, *, n_steps: int | str = "auto", seeds: Seeds | None = None
) -> Contributions:  # fmt: skip
    """How much each of the user's columns contributes to a row being in its cluster and not in the runner-up.

    Parameters
    ----------
    model : fitted clusterer
        Of ours or scikit-learn's; pipelines and searches are looked into.
    X : array, data frame, sparse matrix, texts or pictures of n rows
        What ``model`` takes, best the rows of its fit: rows are compared with those of the runner-up in ``X``.
    index : int, sequence of m int or None
        Rows to explain, counted from 0; negative ones from the end. None: all of them up to 1,000, else a random sample
        (fewer where rows are wide or looking at them is slow), which ``index`` of the result names.
    n_steps : int or "auto"
        Of integrated gradients; "auto" takes as many as it needs for contributions to add up.
    seeds : Seeds or None
        Of what is drawn; None draws the same every time.

    Returns
    -------
    Contributions

    Raises
    ------
    InvalidParameterError, InvalidDataError
        For rows that are not there, and a model with a single cluster.

    Notes
    -----
    With a network the margin is ``|z - c_2|^2 - |z - c_1|^2`` in the embedding z, and its integrated gradients
    (Sundararajan et al. 2017) are taken from the mean row of the runner-up; contributions of prepared columns are
    summed to the column that they are made of. Where centres lie among the rows the same is exact. For all else (a
    layout as with ``reduce="umap"``, transformers of your own, pretrained encoders of texts, pipelines) Shapley values
    are sampled against rows of the runner-up; of texts, words are left out. ``method`` says which it was. Where sizes
    were asked for (``balance``, ``min_size``, ``max_size``), clusters have prices; ``price`` is what they add to the
    margin, apart from the columns.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import load_iris
    >>> from deepkmeans.inspection import explain_rows
    >>> X = load_iris(as_frame=True).data
    >>> found = explain_rows(KMeans(3, random_state=0).fit(X), X, index=[0])
    >>> found.top(0, 1)[0][0]
    'petal length (cm)'
    """
    validate_parameters("explain_rows", {"n_steps": [OneOf("auto"), Interval(int, 1, None)]}, {"n_steps": n_steps})
    clusterer, seeds = Clusterer(model), Seeds(0) if seeds is None else seeds
    X = clusterer.in_memory(X)
    if clusterer.joined is not None:
        named = ", ".join(map(repr, clusterer.joined.pipelines))
        raise InvalidDataError(
            f"explain_rows is for models of one input, and this one has {named}; explain(model, X).inputs says what "
            "each of them has decided."
        )
    rows = original_rows(model, X)
    entering = clusterer.entering(X)
    predicted = clusterer.labels(entering, len(rows), training=True)
    assert predicted is not None
    labels = np.asarray(predicted)
    asked = None if index is None else checked_index(index, len(rows), "explain_rows")
    shares: Shares | None = None
    steps = None if isinstance(n_steps, str) else int(n_steps)
    width = max(1, np.shape(entering)[1] if len(np.shape(entering)) == 2 else 1)
    if rows.pictures is not None:
        width = int(np.prod(rows.pictures.shape[1:]))
    some = asked if asked is not None else _some(len(rows), _MOST_NUMBERS // width, seeds)
    shares = network_shares(clusterer, X, labels, rows, some, steps, seeds)
    if rows.kind == "recordings":
        if shares is None:
            raise InvalidDataError(
                "explain_rows shares out what the network of a fit sees of recordings, and here an encoder of your own "
                "hears them as a whole; explain(model, X) shows typical ones."
            )
        assert rows.pictures is not None
        shape = rows.pictures.shape[1:]  # high pitch above, as in pictures
        bands = shares.values.reshape(len(some), *shape)[:, ::-1].reshape(len(some), -1)
        names = tuple(np.reshape(shares.columns, shape)[::-1].ravel().tolist())
        shares = replace(shares, values=bands, columns=names)
    shares = shares or center_shares(clusterer, X, labels, rows, some)
    if shares is None:
        looks = _MOST_TEXTS if rows.texts is not None else _MOST_LOOKS
        some = asked if asked is not None else _some(len(rows), looks // (N_ORDERS * (_pieces(rows) + 1)), seeds)
        shares = permutation_shares(clusterer, X, labels, rows, some, seeds)
    typical = TypicalValues(rows, labels)
    return Contributions(
        some, shares.columns, shares.values, shares.margin, shares.base, shares.completeness, shares.first,
        shares.second, shares.price, shares.method, len(rows), rows.take(some), typical,
    )  # fmt: skip


def checked_index(index: Any, n_samples: int, owner: str) -> np.ndarray:
    """Rows (m,), counted from 0, of what a user names.

    Raises
    ------
    InvalidDataError
    """
    asked = np.atleast_1d(np.asarray(index))
    if asked.ndim != 1 or not len(asked) or asked.dtype.kind not in "iu":
        raise InvalidDataError(
            f"Rows for {owner} must be whole numbers, the first row is 0. Got {short(repr(index))[1:-1]} instead."
        )
    wrong = asked[(asked < -n_samples) | (asked >= n_samples)]
    if len(wrong):
        raise InvalidDataError(
            f"There is no row {wrong[0]}: X has {n_samples:,} rows, from 0 to {n_samples - 1}. Name one of these."
        )
    return np.where(asked < 0, asked + n_samples, asked).astype(np.int64)


def _some(n_samples: int, most: int, seeds: Seeds) -> np.ndarray:
    most = max(1, min(most, _MOST_ROWS))
    if n_samples <= most:
        return np.arange(n_samples)
    return np.sort(seeds.numpy("explained").permutation(n_samples)[:most])


def _pieces(rows: OriginalRows) -> int:
    """Into about how many pieces a row is taken apart."""
    if rows.texts is not None:
        return 1 + sum(len(text.split()) for text in rows.texts[:1000]) // max(1, min(1000, len(rows)))
    return 49 if rows.pictures is not None else len(rows.columns)
