"""The training rows, prepared for each stage of a fit.

A network that starts from the graph sees distinct rows, each with the weight of its copies: so copies of rows and
weights give the same fit. A table is seen in three ways: as plain K-Means sees it (standardised), as the network does
(robust units, so that no outlier reaches it), and as the search for the number of clusters does. Only the network
learns, by flags among its inputs, which cells were missing.

Many columns are projected onto their 128 principal components, fewer where there are fewer rows or columns (see
:func:`~deepkmeans.data.fit_projection`), with ``reduce="pca"``; ``"auto"`` does so where columns are many. Sparse rows
meet a network as dense ones, so they are many from 257; a graph wants distances, so for it dense ones are, too, unless
they are pixels. With ``"none"`` sparse rows become dense a batch at a time, and up to 12,000 of them at once for the
graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch

from ..exceptions import InvalidDataError
from ..runtime import Seeds
from .array_inputs import listed_columns
from .column_kinds import FEW, MANY_COLUMNS, columns, row_rule
from .distinct import distinct_rows
from .projection import N_PROJECTED, fit_projection
from .rows import Rows
from .scaling import Scaling
from .scaling_fit import fit_scaling
from .weights import Sample

__all__ = ["Preparation", "PreparedRows", "PreparedSample", "collapse_copies", "see_rows"]

#: More dense columns than this are projected before an autoencoder: its first layer would be most of its weights.
_MOST_COLUMNS = 4096
#: Principal components in which texts are clustered: beyond them are single words more than topics.
_TEXT_COMPONENTS = 50
_BLOCK = 8192
#: Places, in units of the last one, in which rows that are the same may differ after a step along the row.
_ROUNDED = 16
#: Why a scaling may leave different rows the same, and what helps.
_ALIKE = {
    "none": (": they differ by so little that float32 loses it", "use scaling='standard', or other units"),
    "counts": (": they differ only in their sum, or in cells below zero", "use scaling='standard'"),
    "cosine": (": they differ only in their length", "use scaling='standard'"),
}


@dataclass(frozen=True)
class Preparation:
    """How rows are to be prepared.

    Attributes
    ----------
    scaling : str
        See :func:`~deepkmeans.data.fit_scaling`.
    reduce : {"auto", "pca", "none", "tsne", "umap"} or transformer
    output_range : (float, float) or None
        Of the network's reconstruction, where that is bounded.
    compares_rows, collapses_copies, recognises_images : bool
        See :class:`~deepkmeans.objectives.Strategy`.
    own_encoder : bool
        Whether the network is the user's own. It meets the columns as they are, unless rows are compared: then it
        learns what the graph sees.
    clusters : int or "auto" or None
        How many are asked for. Several need rows that differ; ``"auto"`` needs rows to count clusters of; None is an
        autoencoder's.
    """

    scaling: str = "auto"
    reduce: Any = "none"
    output_range: tuple[float, float] | None = None
    compares_rows: bool = False
    collapses_copies: bool = False
    recognises_images: bool = False
    own_encoder: bool = False
    clusters: int | str | None = None

    @property
    def needs_difference(self) -> bool:
        """Whether rows that are all the same cannot be clustered as is asked."""
        return self.clusters not in (1, "auto", None)

    @property
    def finds_pictures(self) -> bool:
        """Whether flat rows are looked at for pictures."""
        return self.recognises_images and not self.own_encoder and self.scaling == "auto"

    def projects(self, X: Any, picture: bool) -> bool:
        """Whether scaled columns of ``X`` (n, d) are projected onto their principal components before the network."""
        if not isinstance(self.reduce, str) or self.reduce != "auto":
            return isinstance(self.reduce, str) and self.reduce == "pca"
        if self.compares_rows:
            return not picture and X.shape[1] > MANY_COLUMNS
        return not self.own_encoder and X.shape[1] > (MANY_COLUMNS if sp.issparse(X) else _MOST_COLUMNS)


@dataclass(frozen=True)
class PreparedRows:
    """Rows of one fit: for the network, for plain K-Means, and for the number of clusters; often one object.

    ``views`` are multipliers (p,) of the plain rows, by name, under which partitions are sought, too.
    ``levels`` makes groups of like cells of plain rows (m, p) and their mass (m,), where they are columns of a table of
    several kinds; see :meth:`~deepkmeans.data.preprocessing.mixed_columns.MixedColumns.levels`.
    ``table_flags`` (m,) are the columns of rows behind a table's preprocessor that tell of missing cells.
    ``level_owners`` (p,) say which column of levels each number of the plain rows is of, -1 of others.
    ``terms`` (n, d) are the words of texts: all rows of length one, of all processes, before any projection.
    ``words`` (n, t) are those of texts whose rows a pretrained encoder made, of all processes, too.
    """

    network: Rows
    plain: Rows
    counted: Rows
    views: Mapping[str, np.ndarray] | None = None
    terms: sp.csr_matrix | None = None
    levels: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray] | None] | None = None
    table_flags: np.ndarray | None = None
    level_owners: np.ndarray | None = None
    words: sp.csr_matrix | None = None

    @property
    def flags(self) -> np.ndarray:
        """Which inputs (m,) of the network are above 0 where a cell was missing."""
        if self.table_flags is not None:
            return self.table_flags
        scaling = self.network.scaling
        return np.arange(scaling.n_inputs - len(scaling.flagged), scaling.n_inputs)


@dataclass(frozen=True)
class PreparedSample:
    """What a pipeline has made of the rows of its fit.

    Attributes
    ----------
    sample : Sample
        The rows themselves.
    rows : PreparedRows
        What is trained on.
    X : ndarray or CSR matrix of shape (n, p)
        The rows with weight, not scaled yet, behind a transformer if there is one.
    absent : ndarray or CSR matrix of shape (m, p), or None
        The same of those without weight.
    copies : ndarray of shape (n,) or None
        Which of the rows that are trained on each of ``X`` is; None where they are the same in the same order.
    image_shape : (int, int, int) or None
        If the rows are seen as pictures.
    """

    sample: Sample
    rows: PreparedRows
    X: Any
    absent: Any
    copies: np.ndarray | None
    image_shape: tuple[int, int, int] | None

    def all_rows(self) -> Any:
        """All rows in the order in which they were given, behind the transformer."""
        sample = self.sample
        return sample.given if self.X is sample.X else sample.merge(self.X, self.absent)

    def same_rows(self, scaling: Scaling, dtype: torch.dtype) -> Rows | None:
        """``X`` behind this scaling, in its order, from what was trained on, if bit for bit the same."""
        for rows in (self.rows.network, self.rows.plain):
            if rows.scaling is scaling and rows.dtype == dtype:
                if self.copies is None:
                    return rows
                if scaling.by_cell:
                    return rows.subset(torch.from_numpy(self.copies).to(rows.device))
        return None


def collapse_copies(X: Any, weight: np.ndarray | None) -> tuple[Any, np.ndarray | None, np.ndarray | None]:
    """Distinct rows of ``X`` (n, d), all of which have weight; the weight of each, None where all weigh the same; and
    which of them each row is, None where each is itself.

    The order is that of :func:`~deepkmeans.data.distinct_rows`, whatever that of ``X``, so that the same rows give the
    same fit however they are written, and in any unit.
    """
    index, inverse = distinct_rows(X)
    mass = np.bincount(inverse, weights=weight, minlength=len(index)).astype(np.float64)
    distinct_mass = None if bool((mass == mass[0]).all()) else mass
    if len(index) == X.shape[0] and (index[:-1] < index[1:]).all():
        return X, distinct_mass, None
    return X[index], distinct_mass, inverse


def see_rows(
    X: Any, weight: np.ndarray | None, asked: Preparation, picture: bool, device: torch.device, names: Any = None
) -> PreparedRows:  # fmt: skip
    """Scale the rows ``X`` (n, d), and project many columns."""
    seen = _seen(X, weight, asked, picture, device, names)
    if asked.needs_difference:
        _refuse_alike(X, seen.plain, asked.scaling, names)
    return seen


def _seen(
    X: Any, weight: np.ndarray | None, asked: Preparation, picture: bool, device: torch.device, names: Any
) -> PreparedRows:  # fmt: skip
    compares, project = asked.compares_rows, asked.projects(X, picture)

    def scaled(kind: str, *, projected: bool = project, flagged: bool = True) -> Rows:
        scaling = fit_scaling(
            X, kind, output_range=asked.output_range, rows=compares or project, weight=weight, names=names
        )
        if projected:
            # Copies that became one row count once.
            projection_weight, random_state = None if asked.collapses_copies else weight, Seeds(0).numpy("projection")
            scaling = scaling.with_projection(
                fit_projection(X, scaling, N_PROJECTED, random_state, weight=projection_weight, names=names)
            )
        scaling = scaling if flagged else scaling.without_flags()
        return Rows(X, scaling, weight=weight, device=device, names=names)

    if not compares or asked.scaling != "auto" or picture or sp.issparse(X) or row_rule(X) is not None:
        rows = scaled("pixels" if compares and picture and asked.scaling == "auto" else asked.scaling)
        plain = _as_clustered(X, rows, weight) if compares else rows
        terms = _terms(X, rows.scaling) if compares else None
        return PreparedRows(rows, plain, plain if len(rows.scaling.flagged) and not picture else rows, terms=terms)
    plain = scaled("standard", projected=asked.reduce == "pca", flagged=False)
    network = scaled("standard" if asked.own_encoder else "robust")
    return PreparedRows(network, plain, scaled("auto", flagged=False) if asked.clusters == "auto" else plain)


def _terms(X: Any, scaling: Scaling) -> sp.csr_matrix | None:
    """Rows (n, d) that are projected and hold few numbers, none of them negative: weights of terms."""
    if scaling.kind != "cosine" or scaling.components is None or len(scaling.flagged):
        return None
    if not sp.issparse(X):
        if np.count_nonzero(X) > FEW * X.size:
            return None
        X = sp.csr_matrix(X)
    if X.nnz > FEW * X.shape[0] * X.shape[1] or X.data.min(initial=0) < 0:
        return None
    return scaling.scale_sparse(X)


def _as_clustered(X: Any, rows: Rows, weight: np.ndarray | None) -> Rows:
    """Texts in the first few of their directions; rows without the flags of missing cells, which would part them."""
    scaling = rows.scaling.without_flags()
    components = scaling.components
    if scaling.kind == "cosine" and components is not None and components.shape[1] > _TEXT_COMPONENTS:
        scaling = scaling.with_projection(components[:, :_TEXT_COMPONENTS])
    return rows if scaling.n_inputs == rows.n_inputs else Rows(X, scaling, weight=weight, device=rows.device)


def _refuse_alike(X: Any, rows: Rows, asked: str, names: Any) -> None:
    """Rows that are all the same after scaling cannot be told apart."""
    first, least = None, 0.0
    for x in rows.chunks(_BLOCK):
        if first is None:
            first = x[:1]
            if rows.scaling.kind in ("counts", "cosine"):  # the step along the row rounds
                least = _ROUNDED * torch.finfo(x.dtype).eps * max(1.0, float(first.abs().max()))
        # A spread whose square is no number any more is none.
        if bool(((x - first).square() > least**2).any()):
            return
    low, high, _, _, missing = columns(X)
    if missing.any() and not (high > low).any():
        where = listed_columns(np.flatnonzero(missing).tolist(), names)
        raise InvalidDataError(
            f"The rows of X differ only in which cells are missing (column {where}), and these are filled with the "
            "mean of their column, so there is nothing to cluster. Give a column that varies, ask for n_clusters=1, "
            "or, where a missing cell means something, add a column of 0 and 1 that says so."
        )
    kind = rows.scaling.kind
    chosen = "auto', here '" if asked == "auto" and kind != "auto" else ""
    cause, cure = _ALIKE.get(kind, ("", "use another scaling, or other units"))
    raise InvalidDataError(f"scaling='{chosen}{kind}' leaves all rows of X the same{cause}; {cure}.")
