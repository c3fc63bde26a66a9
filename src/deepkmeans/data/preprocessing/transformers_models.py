"""Models of transformers for pictures and recordings, without torchvision, called so that all else stays as it was."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...encoders.media_encoders import AudioEncoder, ImageEncoder
from ...exceptions import InvalidParameterError
from ..media.picture_units import rgb_image
from ..media.resampling import samples_at
from .encoder_identity import EncoderIdentity, output_digest, weights_digest
from .model_folders import ModelFolder
from .model_loading import load_transformers
from .pooling import pooled
from .resolved_encoder import ResolvedEncoder

__all__ = ["load_transformers_model"]

_BATCH = 32
#: A model is called by one thread at a time.
_one_call = threading.RLock()


def load_transformers_model(folder: ModelFolder, given: ImageEncoder | AudioEncoder) -> ResolvedEncoder:
    """The model of a folder, which can be called.

    Its row is that of ``get_image_features`` or ``get_audio_features``, if it has one; else its pooled output, if the
    weights of that are in the files; else the first token, if it stands for all; else the mean of its tokens.
    """
    model, processor, pooler = load_transformers(folder, given.kind, given.device)
    network: Any = model
    if getattr(model.config, "is_encoder_decoder", False):
        network = model.get_encoder()
    features = getattr(model, f"get_{given.kind}_features", None)
    first = any(name.endswith("cls_token") for name, _ in network.named_parameters())

    def rows(prepared: Any) -> Tensor:
        prepared = prepared.to(network.device)
        if features is not None:
            return pooled(features(**prepared))
        return pooled(network(**prepared), pooler=pooler, first=first)

    sha256 = weights_digest(model.parameters())
    identity = EncoderIdentity(folder.source, folder.name, "transformers", folder.revision, sha256)
    settings: list[Any] = [given.kind, type(model).__name__, processor.to_dict(), pooler]
    batch_size = given.batch_size or _BATCH
    if isinstance(given, ImageEncoder):
        return ResolvedEncoder(
            identity, _of_pictures(rows, processor), batch_size, output_digest(sha256, settings, None),
            takes="a list of PIL images", read=rgb_image,
        )  # fmt: skip
    rate = int(processor.sampling_rate)
    if given.rate not in (None, rate):
        raise InvalidParameterError(
            f"The 'rate' parameter of AudioEncoder must be {rate:,} for this model, which says so, or None. Got "
            f"{given.rate:,} instead."
        )
    length = round(given.max_seconds * rate)

    return ResolvedEncoder(
        identity, _of_recordings(rows, processor, rate, length), batch_size,
        output_digest(sha256, [*settings, length], None), takes="a list of arrays of samples", read=samples_at(rate),
    )  # fmt: skip


def _of_pictures(rows: Callable[[Any], Tensor], processor: Any) -> Callable[[list[Any]], np.ndarray]:
    def encode(pictures: list[Any]) -> np.ndarray:
        with _one_call:
            prepared = processor(images=pictures, return_tensors="pt")
            return np.asarray(rows(prepared).float().cpu().numpy())

    return encode


def _of_recordings(
    rows: Callable[[Any], Tensor], processor: Any, rate: int, length: int
) -> Callable[[list[np.ndarray]], np.ndarray]:  # fmt: skip
    """Each part by itself: padding to the longest of a batch would change the rows."""

    def encode(recordings: list[np.ndarray]) -> np.ndarray:
        with _one_call:
            return np.stack([one(samples) for samples in recordings])

    def one(samples: np.ndarray) -> np.ndarray:
        count = -(-len(samples) // length)  # of equal lengths, so that none is too short to be read
        parts = np.array_split(samples, count)
        made = [rows(processor(part, sampling_rate=rate, return_tensors="pt"))[0] for part in parts]
        shares = torch.tensor([len(part) / len(samples) for part in parts], dtype=torch.float32)
        return np.asarray((torch.stack(made).float().cpu() * shares[:, None]).sum(0).numpy())

    return encode
