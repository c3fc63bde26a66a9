"""``n_clusters="auto"`` and ``"divide"``: the number of clusters, from the neighbour graph, before the fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from sklearn.base import clone

from .._validation import validate_estimator
from ..data import CheckedInput, Sample
from ..data.source import JoinedRows
from ..decomposition import N_COMPONENTS, principal_components
from ..fitting import FitContext, clearest_features, embedding_before_k, landmarks
from ..graph import (
    FewDistinct,
    Levels,
    default_k_range,
    n_clusters_statistics,
    n_groups_apart,
    statistics_of_one_row,
    without_gaps_of_levels,
)
from ..objectives import SelfLabelling
from ..runtime import Seeds

__all__ = [
    "decide_n_clusters", "lighter_levels", "n_clusters_of", "statistics_before_a_fit", "statistics_of_inputs",
]  # fmt: skip


def decide_n_clusters(
    context: FitContext, ks: Sequence[int] | None = None, *, verbose: bool = False, **options: Any
) -> dict[str, Any]:  # fmt: skip
    """What :func:`..graph.n_clusters_statistics` says of the rows, or of the landmarks where there are many rows.

    Of a table of several kinds of columns it also looks at groups in which the columns go together.

    The statistics are computed in the principal components of the scaled rows, whatever the objective, of series in
    those of the space in which they fall into clusters most clearly; with a convolutional network, in an embedding that
    it learns in one over-clustered round. Of several inputs they are those side by side, in rows that have all of them,
    if a half has. They do not depend on ``random_state``: the number of clusters is a property of the rows.
    """
    seeds, rows = Seeds(0), context.rows.counted
    index = landmarks(len(rows), seeds).to(rows.device)
    several: Any = rows
    if isinstance(several, JoinedRows):
        whole = several.whole()
        index = whole[landmarks(len(whole), seeds).to(rows.device)]
    sample = rows.take(index)
    if context.rows.views is not None:
        sample = lighter_levels(sample, context.rows.views)
    distinct = FewDistinct.of(sample.cpu().numpy(), _mass(context, index), coded=context.rows.views is not None)
    if ks is None:
        copied = 1 if distinct is None else distinct.n_copied
        ks = sorted({*default_k_range(len(index)), *range(1, copied + 1)})
    if len(index) < 2 or not bool((sample != sample[:1]).any()):
        return statistics_of_one_row(context.plan.data.n_samples, ks)
    levels, owner = _levels(context, index), context.rows.level_owners
    if levels is not None and owner is not None:
        sample = without_gaps_of_levels(sample, owner, levels, seeds.numpy("levels"))
    features = _features(context, sample)
    embedding = embedding_before_k(context, features, verbose=verbose)
    learnt_from = None if embedding is None else features
    return n_clusters_statistics(
        features if embedding is None else embedding, ks, seeds.numpy("n_clusters"), learnt_from=learnt_from,
        levels=levels, n_apart=_n_apart(context, index), distinct=distinct,
        **options,
    )  # fmt: skip


def _features(context: FitContext, sample: torch.Tensor) -> torch.Tensor:
    """Principal components (m, p) of rows, float32; of series in the space in which their clusters are clearest."""
    data = context.plan.data
    if data.input_kind == "series" and data.image_shape is not None:
        return clearest_features(sample, data.image_shape, SelfLabelling().n_neighbors)
    mean, components = principal_components(sample, N_COMPONENTS, Seeds(0).numpy("axes"))
    return ((sample - mean) @ components).to(torch.float32)


def lighter_levels(rows: torch.Tensor, views: Mapping[str, np.ndarray]) -> torch.Tensor:
    """Rows (m, p) of a table of several kinds of columns, with those of levels at half their weight.

    At full weight every level of a column would part the rows, whatever it means; what levels say of groups, latent
    classes tell.
    """
    return rows * torch.from_numpy(views["robust"]).to(rows)


def _levels(context: FitContext, index: torch.Tensor) -> Levels | None:
    """The rows at ``index`` (m,) of a table of several kinds of columns as groups of like cells; None of others."""
    if context.rows.levels is None:
        return None
    mass = _mass(context, index)
    made = context.rows.levels(context.rows.counted.take(index).cpu().numpy(), mass)
    return None if made is None else Levels(made[0], made[1], mass)


def _n_apart(context: FitContext, index: torch.Tensor) -> int:
    """How many groups the texts at ``index`` (m,) make that share no word; 1 of other rows."""
    terms = context.rows.terms
    if terms is None or context.plan.data.preprocessing is None:
        return 1
    return n_groups_apart(terms[index.cpu().numpy()], _mass(context, index))


def _mass(context: FitContext, index: torch.Tensor) -> np.ndarray:
    """How many of the rows given those at ``index`` (m,) stand for; the weights of a fit have a mean of 1."""
    rows, given = context.rows.counted, context.plan.data.n_samples
    mass = np.ones(len(rows)) if rows.weight is None else rows.weight.cpu().double().numpy()
    return np.asarray(mass[index.cpu().numpy()] * (given / mass.sum()))


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


def statistics_of_inputs(
    estimator: Any, X: Mapping[str, Any], ks_of: Callable[[int], Sequence[int]], **options: Any
) -> dict[str, Any]:  # fmt: skip
    """The same of several inputs by name; ``ks_of`` their number of rows are the k to try."""
    other = clone(estimator).set_params(n_clusters="auto")
    valid = other._validate(X, None)
    ks = ks_of(len(valid.sample.X))
    return decide_n_clusters(other._context(valid), ks, verbose=bool(other.verbose), **options)
