"""An objective with a strategy of its own, as somebody outside the package would write it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from sklearn.cluster import SpectralClustering

from deepkmeans.fitting import Course, FitContext, FitResult, pretrain, start_centers, train_jointly
from deepkmeans.objectives import DCN, Strategy


@dataclass(frozen=True)
class SpectralStart(Strategy):
    """The first centres are the means of spectral clusters of the rows, not those of K-Means of the codes."""

    gamma: float = 0.5

    def run(self, context: FitContext, course: Course) -> FitResult:
        rows = context.rows.network
        X = torch.cat(list(rows.chunks(4096))).cpu().numpy()
        spectral = SpectralClustering(
            context.n_clusters, gamma=self.gamma, random_state=context.seeds.seed("spectral") % 2**32
        )  # fmt: skip
        labels = spectral.fit_predict(X)
        course.note(chosen=f"spectral, gamma={self.gamma}")
        pretrain(context, course)
        start_centers(context, course, labels)
        return train_jointly(context, course)


class Spectral(DCN):
    """DCN from a spectral start; ``objective__gamma`` searches it."""

    def __init__(self, weight: float = 0.1, gamma: float = 0.5) -> None:
        super().__init__(weight)
        self.gamma = gamma

    @property
    def strategy(self) -> SpectralStart:  # type: ignore[override]
        return SpectralStart(self.gamma)
