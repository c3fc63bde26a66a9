"""Recordings by path, from scratch, beside K-Means of their cepstral coefficients (MFCC).

The coefficients are made of the same log-mel decibels as ours, which cost time but decide nothing: 40 bands, windows of
25 ms every 10 ms, the cosine transform over the bands.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .modality import OURS, Modality

__all__ = ["MODALITIES"]

_COEFFICIENTS, _TIMES = 13, 16


def _table(data: Path | None, limit: int | None) -> Any:
    """Of the digits of FSDD: file, digit and speaker of each."""
    import pandas as pd

    if data is None:
        raise ValueError("'fsdd' is read from a folder; name it with --data")
    table = pd.read_parquet(data / "fsdd" / "labels.parquet")
    return table if limit is None or len(table) <= limit else table.sample(limit, random_state=0)


def _load(column: str) -> Callable[[Path | None, int | None], tuple[list[Path], np.ndarray]]:
    def load(data: Path | None, limit: int | None) -> tuple[list[Path], np.ndarray]:
        table = _table(data, limit)
        assert data is not None
        return [data / "fsdd" / "wav" / Path(name).name for name in table["file"]], table[column].to_numpy()

    return load


def _ours(X: list[Path], k: int, seed: int) -> np.ndarray:
    from deepkmeans import DeepKMeans

    return np.asarray(DeepKMeans(k, random_state=seed).fit_predict(X))


def coefficients(path: Path) -> np.ndarray:
    """MFCC (13, t) of a recording."""
    from scipy.fft import dct

    from deepkmeans.data.media.audio_reading import read_recording
    from deepkmeans.data.media.log_mel import LogMel

    rate, samples = read_recording(path)
    return np.asarray(dct(LogMel(rate).decibels(rate, samples).numpy(), axis=0, norm="ortho")[:_COEFFICIENTS])


def means_and_deviations(each: np.ndarray) -> np.ndarray:
    """Over the time of coefficients (13, t): (26,)."""
    return np.concatenate([each.mean(axis=1), each.std(axis=1)])


def grid(each: np.ndarray) -> np.ndarray:
    """Coefficients (13, t) at 16 times from the first to the last: (208,)."""
    at = np.linspace(0, each.shape[1] - 1, _TIMES)
    return np.concatenate([np.interp(at, np.arange(each.shape[1]), line) for line in each])


def _kmeans(made: Callable[[np.ndarray], np.ndarray]) -> Callable[[list[Path], int, int], np.ndarray]:
    def labels(X: list[Path], k: int, seed: int) -> np.ndarray:
        from sklearn.cluster import KMeans
        from sklearn.preprocessing import StandardScaler

        rows = StandardScaler().fit_transform(np.stack([made(coefficients(path)) for path in X]))
        return np.asarray(KMeans(k, n_init=10, random_state=seed).fit_predict(rows))

    return labels


_METHODS = {OURS: _ours, "mfcc-statistics+kmeans": _kmeans(means_and_deviations), "mfcc-grid+kmeans": _kmeans(grid)}


def _others(column: str) -> Callable[[Path | None, int | None], dict[str, np.ndarray]]:
    return lambda data, limit: {column: _table(data, limit)[column].to_numpy()}


MODALITIES = {
    "fsdd-digits": Modality(_load("digit"), _METHODS, _others("speaker")),
    "fsdd-speakers": Modality(_load("speaker"), _METHODS, _others("digit")),
}
