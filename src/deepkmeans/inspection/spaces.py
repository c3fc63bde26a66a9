"""The spaces of a fitted clusterer: the rows that enter it, and its embedding if it has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from ..data import check_input, fit_scaling
from ..estimators.inputs import ChecksInput
from ..exceptions import InvalidDataError, InvalidParameterError

__all__ = ["Clusterer", "MainDirections", "ProjectedRows"]

#: Directions in which neighbours are sought, as before t-SNE and UMAP in general.
_DIRECTIONS = 50
_BLOCK = 8192


class Clusterer:
    """A fitted clusterer, found inside searches and pipelines, and the steps before it."""

    def __init__(self, model: Any) -> None:
        if isinstance(model, type) or not callable(getattr(model, "fit", None)):
            shown = model.__name__ if isinstance(model, type) else type(model).__name__
            raise InvalidParameterError(
                f"The 'model' parameter of project must be a fitted clusterer. Got {shown} instead"
                f"{'; make one and fit it first' if isinstance(model, type) else ''}."
            )
        check_is_fitted(model)
        steps: list[Any] = []
        while True:
            if hasattr(model, "best_estimator_"):
                model = model.best_estimator_
            elif isinstance(model, Pipeline):
                steps += [model[:-1]] if len(model.steps) > 1 else []
                model = model.steps[-1][1]
            else:
                break
        self.model, self._steps = model, steps
        if not callable(getattr(model, "predict", None)) and not hasattr(model, "labels_"):
            raise InvalidParameterError(
                f"The 'model' parameter of project must be a clusterer, with predict or labels_. "
                f"Got {type(model).__name__} instead."
            )

    def entering(self, X: Any) -> Any:
        """The rows as they enter the clusterer, pictures as flat rows."""
        if len(getattr(X, "shape", ())) > 2:
            X = check_input(X, "project", missing="impute", pictures=True).X
        for step in self._steps:
            X = step.transform(X)
        return X

    def labels(self, X: Any, n_rows: int, *, training: bool) -> np.ndarray | None:
        """Labels (n,) of rows that enter; None for new rows where the clusterer cannot predict."""
        if callable(getattr(self.model, "predict", None)):
            return np.asarray(self.model.predict(X))
        if not training:
            return None
        labels = np.asarray(self.model.labels_)
        if len(labels) != n_rows:
            raise InvalidDataError(
                f"{type(self.model).__name__} cannot predict, so X must be the rows it was fitted on: it has labels of "
                f"{len(labels)} rows, X has {n_rows}."
            )
        return labels

    def embedding(self) -> Callable[[Any], Any] | None:
        """The map from rows that enter to their codes, if the model has one."""
        embed = getattr(self.model, "embed", None)
        return embed if callable(embed) else None


class ProjectedRows(ChecksInput, BaseEstimator):
    """The rows in the units in which they are drawn: those of the network, or as they are given.

    A ``DeepKMeans`` scales its rows, and distances mean something only then, so they are drawn scaled, before any
    reduction. Rows of other clusterers are drawn as they enter. Missing cells are filled with their column's mean.
    """

    def fit(self, model: Any, X: Any) -> Any:
        """Checked rows (n, d); remembers their columns and how to scale them."""
        X = self._check_input(X, reset=True, missing="impute").X
        scaling = getattr(model, "scaling_", None)
        if scaling is None:
            scaling = fit_scaling(X, "none")
        elif getattr(model, "reducer_", None) is not None:  # it scales what the transformer made
            scaling = fit_scaling(X, model.scaling, rows=True)
        self.scaling_ = replace(scaling.without_flags(), components=None)
        return X

    def check(self, X: Any) -> Any:
        """New rows, checked against the columns of the first."""
        return self._check_input(X, reset=False, missing="impute").X

    def scaled(self, X: Any) -> Any:
        """Checked rows scaled: an ndarray, or a CSR matrix, which is not centred (main directions are, later)."""
        if sp.issparse(X):
            return self.scaling_.scale_sparse(X)
        return self.scaling_.apply(torch.from_numpy(np.require(X, requirements=["C", "W"]))).numpy()


class MainDirections:
    """At most 50 principal components of rows (n, d): exact for dense rows, truncated for sparse ones.

    Sparse rows are centred implicitly, in the products of the decomposition, and stay sparse.
    """

    def __init__(self, X: Any, seed: int, name: str) -> None:
        X = _small(X)
        n, d = X.shape
        _refuse_extreme(X, name)
        p = max(1, min(_DIRECTIONS, n, d) - (1 if sp.issparse(X) else 0))
        self.pca = PCA(p, svd_solver="arpack" if sp.issparse(X) else "auto", random_state=seed)
        with np.errstate(invalid="ignore", divide="ignore"):  # shares of no variance at all: collapsed codes
            self.pca.fit(X)
        self.shares: np.ndarray = np.nan_to_num(self.pca.explained_variance_ratio_)

    def __call__(self, X: Any) -> np.ndarray:
        """Coordinates (n, p), float64, a block at a time."""
        parts = [self.pca.transform(_small(X[i : i + _BLOCK])) for i in range(0, X.shape[0], _BLOCK)]
        return np.concatenate(parts).astype(np.float64, copy=False)


def _small(X: Any) -> Any:
    """Sparse rows of few columns as dense ones: no wider than the directions themselves."""
    return X.toarray() if sp.issparse(X) and X.shape[1] <= _DIRECTIONS else X


def _refuse_extreme(X: Any, name: str) -> None:
    """Squares of all values, and their sum, must be numbers."""
    values = np.asarray(X.data if sp.issparse(X) else X)
    peak, kind = float(np.abs(values).max(initial=0.0)), np.finfo(values.dtype)
    if peak and not float(kind.tiny) ** 0.5 < peak < (float(kind.max) / values.size) ** 0.5:
        raise InvalidDataError(
            f"The {name} rows, with numbers up to {peak:.3g}, are too {'large' if peak > 1 else 'small'} to measure "
            f"distances in {values.dtype}; scale them first."
        )
