"""The classical way: an autoencoder learns to reconstruct, K-Means of its codes, then both together."""

from __future__ import annotations

import torch

from ..kmeans import fit_whitened_kmeans
from ..objectives import Reconstruction
from ..training import encode_rows, train
from ..training.codes import finite_codes
from ..training.contract import set_up
from .context import FitContext
from .plan import CODE_STARTS
from .result import Course, FitResult

__all__ = ["Pretrained"]

_RATE, _NOISE = 2e-3, 0.2


class Pretrained:
    """One fit of an objective that starts from a trained autoencoder.

    Parameters
    ----------
    context : FitContext
    course : Course
    """

    def __init__(self, context: FitContext, course: Course) -> None:
        self.context, self.course = context, course

    def run(self) -> FitResult:
        """Pretrain, cluster the codes, then encode, cluster and update until both have converged."""
        self.pretrain()
        self.start_centers()
        return self.alternate()

    def pretrain(self) -> None:
        """The autoencoder alone, so that the first clustering meets codes that mean something."""
        context, course = self.context, self.course
        epochs = context.plan.pretrain_epochs
        if epochs and context.encoder.can_decode and course.resumed_phase != "cluster":
            if context.plan.architecture["network"] == "custom":
                finite_codes(encode_rows(context.encoder, context.rows.network))  # says which row; the loss could not
            settings = context.plan.settings(
                max_epochs=epochs, learning_rate=_RATE, schedule="cosine", preparatory=True
            )  # fmt: skip
            train(
                context.encoder, Reconstruction(noise=_NOISE), context.rows.network, phase="pretrain",
                seeds=context.seeds, settings=settings, history=course.history, callbacks=course.watchers,
                resume=course.resume("pretrain"),
            )  # fmt: skip

    def start_centers(self) -> None:
        """Cluster the codes once, in coordinates fit for it, and set the objective up."""
        context, rows, k = self.context, self.context.rows.network, self.context.n_clusters
        if self.course.resumed_phase == "cluster":  # the loop restores centres and metric; only shapes are needed
            shape = (k, context.plan.architecture["embedding_dim"])
            set_up(context.objective, torch.zeros(shape, dtype=torch.float32, device=rows.device), len(rows))
            return
        z = finite_codes(encode_rows(context.encoder, rows))
        generator = context.seeds.generator("centers")
        start = fit_whitened_kmeans(z, k, n_init=CODE_STARTS, weight=rows.weight, generator=generator)
        context.encoder.set_metric(start.shift, start.metric)
        set_up(context.objective, start.centers, len(rows))
        context.objective.to(rows.device)

    def alternate(self) -> FitResult:
        """Encode, cluster, update the weights from the clustering, repeat until both have converged."""
        context, course, own = self.context, self.course, self.context.objective
        plan, rows = context.plan, context.rows.network
        settings = plan.settings(
            max_epochs=plan.max_epochs, learning_rate=plan.learning_rate, schedule=own.schedule,
            settling=own.settling, weight_decay=own.weight_decay,
        )  # fmt: skip
        state = train(
            context.encoder, own, rows, phase="cluster", seeds=context.seeds, settings=settings,
            history=course.history, callbacks=course.watchers, resume=course.resume("cluster"),
        )  # fmt: skip
        return FitResult(context.encoder, plan.architecture, rows.scaling, state.converged)
