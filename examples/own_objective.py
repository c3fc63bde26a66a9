"""A clustering method of one's own, outside the package: under 60 lines, trained by the same loop.

Free energy: reconstruction plus the soft minimum of the distances to all centres,

    L = |x - g(h(x))|^2 / d  -  w T log sum_j exp(-|h(x) - m_j|^2 / (T e))

with the temperature T falling by a factor each epoch. The centres m are learnt with the network.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import torch

import deepkmeans
from deepkmeans import DeepKMeans
from deepkmeans.datasets import load_wine
from deepkmeans.encoders import Encoder
from deepkmeans.metrics import evaluate
from deepkmeans.objectives import Objective
from deepkmeans.types import Batch, Epoch, LossOutput


class FreeEnergy(Objective):
    """Soft minimum of the distances, cooled. The base class makes ``self.centers``, of shape (k, e), learnable."""

    def __init__(self, weight: float = 1.0, temperature: float = 0.05, cooling: float = 0.9) -> None:
        super().__init__()
        self.weight, self.temperature, self.cooling = weight, temperature, cooling

    def setup(self, centers: torch.Tensor, n_rows: int) -> None:
        super().setup(centers, n_rows)
        self.register_buffer("t", torch.tensor(float(self.temperature), device=centers.device))

    def begin_epoch(self, epoch: Epoch) -> None:
        self.t.fill_(max(0.01, self.temperature * self.cooling**epoch.number))

    def forward(self, encoder: Encoder, batch: Batch) -> LossOutput:
        z = encoder.encode(batch.inputs, batch.present)  # (B, e)
        error = batch.mean(encoder.reconstruction_loss(z, batch))
        distance = torch.cdist(z.float(), self.centers).square() / z.shape[1]  # (B, k)
        energy = batch.mean(-self.t * torch.logsumexp(-distance / self.t, dim=1))
        return LossOutput(error + self.weight * energy, {"reconstruction": error, "energy": energy}, z.float())


if __name__ == "__main__":
    wine = load_wine()
    model = DeepKMeans(3, objective=FreeEnergy(weight=1.0), random_state=0).fit(wine.X)
    figures = evaluate(wine.y, model.labels_)
    print(f"ACC {figures['acc']:.3f}  NMI {figures['nmi']:.3f}  ARI {figures['ari']:.3f}")
    with TemporaryDirectory() as folder:  # a model file holds data only, never a class: see what that means
        deepkmeans.save(model, Path(folder) / "own.dkm")
        loaded = deepkmeans.load(Path(folder) / "own.dkm")
        print("same labels after loading:", bool((loaded.predict(wine.X) == model.labels_).all()))
