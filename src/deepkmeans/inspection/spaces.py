"""The spaces of a fitted clusterer: the rows that enter it, and its embedding if it has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from ..data import check_input, fit_scaling
from ..data.given import GivenInput
from ..data.joined_input import is_mapping_of_inputs
from ..decomposition import N_COMPONENTS, PrincipalComponents
from ..estimators.inputs import ChecksInput
from ..exceptions import InvalidDataError, InvalidParameterError
from .media_rows import read_once

__all__ = ["Clusterer", "ProjectedRows", "fit_components", "space_of"]


#: HDBSCAN has labels of its own, -2 and -3, for rows that it cannot measure.
_LEAST_LABEL = -3


class Clusterer:
    """A fitted clusterer, taken out of searches and pipelines, and the steps before it."""

    def __init__(self, model: Any) -> None:
        if isinstance(model, type) or not callable(getattr(model, "fit", None)):
            shown = model.__name__ if isinstance(model, type) else type(model).__name__
            raise InvalidParameterError(
                f"The 'model' parameter must be a fitted clusterer. Got {shown} instead"
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
                "The 'model' parameter must be a clusterer, with predict or labels_. "
                f"Got {type(model).__name__} instead."
            )

    def entering(self, X: Any) -> Any:
        """The rows as they enter the clusterer; pictures become flat rows, unless a model of ours reads them."""
        if self.preprocessor is None and len(getattr(X, "shape", ())) > 2:
            X = check_input(X, "project", missing="impute", pictures=True).X
        for step in self._steps:
            X = step.transform(X)
        return X

    def labels(self, X: Any, n_samples: int, *, training: bool) -> np.ndarray | None:
        """Labels (n,) of rows as they enter the clusterer; None for new rows if it cannot predict."""
        if callable(getattr(self.model, "predict", None)):
            return np.asarray(self.model.predict(X))
        if not training:
            return None
        labels = np.asarray(self.model.labels_)
        if len(labels) != n_samples:
            raise InvalidDataError(
                f"{type(self.model).__name__} cannot predict, so X must be the rows it was fitted on: it has labels of "
                f"{len(labels)} rows, X has {n_samples}."
            )
        return labels

    @property
    def steps(self) -> tuple[Any, ...]:
        """The fitted steps of pipelines before the clusterer, the first one first."""
        return tuple(self._steps)

    @property
    def preprocessor(self) -> Any:
        """What makes numbers of the rows of a model of ours, without steps before it; else None."""
        return None if self._steps else getattr(self.model, "_preprocessor", None)

    @property
    def of_series(self) -> bool:
        """Whether the rows of a model of ours are time series."""
        return getattr(self.preprocessor, "kind", "") == "series"

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """Height, width and channels of the rows of a model of ours that took them for pictures."""
        pictures = getattr(self.model, "_pictures", None)
        shape = getattr(self.preprocessor, "image_shape", None) if pictures is None else pictures.shape
        return None if self._steps or shape is None or self.of_series else (int(shape[0]), int(shape[1]), int(shape[2]))

    @property
    def feature_names(self) -> Any:
        """Names of the columns of the fit, if it had some."""
        owner = self._steps[0] if self._steps else self.model
        return getattr(owner, "feature_names_in_", None)

    def as_given(self, X: Any) -> GivenInput | None:
        """The rows as the model's preprocessor takes them; None where it has none."""
        return None if self.preprocessor is None else self.model._as_given(X)

    @property
    def joined(self) -> Any:
        """The pipelines of a model of ours of several inputs, else None."""
        return None if self._steps else getattr(self.model, "_joined", None)

    def in_memory(self, X: Any) -> Any:
        """Rows that a model of ours reads from files, read once; others as they are."""
        if is_mapping_of_inputs(X) and self.joined is None and callable(getattr(self.model, "_only_input", None)):
            X = self.model._only_input(X)
        if not is_mapping_of_inputs(X):
            if self.preprocessor is None:
                as_arrays = None if self._steps else getattr(self.model, "_pictures_as_arrays", None)
                return X if as_arrays is None else as_arrays(X)
            return read_once(X, self.preprocessor, self.as_given)
        pipelines = {} if self.joined is None else self.joined.pipelines
        return {
            name: read_once(rows, pipelines[name].preprocessor) if name in pipelines else rows
            for name, rows in X.items()
        }

    def labels_of(self, X: Any, n_samples: int) -> np.ndarray:
        """Labels (n,) int64 of rows as they are given; -1 is noise."""
        labels = self.labels(self.entering(X), n_samples, training=True)
        assert labels is not None
        if labels.shape != (n_samples,) or labels.dtype.kind not in "iu" or int(labels.min(initial=0)) < _LEAST_LABEL:
            raise InvalidParameterError(
                "The 'model' parameter must be a clusterer, whose labels are whole numbers from 0, and -1 of noise. "
                f"{type(self.model).__name__} gives others."
            )
        return np.maximum(labels.astype(np.int64), -1)

    def doubt(self, X: Any) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Confidence and outlier score of each row (n,), where the model gives them."""
        given = [getattr(self.model, name, None) for name in ("confidence", "outlier_score")]
        if not all(map(callable, given)):
            return None, None
        entering = self.entering(X)
        confidence, outlier_score = (np.asarray(ask(entering), dtype=np.float64) for ask in given)  # type: ignore[misc]
        return confidence, outlier_score

    @property
    def given_names(self) -> dict[int, str]:
        """Names of clusters that a person gave."""
        return dict(getattr(self.model, "cluster_names_", {}))

    @property
    def report(self) -> dict[str, Any]:
        """``report_`` of a model of ours, else empty."""
        return dict(getattr(self.model, "report_", {}))

    @property
    def sizes_asked(self) -> dict[str, float]:
        """What the fit of a model of ours was asked of the sizes of its clusters, by parameter."""
        if not hasattr(self.model, "prices_"):
            return {}
        asked = {name: getattr(self.model, name, None) for name in ("balance", "min_size", "max_size")}
        return {name: value for name, value in asked.items() if value}

    def embedding(self) -> Callable[[Any], Any] | None:
        """The function from rows as they enter the clusterer to their embedding, if the model has one."""
        embed = getattr(self.model, "embed", None)
        return embed if callable(embed) else None


class ProjectedRows(ChecksInput, BaseEstimator):
    """The rows as they are drawn: scaled as for the network, or as they are given.

    Rows of a ``DeepKMeans`` are drawn scaled, before any reduction, as its distances are those of scaled rows. Rows of
    other clusterers are drawn as they enter. Missing cells are filled with their column's mean.
    """

    def fit(self, model: Any, X: Any) -> Any:
        """Check rows (n, d) and return them; keep their columns and how to scale them."""
        self._joined = getattr(model, "_joined", None)
        if self._joined is not None:
            self._owner = model
            return self.check(X)
        self._owner = model if getattr(model, "_preprocessor", None) is not None else None
        X = self.check(X) if self._owner is not None else self._check_input(X, reset=True, missing="impute").X
        scaling = getattr(model, "scaling_", None)
        if scaling is None:
            scaling = fit_scaling(X, "none")
        elif getattr(model, "reducer_", None) is not None:  # scaling_ is that of the transformer's output
            scaling = fit_scaling(X, model.scaling, rows=True)
        self.scaling_ = replace(scaling.without_flags(), components=None)
        return X

    def check(self, X: Any) -> Any:
        """New rows, checked against the columns of the first; of a table or texts the numbers made of them."""
        if self._owner is not None:
            return self._owner._checked(X)
        return self._check_input(X, reset=False, missing="impute").X

    def scaled(self, X: Any) -> Any:
        """Checked rows, scaled: an ndarray, or a CSR matrix, which its principal components centre later.

        Several inputs lie side by side.
        """
        if self._joined is not None:
            rows = self._joined.transform(X, device=torch.device("cpu"))
            return rows.take(torch.arange(len(rows))).numpy()
        if sp.issparse(X):
            return self.scaling_.scale_sparse(X)
        return self.scaling_.apply(torch.from_numpy(np.require(X, requirements=["C", "W"]))).numpy()


def space_of(clusterer: Clusterer, X: Any) -> np.ndarray:
    """Rows (n, e) in which distances are those of the clusters: the embedding, or the rows as they are drawn.

    Sparse rows without an embedding become at most 50 principal components.
    """
    entering, embed = clusterer.entering(X), clusterer.embedding()
    if embed is not None:
        return np.asarray(embed(entering), dtype=np.float64)
    rows = ProjectedRows()
    scaled = rows.scaled(rows.fit(clusterer.model, entering))
    if sp.issparse(scaled):
        return np.asarray(PrincipalComponents(scaled, N_COMPONENTS, 0).transform(scaled), dtype=np.float64)
    return np.asarray(scaled, dtype=np.float64)


def fit_components(X: Any, seed: int, name: str) -> PrincipalComponents:
    """At most 50 principal components of rows (n, d), in which their neighbours are searched.

    Raises
    ------
    InvalidDataError
        If the numbers are too large or too small for distances.
    """
    _refuse_extreme(X, name)
    return PrincipalComponents(X, N_COMPONENTS, seed)


def _refuse_extreme(X: Any, name: str) -> None:
    """Refuse values whose squares, or the sum of these, would overflow or vanish."""
    values = np.asarray(X.data if sp.issparse(X) else X)
    n_values = values.size if X.shape[1] > N_COMPONENTS else X.shape[0] * X.shape[1]
    peak, kind = float(np.abs(values).max(initial=0.0)), np.finfo(values.dtype)
    if peak and not float(kind.tiny) ** 0.5 < peak < (float(kind.max) / n_values) ** 0.5:
        raise InvalidDataError(
            f"The {name} rows, with numbers up to {peak:.3g}, are too {'large' if peak > 1 else 'small'} to measure "
            f"distances in {values.dtype}; scale them first."
        )
