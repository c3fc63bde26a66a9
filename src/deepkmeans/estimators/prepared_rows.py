"""The training rows as each stage of a fit sees them.

A network that starts from the graph sees distinct rows, each with the weight of its copies: so copies of rows and
weights give the same fit. A table is seen in three ways: as plain K-Means sees it (standardised), as the network does
(robust units, so that no outlier reaches it), and as the search for the number of clusters does. The network alone is
told which cells were missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
import torch

from ..data import Rows, Scaling, distinct_rows, fit_projection, fit_scaling, row_rule
from ..data.column_kinds import columns
from ..exceptions import InvalidDataError, InvalidParameterError
from ..fitting import PreparedRows
from ..objectives import Strategy
from ..runtime import Seeds
from .array_inputs import listed_columns
from .reduction import DIRECTIONS, projects, scaled_names
from .stored_objective import objective_name

__all__ = ["collapse_copies", "prepare_rows"]

#: Main directions in which texts are clustered: beyond them are single words more than topics.
_TEXT_DIRECTIONS = 50
_BLOCK = 8192
#: Places, in units of the last one, in which rows that are the same may differ after a step along the row.
_ROUNDED = 16
#: Why a scaling may leave different rows the same, and what helps.
_ALIKE = {
    "none": (": they differ by so little that float32 loses it", "use scaling='standard', or other units"),
    "counts": (": they differ only in their sum, or in cells below zero", "use scaling='standard'"),
    "cosine": (": they differ only in their length", "use scaling='standard'"),
}


def collapse_copies(X: Any, weight: np.ndarray | None) -> tuple[Any, np.ndarray | None]:
    """Distinct rows of ``X`` (n, d), all of which have weight, and the weight of each, None where all weigh the same.

    The order is that of :func:`~deepkmeans.data.distinct_rows`, whatever that of ``X``, so that the same rows give the
    same fit however they are written, and in any unit.
    """
    index, inverse = distinct_rows(X)
    mass = np.bincount(inverse, weights=weight, minlength=len(index)).astype(np.float64)
    same = bool((mass == mass[0]).all())
    if len(index) == X.shape[0] and (index[:-1] < index[1:]).all():
        return X, None if same else mass
    return X[index], None if same else mass


def prepare_rows(
    model: Any, X: Any, weight: np.ndarray | None, picture: bool, device: torch.device
) -> PreparedRows:  # fmt: skip
    """Scale the rows, and project many columns, by the parameters of ``model``."""
    strategy = model.objective_.strategy
    if model.partition != "auto" and not strategy.chooses_partition:
        raise InvalidParameterError(
            f"The 'partition' parameter {model.partition!r} is for objective='selflabel', which chooses a partition; "
            f"leave it 'auto' with {objective_name(model.objective_)!r}."
        )
    prepared = _prepared(model, X, weight, picture, device, strategy)
    if model.n_clusters not in (1, "auto"):
        _refuse_alike(model, X, prepared.plain)
    return prepared


def _prepared(
    model: Any, X: Any, weight: np.ndarray | None, picture: bool, device: torch.device, strategy: Strategy
) -> PreparedRows:  # fmt: skip
    project, compares_rows = projects(model, X, picture), strategy.compares_rows

    def scaled(kind: str, *, projected: bool = project, flagged: bool = True) -> Rows:
        scaling = fit_scaling(X, kind, rows=compares_rows or project, weight=weight, names=scaled_names(model))
        if projected:
            # Copies that became one row count once.
            scaling = _with_directions(X, scaling, None if strategy.collapses_copies else weight, scaled_names(model))
        scaling = scaling if flagged else scaling.without_flags()
        return Rows(X, scaling, weight=weight, device=device, names=scaled_names(model))

    if not compares_rows or model.scaling != "auto" or picture or sp.issparse(X) or row_rule(X) is not None:
        rows = scaled("pixels" if compares_rows and picture and model.scaling == "auto" else model.scaling)
        plain = _as_clustered(X, rows, weight) if compares_rows else rows
        return PreparedRows(rows, plain, plain if len(rows.scaling.flagged) and not picture else rows)
    plain = scaled("standard", projected=model.reduce == "pca", flagged=False)
    own_encoder = not isinstance(model.encoder, str)
    network = scaled("standard" if own_encoder else "robust")
    return PreparedRows(network, plain, scaled("auto", flagged=False) if model.n_clusters == "auto" else plain)


def _as_clustered(X: Any, rows: Rows, weight: np.ndarray | None) -> Rows:
    """Texts in the first few of their directions; rows without the flags of missing cells, which would part them."""
    scaling = rows.scaling.without_flags()
    components = scaling.components
    if scaling.kind == "cosine" and components is not None and components.shape[1] > _TEXT_DIRECTIONS:
        scaling = scaling.with_projection(components[:, :_TEXT_DIRECTIONS])
    return rows if scaling.n_inputs == rows.n_inputs else Rows(X, scaling, weight=weight, device=rows.device)


def _refuse_alike(model: Any, X: Any, rows: Rows) -> None:
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
        where = listed_columns(np.flatnonzero(missing).tolist(), scaled_names(model))
        raise InvalidDataError(
            f"The rows of X differ only in which cells are missing (column {where}), and these are filled with the "
            "mean of their column, so there is nothing to cluster. Give a column that varies, ask for n_clusters=1, "
            "or, where a missing cell means something, add a column of 0 and 1 that says so."
        )
    kind = rows.scaling.kind
    chosen = "auto', here '" if model.scaling == "auto" and kind != "auto" else ""
    cause, cure = _ALIKE.get(kind, ("", "use another scaling, or other units"))
    raise InvalidDataError(f"scaling='{chosen}{kind}' leaves all rows of X the same{cause}; {cure}.")


def _with_directions(X: Any, scaling: Scaling, weight: np.ndarray | None, names: Any = None) -> Scaling:
    random_state = Seeds(0).numpy("projection")
    return scaling.with_projection(
        fit_projection(X, scaling, DIRECTIONS, random_state, weight=weight, names=names)
    )
