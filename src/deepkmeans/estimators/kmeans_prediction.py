"""What a fitted K-Means answers: labels, distances, a score."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from ..data.magnitudes import check_finite, unsquarable
from ..data.weights import check_weight
from ..kmeans import assign_priced, csr_rows, distances, squared_distances, unit_rows
from ..runtime import plain_torch, resolve_device, take_notices
from .fit_html import ShowsFit
from .inputs import ChecksInput

__all__ = ["FittedKMeans"]


class FittedKMeans(
    ShowsFit, ChecksInput, ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator
):  # fmt: skip
    """Centres in the space of the rows; prediction is the nearest one, by the metric of the fit, after its price."""

    device: Any
    cluster_centers_: np.ndarray
    prices_: np.ndarray
    _metric: str

    @plain_torch()
    def predict(self, X: Any) -> np.ndarray:
        """The nearest centre of every row: ndarray of shape (n_samples,), int32; ties go to the lowest index."""
        return self._assigned(self._checked(X))[0].cpu().numpy()

    @plain_torch()
    def transform(self, X: Any) -> np.ndarray:
        """Distance of every row to every centre, or ``1 - cosine``: ndarray of shape (n_samples, n_clusters)."""
        X = self._checked(X)
        rows, centers = self._known(X)
        if self._metric == "cosine":
            return (squared_distances(rows, centers) / 2).cpu().numpy()
        return check_finite(distances(rows, centers).cpu().numpy(), X, "distances", self._names())

    @plain_torch()
    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Minus the inertia of the rows with these centres; higher is better."""
        X = self._checked(X)
        weight = check_weight(sample_weight, X)
        squared = self._assigned(X)[1]
        total = float((squared if weight is None else squared * torch.from_numpy(weight).to(squared)).sum())
        if not math.isfinite(total):
            raise unsquarable(X, weight, self._names())
        return -total * self._unit

    def _names(self) -> Any:
        return getattr(self, "feature_names_in_", None)

    def _checked(self, X: Any) -> Any:
        """New rows, checked against the fitted columns."""
        check_is_fitted(self)
        return self._check_input(X, reset=False, keep_sparse=True).X

    def _assigned(self, X: Any) -> tuple[Tensor, Tensor]:
        """Labels (n,) of checked rows, and squared distances (n,) to their centres."""
        return assign_priced(*self._known(X), torch.from_numpy(self.prices_))

    def _known(self, X: Any) -> tuple[Tensor, Tensor]:
        """Checked rows and the centres as tensors of one dtype on one device."""
        rows = self._tensor(X)
        centers = torch.from_numpy(self.cluster_centers_).to(rows.device)
        kind = torch.promote_types(rows.dtype, centers.dtype)
        return self._measured(rows.to(kind)), centers.to(kind)

    def _measured(self, rows: Tensor) -> Tensor:
        """Rows as the metric of the fit sees them."""
        return unit_rows(rows) if self._metric == "cosine" else rows

    @property
    def _unit(self) -> float:
        """What a squared distance counts: of unit vectors it is twice ``1 - cosine``."""
        return 0.5 if self._metric == "cosine" else 1.0

    def _tensor(self, rows: Any) -> Tensor:
        """Checked rows on the device; without a copy where they are on the CPU."""
        device = resolve_device(self.device)
        if device.type == "mps" and (sp.issparse(rows) or rows.dtype == np.float64):
            device = torch.device("cpu")  # Metal has neither float64 nor CSR
        if sp.issparse(rows):
            crow, col, values = (torch.from_numpy(np.array(part)) for part in (rows.indptr, rows.indices, rows.data))
            return csr_rows(crow, col, values, rows.shape).to(device)
        take_notices()
        return torch.from_numpy(np.ascontiguousarray(rows)).to(device)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
