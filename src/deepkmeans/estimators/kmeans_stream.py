"""K-Means of a stream, batch by batch."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import torch

from .._validation import validate_estimator
from ..data.magnitudes import check_squares, normalized_weight
from ..data.weights import as_many_rows, check_weight
from ..exceptions import InvalidParameterError
from ..kmeans import minibatch_step
from ..runtime import plain_torch
from .kmeans_prediction import FittedKMeans

__all__ = ["StreamedKMeans"]


class StreamedKMeans(FittedKMeans):
    """A K-Means that learns from batches; its parameters are those of ``KMeans``."""

    n_clusters: int
    init: Any
    metric: str
    decay_factor: float
    labels_: np.ndarray
    inertia_: float
    n_clusters_: int
    counts_: np.ndarray
    n_steps_: int

    def _fit(self, rows: Any, weight: np.ndarray | None, init: Any) -> None:
        raise NotImplementedError

    def _given_centers(self, rows: Any) -> np.ndarray:
        raise NotImplementedError

    @plain_torch()
    def partial_fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Learn from one more batch of a stream.

        Every centre is the mean of all rows assigned to it, those of earlier batches weighted by ``decay_factor`` once
        for every batch since. Starting centres come from ``fit``, or from the first batch; where that has fewer
        different rows than ``n_clusters``, the others come from later batches. A centre that is hardly missed (one of
        many in one cluster, as a sorted stream leaves them) moves to where a batch needs it.

        Parameters
        ----------
        X : as for ``fit``
        y : ignored
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self
            ``labels_`` and ``inertia_`` are those of this batch.

        Raises
        ------
        InvalidParameterError, InvalidDataError
            As ``fit``.
        """
        first = not hasattr(self, "cluster_centers_")
        with self._kept_if_refused():
            validate_estimator(self)
            asked = [name for name in ("balance", "min_size", "max_size") if getattr(self, name, None)]
            if asked:
                raise InvalidParameterError(
                    f"{asked[0]}={getattr(self, asked[0])!r} is for fit, which sees all rows at once: partial_fit "
                    f"cannot keep sizes within bounds. Leave {asked[0]} out, or use fit."
                )
            rows = self._check_input(X, reset=first, keep_sparse=True).X
            weight = check_weight(sample_weight, rows)
            init = self.init if not first or isinstance(self.init, str) else self._given_centers(rows)
            self._check_squares(rows, weight)
        if first:
            self._fit(*as_many_rows(rows, weight, int(self.n_clusters)), init)
            self.labels_, self.n_steps_ = self.labels_[: rows.shape[0]], 1
            return self
        if len(self.cluster_centers_) != self.n_clusters:
            raise InvalidParameterError(
                f"n_clusters={self.n_clusters}, but the estimator holds {len(self.cluster_centers_)} centres; "
                "clone it to start again with another number."
            )
        if self.metric != self._metric:
            raise InvalidParameterError(
                f"metric={self.metric!r}, but the estimator holds centres of metric={self._metric!r}; "
                "clone it to start again with another metric."
            )
        tensor, (relative, unit) = self._measured(self._tensor(rows)), normalized_weight(weight)
        step = minibatch_step(
            tensor,
            torch.from_numpy(self.cluster_centers_).to(tensor),
            torch.from_numpy(self.counts_ / unit),
            weight=None if relative is None else torch.from_numpy(relative).to(tensor),
            decay_factor=float(self.decay_factor),
            spherical=self._metric == "cosine",
        )
        self.cluster_centers_ = step.centers.cpu().numpy()
        self.counts_ = step.counts.cpu().double().numpy() * unit
        self.labels_, self.inertia_ = step.labels.cpu().numpy(), step.inertia * self._unit * unit
        self.n_clusters_ = int((self.counts_ > 0).sum())
        self.n_steps_ = getattr(self, "n_steps_", 0) + 1
        return self

    def _check_squares(self, rows: Any, weight: np.ndarray | None) -> None:
        if self.metric == "euclidean":
            check_squares(rows, weight, self._names())
