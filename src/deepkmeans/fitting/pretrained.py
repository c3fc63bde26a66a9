"""The classical way: an autoencoder learns to reconstruct, K-Means in its embedding, then both together."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .._quoting import short
from ..exceptions import InvalidParameterError
from ..kmeans import fit_whitened_kmeans
from ..objectives import Reconstruction
from ..runtime.collective import Collective
from ..training import encode_rows, train
from ..training.contract import set_up
from ..training.embedding import finite_embedding
from .context import FitContext
from .phases import train_jointly
from .plan import CODE_STARTS
from .result import Course, FitResult

__all__ = ["pretrain", "run_pretrained", "start_centers"]

_RATE, _NOISE = 2e-3, 0.2


def run_pretrained(context: FitContext, course: Course) -> FitResult:
    """Pretrain, cluster the embedding, then encode, cluster and update until both have converged."""
    pretrain(context, course)
    start_centers(context, course)
    return train_jointly(context, course)


def pretrain(context: FitContext, course: Course) -> None:
    """Train the autoencoder to reconstruct, so that the first clustering meets an embedding that means something."""
    epochs = context.plan.pretrain_epochs
    if epochs and context.encoder.can_decode and course.resumed_phase != "cluster":
        if context.plan.architecture["network"] == "custom":
            finite_embedding(encode_rows(context.encoder, context.rows.network))  # says which row; the loss could not
        settings = context.plan.settings(
            max_epochs=epochs, learning_rate=_RATE, schedule="cosine", preparatory=True
        )  # fmt: skip
        train(
            context.encoder, Reconstruction(noise=_NOISE), context.rows.network, phase="pretrain",
            seeds=context.seeds, settings=settings, history=course.history, callbacks=course.watchers,
            resume=course.resume("pretrain"), collective=context.collective,
        )  # fmt: skip


def start_centers(context: FitContext, course: Course, labels: Any = None) -> None:
    """Set the objective up with centres of the embedding, in coordinates fit for K-Means.

    Parameters
    ----------
    context : FitContext
    course : Course
    labels : array of shape (n,) or None
        Labels 0 to k - 1 of ``context.rows.network``, each of which some row has: the centres are the means of their
        embedding. None: the centres are those of K-Means.
    """
    rows, k = context.rows.network, context.n_clusters
    if course.resumed_phase == "cluster":  # the loop restores centres and metric; only shapes are needed
        shape = (k, context.plan.architecture["embedding_dim"])
        set_up(context.objective, torch.zeros(shape, dtype=rows.dtype, device=rows.device), len(rows))
        return
    z = finite_embedding(encode_rows(context.encoder, rows))
    generator = context.seeds.generator("centers")
    start = fit_whitened_kmeans(
        z, k, n_init=CODE_STARTS, weight=rows.weight, generator=generator, collective=context.collective
    )  # fmt: skip
    context.encoder.set_metric(start.shift, start.metric)
    centers = start.centers
    if labels is not None:
        centers = _class_means((z - start.shift) @ start.metric, labels, k, rows.weight, context.collective)
    set_up(context.objective, centers, len(rows))
    context.objective.to(rows.device)


def _class_means(z: Tensor, labels: Any, n_clusters: int, weight: Tensor | None, collective: Collective) -> Tensor:
    """Means (k, e) of an embedding z (n, e) by labels (n,)."""
    wanted = f"The 'labels' of start_centers must be {len(z)} integers, one for each row of context.rows.network."
    try:
        index = torch.as_tensor(labels, device=z.device)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:  # texts, objects, lists of unequal length
        raise InvalidParameterError(f"{wanted} Got {short(repr(labels))[1:-1]} instead.") from error
    if index.shape != z.shape[:1] or index.is_floating_point() or index.is_complex():
        kind = str(index.dtype).removeprefix("torch.")
        raise InvalidParameterError(f"{wanted} Got shape {tuple(index.shape)} of {kind} instead.")
    index = index.long()
    classes = torch.unique(collective.gather(torch.unique(index)))
    if len(classes) != n_clusters or int(classes[0]) != 0 or int(classes[-1]) != n_clusters - 1:
        raise InvalidParameterError(
            f"The 'labels' of start_centers must be the {n_clusters} clusters from 0 to {n_clusters - 1}, each with a "
            f"row. Got {len(classes)} different ones from {int(classes[0])} to {int(classes[-1])} instead."
        )
    share = torch.nn.functional.one_hot(index, n_clusters).to(z)  # (n, k)
    share = share if weight is None else share * weight.to(z)[:, None]
    return collective.sum((share / collective.sum(share.sum(0))[0]).T @ z)[0]
