"""Whatever a user hands in as an encoder of pictures or recordings, as one function to rows."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..._quoting import short
from ...encoders.media_encoders import AudioEncoder, ImageEncoder
from ...exceptions import DeepKMeansError, InvalidParameterError
from ...runtime import seeded_torch
from ..media.picture_units import rgb_image, unit_pixels
from ..media.resampling import samples_at
from .encoder_identity import EncoderIdentity, output_digest, weights_digest
from .encoder_inputs import KIND_WORDS
from .media_probes import MEDIA_PROBES, media_probes
from .model_folders import find_model
from .pooling import pooled
from .resolved_encoder import ResolvedEncoder
from .text_encoder_kinds import class_name, encoding_method, is_instance, takes_one

__all__ = ["resolve_media_encoder"]

#: Pictures or recordings per call, and samples a second where nobody says so.
_BATCH, _RATE = 32, 16_000
#: Modules change their state in a call, so that calls from several threads wait.
_one_call = threading.RLock()


def resolve_media_encoder(given: ImageEncoder | AudioEncoder) -> ResolvedEncoder:
    """The encoder that the settings name or hold, loaded.

    Raises
    ------
    InvalidParameterError
        If it is none, or is not on this machine.
    MissingDependencyError
        If a package that it needs is missing.
    """
    model = given.model
    if isinstance(model, (str, os.PathLike)):
        from .transformers_models import load_transformers_model

        folder = find_model(
            os.fspath(model), given.revision, local_files_only=given.local_files_only, kind=given.kind
        )  # fmt: skip
        return load_transformers_model(folder, given)
    whole = is_instance("sentence_transformers", "SentenceTransformer", model)  # of pictures: CLIP
    if isinstance(model, nn.Module) and not whole:
        return _of_module(model, given)
    method = None if isinstance(model, type) else encoding_method(model)
    if isinstance(model, type) or (method is None and not takes_one(model)):
        words = KIND_WORDS[given.kind]
        raise InvalidParameterError(
            f"The 'encoder' of {words.several} must be the name or folder of a model of transformers, a "
            f"torch.nn.Module, or a function from a list of {words.several} to rows of numbers. Got "
            f"{short(repr(model))[1:-1]} instead."
        )
    key = None if given.name is None else output_digest("", [given.kind, "named", given.name, *_reading(given)], None)
    identity = EncoderIdentity("function" if method is None else "object", given.name or class_name(model))
    call = model if method is None else getattr(model, method)
    read = rgb_image if isinstance(given, ImageEncoder) else samples_at(given.rate or _RATE)
    return ResolvedEncoder(identity, call, given.batch_size or _BATCH, key, takes=_takes(given), read=read)


def _of_module(module: nn.Module, given: ImageEncoder | AudioEncoder) -> ResolvedEncoder:
    """A torch module, in evaluation mode while it is called."""
    call: Callable[[nn.Module, list[np.ndarray]], Tensor] = _of_recordings
    if isinstance(given, ImageEncoder):
        read, call = _tensor_of_picture(given), _of_pictures
    else:
        read = samples_at(given.rate or _RATE)

    def encode(things: list[np.ndarray]) -> np.ndarray:
        with _one_call, seeded_torch(0):
            modes = [(part, part.training) for part in module.modules()]
            try:
                module.eval()
                if given.device is not None:
                    module.to(given.device)
                return call(module, things).float().cpu().numpy()
            finally:
                for part, trains in modes:  # parents first: they set those of their children
                    part.train(trains)

    name = given.name or class_name(module)
    sha256 = weights_digest([*module.parameters(), *module.buffers()])
    identity = EncoderIdentity("object", name, "torch", None, sha256)
    resolved = ResolvedEncoder(identity, encode, given.batch_size or _BATCH, takes=_takes(given), read=read)
    settings = [given.kind, name, str(module), _behaviour(resolved, given.kind), *_reading(given)]
    return replace(resolved, cache_key=output_digest(sha256, settings, None))


def _behaviour(encoder: ResolvedEncoder, kind: str) -> str | None:
    """What a module makes of the probes, rounded, as a digest: equal weights may be called by other code.

    A rounding that comes out otherwise on another machine costs no more than encoding again.
    """
    probes = media_probes(kind, MEDIA_PROBES[kind])
    with torch.no_grad(), seeded_torch(0):
        try:
            rows = np.asarray(encoder.encode(probes.read(probes.keys, encoder)), dtype=np.float64)
        except (DeepKMeansError, MemoryError):
            raise
        except Exception:  # what fails on these may still take the user's own
            return None
    lengths = np.linalg.norm(rows.reshape(len(rows), -1), axis=1, keepdims=True)
    waves = np.cos(np.outer(np.arange(rows[0].size), [0.0, 1.0, 2.0, 3.0]))
    summary = np.hstack([np.log1p(lengths), rows.reshape(len(rows), -1) / np.maximum(lengths, 1e-30) @ waves])
    return hashlib.sha256(np.round(summary, 3).tobytes()).hexdigest()


def _tensor_of_picture(given: ImageEncoder) -> Callable[[Any], np.ndarray]:
    height, width = given.size if isinstance(given.size, (tuple, list)) else (given.size, given.size)
    mean, std = (np.broadcast_to(np.asarray(each, dtype=np.float32), 3) for each in (given.mean, given.std))

    def read(picture: Any) -> np.ndarray:
        return np.ascontiguousarray(((unit_pixels(picture, height, width) - mean) / std).transpose(2, 0, 1))

    return read


def _of_pictures(module: nn.Module, pictures: list[np.ndarray]) -> Tensor:
    return pooled(module(_like(module, np.stack(pictures))))


def _of_recordings(module: nn.Module, recordings: list[np.ndarray]) -> Tensor:
    """Recordings of one length together: padding would change the rows, by what else is in a batch."""
    rows: dict[int, Tensor] = {}
    for length in sorted({len(samples) for samples in recordings}):
        alike = [position for position, samples in enumerate(recordings) if len(samples) == length]
        made = pooled(module(_like(module, np.stack([recordings[position] for position in alike]))))
        rows |= dict(zip(alike, made, strict=True))
    return torch.stack([rows[position] for position in range(len(recordings))])


def _like(module: nn.Module, values: np.ndarray) -> Tensor:
    """Values as a tensor where, and of the kind of which, the weights are."""
    tensor = torch.from_numpy(values)
    weight = next((each for each in module.parameters() if each.is_floating_point()), None)
    return tensor if weight is None else tensor.to(weight.device, weight.dtype)


def _reading(given: ImageEncoder | AudioEncoder) -> list[Any]:
    """The settings that decide what an encoder is called with."""
    if isinstance(given, ImageEncoder):
        return [given.size, given.mean, given.std]
    return [given.rate]


def _takes(given: ImageEncoder | AudioEncoder) -> str:
    if isinstance(given.model, nn.Module):
        return f"a float tensor (n, {'3, height, width' if isinstance(given, ImageEncoder) else 'samples'})"
    return "a list of PIL images" if isinstance(given, ImageEncoder) else "a list of arrays of samples"
