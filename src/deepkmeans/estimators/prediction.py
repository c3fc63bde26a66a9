"""What a fitted deep K-Means answers: everything follows from the embedding and the centres."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.base import ClusterMixin
from sklearn.utils import ClassifierTags
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from ..data import Rows, normalized_weight
from ..fitting import Doubt, with_label_ahead
from ..kmeans import assign_priced, distances, squared_distances
from ..runtime import plain_torch
from ..training.embedding import finite_embedding
from .corrections import Corrections
from .network import NetworkEstimator

__all__ = ["CentersInEmbedding"]

_BLOCK = 8192
#: So many times the root mean square distance from the centre is far: of Gaussian clusters one row in 400 at most.
_FAR = 3.0


class CentersInEmbedding(ClusterMixin, NetworkEstimator):
    """A network, and centres in its embedding; prediction is the nearest centre, after its price."""

    cluster_centers_: np.ndarray
    cluster_names_: dict[int, str]
    prices_: np.ndarray
    inertia_: float
    _variance: float
    _corrections: Corrections | None = None
    #: None of a fit that was stopped, and of a model from a file of an earlier version.
    _doubt: Doubt | None = None
    #: Rows whose outlier score is larger are noise; None: there is none.
    _noise_limit: float | None = None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        # predict_proba has a column a cluster; scikit-learn's sparse checks read that from the tags of classifiers.
        tags.classifier_tags = ClassifierTags(multi_class=True)
        return tags

    def _centers_like(self, z: Tensor) -> Tensor:
        """The centres of the fit, by which rows are assigned before any correction."""
        centers = self.cluster_centers_ if self._corrections is None else self._corrections.fitted
        return torch.as_tensor(centers, dtype=z.dtype, device=z.device)

    def _embedded(self, X: Any) -> tuple[Tensor, Rows]:
        """Embedding (n, e) of checked rows, and these as the network takes them."""
        rows = self._inputs(X)
        return finite_embedding(self._encode(rows)), rows

    def _assigned(self, z: Tensor, rows: Rows | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Labels (n,) int32 of an embedding, and its squared distances (n,) float64 from their centres.

        ``rows`` are those that the network takes, needed by a model that was corrected.
        """
        nearest, distance = assign_priced(z, self._centers_like(z), torch.from_numpy(self.prices_))
        labels, squared = nearest.cpu().numpy(), distance.cpu().double().numpy()
        if self._corrections is None or rows is None:
            return labels, squared
        return self._corrections.assigned(z, rows, labels, squared)

    def _distances_to_centers(self, z: Tensor, labels: np.ndarray) -> np.ndarray:
        """Distance (n,) of each row of an embedding from the centre of its label, as ``transform`` gives it."""
        centers, parts = self._centers_like(z), []
        for start in range(0, len(z), _BLOCK):
            index = torch.from_numpy(labels[start : start + _BLOCK]).to(z.device, torch.int64)
            parts.append(distances(z[start : start + _BLOCK], centers).gather(1, index[:, None])[:, 0])
        return torch.cat(parts).cpu().numpy()

    def _set_inertia(self, distance: Tensor, weight: np.ndarray | None, dim: int) -> None:
        """Inertia of training rows at squared distances (n,) from their centres, and variance within clusters."""
        relative, unit = normalized_weight(np.ones(len(distance)) if weight is None else weight)
        mass = torch.as_tensor(relative)
        inertia = float((distance * mass).sum())
        self.inertia_ = inertia * unit
        self._variance = max(inertia / (float(mass.sum()) * dim), float(np.finfo(np.float32).tiny))

    @plain_torch()
    def embed(self, X: Any) -> np.ndarray:
        """Embedding z (n_samples, embedding_dim), in the dtype of the rows."""
        check_is_fitted(self)
        X = self._checked(X)
        return np.asarray(self._embedding(X).cpu().numpy().astype(X.dtype, copy=False))

    @plain_torch()
    def predict(self, X: Any) -> np.ndarray:
        """Number of the nearest centre in z for each row, (n_samples,), int32; -1 for what is noise, with ``noise``.

        Of a model that was corrected: what :meth:`merge` and :meth:`split` made of it.
        """
        check_is_fitted(self)
        if self._noise_limit is None:
            z, rows = self._embedded(self._checked(X))
            return self._assigned(z, rows)[0]
        checked, excess = self._checked_with_excess(X)
        z, rows = self._embedded(checked)
        return self._with_noise(self._assigned(z, rows)[0], self._outlier_scores(rows, excess))

    @plain_torch()
    def _predict_near(self, X: Any) -> np.ndarray:
        """What :meth:`predict` says of rows, -1 for those much farther from their centre than rows of the fit are."""
        check_is_fitted(self)
        z, rows = self._embedded(self._checked(X))
        labels, squared = self._assigned(z, rows)
        return np.where(squared > _FAR**2 * z.shape[1] * self._variance, -1, labels)

    @plain_torch()
    def transform(self, X: Any) -> np.ndarray:
        """Distances in z to the centres, (n_samples, n_clusters), as scikit-learn's ``KMeans.transform``.

        To clusters that were merged it is that to the nearest of their centres. Beside parts of a cluster that was
        split, the smallest is not always that to the cluster of ``predict``.
        """
        check_is_fitted(self)
        X = self._checked(X)
        z = self._embedding(X)
        table = distances(z, self._centers_like(z))
        table = table if self._corrections is None else self._corrections.distances(z, table)
        return np.asarray(table.cpu().numpy().astype(X.dtype, copy=False))

    @plain_torch()
    def predict_proba(self, X: Any) -> np.ndarray:
        """Probability (n_samples, n_clusters) of each cluster; rows sum to 1, and the nearest centre has the largest.

        Calibrated without labels: by how far clusters overlap where refits see mixtures of Gaussians, and else by how
        many of the candidate partitions agree, which is whatever the embedding says of itself. Far from everything seen
        all clusters are as probable. A fit that was stopped, and a model file of an earlier version, know nothing of
        it: they give the posterior of equal Gaussians around the centres, which is too sure.
        """
        check_is_fitted(self)
        X, excess = self._checked_with_excess(X)
        return np.asarray(self._doubted(X, excess)[0].astype(X.dtype, copy=False))

    @plain_torch()
    def confidence(self, X: Any) -> np.ndarray:
        """How sure the label of each row is, (n_samples,), from 0 to 1.

        The probability of the cluster times that of being like the rows of the fit at all: near 0 far away from them,
        where ``predict_proba`` is near equal shares; of one cluster the latter alone. Where nothing is known of it
        (see ``predict_proba``) the largest probability.
        """
        check_is_fitted(self)
        X, excess = self._checked_with_excess(X)
        return np.asarray(self._doubted(X, excess)[1].astype(X.dtype, copy=False))

    @plain_torch()
    def outlier_score(self, X: Any) -> np.ndarray:
        """How far each row is from everything seen, (n_samples,): the larger, the stranger.

        The distance, over all scaled columns, to the nearest of some two hundred small groups of like rows, in units of
        the distance that 95% of the rows of the fit keep within. Up to 1 is usual, beyond 2 strange. Where nothing is
        known of it (see ``predict_proba``), distance from the nearest centre in z in units of the mean one.
        """
        check_is_fitted(self)
        X, excess = self._checked_with_excess(X)
        return np.asarray(self._outlier_scores(self._inputs(X), excess).astype(X.dtype, copy=False))

    def _doubted(self, X: Any, excess: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities (n, k) and confidence (n,), float64, of checked rows."""
        z, rows = self._embedded(X)
        shares, sure = self._doubt_of_fit(z, rows, excess)
        if self._corrections is None:
            return shares.numpy(), sure.numpy()
        labels = torch.from_numpy(self._assigned(z, rows)[0]).to(torch.int64)
        corrected = with_label_ahead(self._corrections.probabilities(rows, shares), labels)
        of_label = corrected.gather(1, labels[:, None])[:, 0]
        # It is as much more, or less, probable that a row is in the cluster as people have made it.
        return corrected.numpy(), (sure * of_label / shares.amax(dim=1)).clamp(max=1.0).numpy()

    def _doubt_of_fit(self, z: Tensor, rows: Rows, excess: np.ndarray | None) -> tuple[Tensor, Tensor]:
        """Probabilities (n, k) of the clusters of the fit and confidence (n,), float64, on the CPU."""
        if self._doubt is None:
            distance = squared_distances(z.double(), self._centers_like(z).double())  # (n, k)
            distance = distance + torch.from_numpy(self.prices_).to(distance)
            shares = torch.softmax(-distance / (2 * self._variance), dim=1).cpu()
            return shares, shares.amax(dim=1)
        labels, start, parts = torch.from_numpy(self._assigned(z)[0]), 0, []
        for block in rows.chunks(_BLOCK):
            here = slice(start, start + len(block))
            beyond = None if excess is None else torch.from_numpy(excess[here])
            parts.append(self._doubt.probabilities(block, labels[here], beyond))
            start += len(block)
        shares, sure = (torch.cat(each) for each in zip(*parts, strict=True))
        return shares, sure

    def _outlier_scores(self, rows: Rows, excess: np.ndarray | None) -> np.ndarray:
        """Outlier scores (n,), float64, of inputs of the network."""
        if self._doubt is None:
            z = finite_embedding(self._encode(rows))
            return np.asarray((self._assigned(z)[1] / (self._variance * z.shape[1])) ** 0.5)
        scores = torch.cat([self._doubt.outlier_score(block) for block in rows.chunks(_BLOCK)]).numpy()
        return scores if excess is None else np.hypot(scores, excess / self._doubt.reach)

    def _with_noise(self, labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Labels (n,) in which rows beyond the limit are -1."""
        return np.where(scores > self._noise_limit, -1, labels).astype(np.int32)

    @plain_torch()
    def reconstruct(self, X: Any) -> Any:
        """What the network reconstructs of the rows, (n_samples, n_features), in the units of the data.

        A frame with the columns of the fit where this was a table of any columns; texts do not come back.
        """
        check_is_fitted(self)
        return self._decoded(self._embedding(self._checked(X)))

    @plain_torch()
    def decode(self, Z: Any) -> Any:
        """Rows (n, n_features), in the units of the data, of an embedding ``Z`` (n, embedding_dim), such as centres.

        A frame or a refusal, as :meth:`reconstruct`, where the fit was of a table of any columns or of texts.
        """
        check_is_fitted(self)
        return self._decoded(self._checked_embedding(Z, "Z"))

    @plain_torch()
    def score(self, X: Any, y: Any = None) -> float:
        """Negative inertia of ``X`` in z, as scikit-learn's ``KMeans.score``."""
        check_is_fitted(self)
        return -float(torch.from_numpy(self._assigned(*self._embedded(self._checked(X)))[1]).sum())

    @property
    def _n_features_out(self) -> int:
        return int(self.cluster_centers_.shape[0])
