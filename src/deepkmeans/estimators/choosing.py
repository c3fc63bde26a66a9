"""``n_clusters="auto"`` and ``"divide"``: the number of clusters, from the neighbour graph, before the fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from sklearn.base import clone

from .._validation import validate_estimator
from ..data import CheckedInput, Sample
from ..decomposition import N_COMPONENTS, principal_components
from ..fitting import FitContext, embedding_before_k, landmarks
from ..graph import default_k_range, n_clusters_statistics, statistics_of_one_row
from ..runtime import Seeds

__all__ = ["decide_n_clusters", "n_clusters_of", "statistics_before_a_fit"]


def decide_n_clusters(
    context: FitContext, ks: Sequence[int] | None = None, *, verbose: bool = False, **options: Any
) -> dict[str, Any]:  # fmt: skip
    """What :func:`..graph.n_clusters_statistics` says of the rows, or of the landmarks where there are many rows.

    The statistics are computed in the principal components of the scaled rows, whatever the objective; with a
    convolutional network, in an embedding that it learns in one over-clustered round. They do not depend on
    ``random_state``: the number of clusters is a property of the rows.
    """
    seeds, rows = Seeds(0), context.rows.counted
    index = landmarks(len(rows), seeds).to(rows.device)
    sample = rows.take(index)
    ks = default_k_range(len(index)) if ks is None else ks
    if len(index) < 2 or not bool((sample != sample[:1]).any()):
        return statistics_of_one_row(len(rows), ks)
    mean, components = principal_components(sample, N_COMPONENTS, seeds.numpy("axes"))
    features = ((sample - mean) @ components).to(torch.float32)
    embedding = embedding_before_k(context, verbose=verbose)
    learnt_from = None if embedding is None else features
    return n_clusters_statistics(
        features if embedding is None else embedding, ks, seeds.numpy("n_clusters"), learnt_from=learnt_from, **options
    )


def n_clusters_of(statistics: Mapping[str, Any], *, divide: bool = False) -> int:
    """The number that a fit takes; with ``divide`` the most useful division instead of 1, if there is one."""
    k, division = int(statistics["n_clusters"]), statistics["useful_division"]
    return int(division["n_clusters"]) if divide and k == 1 and division is not None else k


def statistics_before_a_fit(estimator: Any, rows: CheckedInput, ks: Sequence[int], **options: Any) -> dict[str, Any]:
    """What :func:`decide_n_clusters` would say in a fit of ``estimator``, a DeepKMeans, which is not fitted by this."""
    other = clone(estimator).set_params(n_clusters="auto")
    validate_estimator(other)
    valid = other._with_objective(Sample.of(rows.X), rows, Seeds(0))
    return decide_n_clusters(other._context(valid), ks, verbose=bool(other.verbose), **options)
