"""Clusters of a fit under the numbers of an earlier one: ``align_to``."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from .._quoting import short
from ..exceptions import DeepKMeansError, InvalidParameterError

__all__ = ["EarlierClusters", "aligned_order", "same_clusters"]

#: Two clusters are the same if they share more than this share of the rows of the smaller one.
_SHARED = 0.5


@dataclass(frozen=True)
class EarlierClusters:
    """What an earlier model says of the rows of a fit.

    Attributes
    ----------
    labels : ndarray of shape (n,), int64
        Its clusters of these rows; negative where a row is in none, or far from all that the model has seen.
    names : mapping of int to str
        The names that its clusters were given.
    source : str
        Its file, or its class.
    """

    labels: np.ndarray
    names: Mapping[int, str] = field(default_factory=dict)
    source: str = ""

    @classmethod
    def of(cls, given: Any, X: Any, n_samples: int) -> EarlierClusters:
        """Of the parameter ``align_to``, and rows as they are given to ``fit``.

        Raises
        ------
        ModelFileError
            If it is a path at which there is no model.
        InvalidParameterError
            If the model cannot predict these rows.
        """
        model, source = given, type(given).__name__
        if isinstance(given, (str, os.PathLike)):
            from .model_file import load

            source = os.fspath(given)
            model = load(os.path.join(source, "model.dkm") if os.path.isdir(source) else source)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of cells of these rows, which the fit tells itself
                labels = np.asarray(getattr(model, "_predict_near", model.predict)(X))
        except (DeepKMeansError, ValueError, TypeError, AttributeError) as error:
            raise InvalidParameterError(
                f"The 'align_to' parameter must be a fitted model of rows like X, or its file. The model of {source} "
                f"cannot predict X: {str(error).rstrip('.')}."
            ) from error
        if labels.shape != (n_samples,) or labels.dtype.kind not in "iu":
            raise InvalidParameterError(
                f"The 'align_to' parameter must be a model whose predict gives a whole number for each row. Got "
                f"{short(repr(labels))[1:-1]} of {source} instead."
            )
        return cls(labels.astype(np.int64), dict(getattr(model, "cluster_names_", {})), source)

    def names_of(self, same: Mapping[int, int]) -> dict[int, str]:
        """Names of the clusters of a fit that are the ``same`` as earlier ones."""
        return {number: self.names[earlier] for number, earlier in sorted(same.items()) if earlier in self.names}

    def report(self, labels: np.ndarray, mass: np.ndarray, n_clusters: int) -> dict[str, Any]:
        """What ``report_["alignment"]`` says of the final ``labels`` (n,) of rows with this ``mass`` (n,)."""
        same = same_clusters(self.labels, labels, mass)
        continued = np.isin(self.labels, list(same.values()))
        total = float(mass[continued].sum())
        kept = float(mass[continued & (self.labels == labels)].sum()) / total if total else None
        earlier = {int(number) for number in np.unique(self.labels[mass > 0]) if number >= 0}
        return {
            "model": self.source, "earlier": [same.get(number) for number in range(n_clusters)],
            "new": [number for number in range(n_clusters) if number not in same],
            "vanished": sorted(earlier - {*same.values()}), "share_kept": kept,
        }  # fmt: skip


def same_clusters(earlier: np.ndarray, labels: np.ndarray, mass: np.ndarray) -> dict[int, int]:
    """For each cluster of ``labels`` (n,) that continues one of ``earlier`` (n,), the number of that one.

    Of all ways to pair clusters that share more than half of the rows of the smaller one, that in which pairs share
    most rows, which have this ``mass`` (n,).
    """
    known = (earlier >= 0) & (labels >= 0)
    if not known.any():
        return {}
    shared = np.zeros((labels[known].max() + 1, earlier[known].max() + 1))
    np.add.at(shared, (labels[known], earlier[known]), mass[known])
    smaller = np.minimum(shared.sum(1)[:, None], shared.sum(0)[None])
    shared[shared <= _SHARED * smaller] = 0
    pairs = zip(*linear_sum_assignment(shared, maximize=True), strict=True)
    return {int(new): int(old) for new, old in pairs if shared[new, old] > 0}


def aligned_order(same: Mapping[int, int], n_clusters: int) -> np.ndarray:
    """The order (k,) in which clusters that are the ``same`` as earlier ones have the numbers of these.

    Numbers are those from 0 to k - 1. A cluster whose earlier number is beyond them takes one that is left; then the
    new ones do, in their order.
    """
    order = np.full(n_clusters, -1)
    for number, earlier in same.items():
        if earlier < n_clusters:
            order[earlier] = number
    placed = {*order.tolist()}
    moved = sorted((number for number in same if number not in placed), key=same.__getitem__)
    new = [number for number in range(n_clusters) if number not in same]
    order[order < 0] = [*moved, *new]
    return order
