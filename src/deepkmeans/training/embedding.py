"""The embedding of all rows, and whether K-Means can take it."""

from __future__ import annotations

import torch
from torch import Tensor

from ..data.sampling import ordered_batches
from ..data.source import SampleSource
from ..encoders import Encoder
from ..exceptions import InvalidDataError
from ..runtime import plain_torch

__all__ = ["LARGEST", "chunk_size", "encode_rows", "finite_embedding"]

#: Rows encoded at once: on a processor as many as its cache holds, elsewhere as many as keep it busy.
_CHUNK, _LARGE_CHUNK = 512, 8192

#: Embeddings from here on have squared distances that are no numbers any more; no float32 is as far.
_FARTHEST = 1e150
#: The same for the float32 of training, with room for sums over rows.
LARGEST = 1e15


def chunk_size(source: SampleSource) -> int:
    """Rows to encode at once."""
    return _CHUNK if source.device.type == "cpu" else _LARGE_CHUNK


@plain_torch()
@torch.no_grad()
def encode_rows(encoder: Encoder, source: SampleSource) -> Tensor:
    """Embedding (n, embedding_dim) of all rows, without noise or gradient."""
    was_training = encoder.training
    encoder.eval()
    blocks = [encoder.encode(batch.inputs, batch.present) for batch in ordered_batches(source, chunk_size(source))]
    encoder.train(was_training)
    return torch.cat(blocks)


def finite_embedding(z: Tensor, farthest: float = _FARTHEST) -> Tensor:
    """Embedding z (n, embedding_dim), each row of which has a nearest centre; neither NaN nor infinity has one."""
    near = z.abs() < farthest
    if not bool(near.all()):
        wrong = int(torch.nonzero(~near.all(dim=1))[0])
        raise InvalidDataError(
            f"The network makes no finite embedding of row {wrong} (counted from 0): its values may be too far from "
            "those of the other rows. Check its units, or leave it out; an encoder of your own must give a finite "
            "embedding."
        )
    return z
