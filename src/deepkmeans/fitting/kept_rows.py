"""K-Means of the rows as they are, where no network has anything to add."""

from __future__ import annotations

import torch
from torch import Tensor

from ..data import Rows
from ..data.sharding import AllRows
from ..decomposition import principal_components
from ..encoders import DenseAutoencoder, SingleInputEncoder
from ..kmeans import fit_kmeans, lloyd
from ..runtime import Seeds, seeded_torch
from ..training import encode_rows
from .context import FitContext
from .neighbor_graph import landmarks
from .result import FitResult

__all__ = ["keep_rows"]

#: Columns that K-Means of the rows sees as they are, and principal components that it sees of more.
_MOST_COLUMNS, _MOST_COMPONENTS = 1024, 512
#: Starts of K-Means, and of few rows, whose starts cost next to nothing.
_STARTS, _STARTS_OF_FEW, _FEW_ROWS = 10, 50, 1_000


def keep_rows(context: FitContext, rows: Rows, centers: Tensor | None = None) -> FitResult:
    """K-Means of the rows, from ``centers`` (k, p) if given: the embedding is the scaled rows as they are.

    Of more than 1,024 columns they are their 512 principal components.
    """
    seeds, collective = context.seeds, context.collective
    network, e = _as_they_are(context.all_rows(rows), seeds)
    architecture = {
        "network": "dense", "n_inputs": rows.n_inputs, "embedding_dim": e, "hidden_sizes": [], "activation": "linear",
        "tied": True,
    }  # fmt: skip
    encoder = SingleInputEncoder(network, e).to(rows.device, rows.dtype)
    z = encode_rows(encoder, rows)
    if centers is None or centers.shape[1] != e:
        starts = _STARTS_OF_FEW if len(context.all_rows(rows)) <= _FEW_ROWS else _STARTS
        result = fit_kmeans(
            z, context.n_clusters, n_init=starts, weight=rows.weight, generator=seeds.generator("centers"),
            collective=collective,
        )  # fmt: skip
    else:
        result = lloyd(z, centers.to(z), weight=rows.weight, collective=collective)
    return FitResult(encoder, architecture, rows.scaling, result.converged, result.centers)


def _as_they_are(rows: AllRows, seeds: Seeds) -> tuple[DenseAutoencoder, int]:
    """A network whose embedding is its inputs, or their principal components, and its width."""
    d = rows.n_inputs
    if d <= _MOST_COLUMNS:
        mean, components = torch.zeros(d, dtype=torch.float32), torch.eye(d, dtype=torch.float32)
    else:
        sample = rows.take(landmarks(len(rows), seeds).to(rows.device))
        mean, components = principal_components(sample, _MOST_COMPONENTS, seeds.numpy("axes"))
    with seeded_torch(0):  # layers draw weights when made, though none of them is kept
        network = DenseAutoencoder(d, components.shape[1], (), activation="linear", tied=True)
    with torch.no_grad():
        network.encoder_layers[0].weight.copy_(components.T)  # type: ignore[operator, union-attr]
        network.encoder_layers[0].bias.copy_(-(mean @ components))  # type: ignore[operator, union-attr]
        network.decoder_biases[0].copy_(mean)  # type: ignore[operator]
    return network, components.shape[1]
