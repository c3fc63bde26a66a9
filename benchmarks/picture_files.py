"""Pictures from a folder of files, from scratch, beside the same pixels as an array, K-Means, and UMAP + K-Means.

The files are written to a temporary folder as png, which keeps every value.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .modality import OURS, Modality
from .peers import PEERS, prepare

__all__ = ["MODALITIES"]

#: Rows of large sets where ``--rows`` names none.
_MOST_ROWS = 2000


@dataclass(frozen=True, eq=False)
class Written:
    """Pictures (n, height, width) or (n, height, width, 3), and the folder that holds them as files."""

    folder: Path
    pixels: np.ndarray


def _load(name: str, most: int | None = None) -> Callable[[Path | None, int | None], tuple[Written, np.ndarray]]:
    def load(data: Path | None, limit: int | None) -> tuple[Written, np.ndarray]:
        from PIL import Image

        if data is None:
            raise ValueError(f"{name!r} is read from a folder; name it with --data")
        with np.load(data / name / f"{name}.npz") as stored:
            X, y = stored["X"], stored["y"]
        rows = min(len(y), limit or most or len(y))
        kept = np.sort(np.random.RandomState(0).permutation(len(y))[:rows])
        folder = Path(tempfile.mkdtemp())
        for number, row in enumerate(kept):
            Image.fromarray(X[row]).save(folder / f"{number:06}.png")
        written = Written(folder, X[kept])
        weakref.finalize(written, shutil.rmtree, folder)
        return written, y[kept]

    return load


def _files(X: Written, k: int, seed: int) -> np.ndarray:
    from deepkmeans import DeepKMeans

    return np.asarray(DeepKMeans(k, random_state=seed).fit_predict(X.folder))


def _array(X: Written, k: int, seed: int) -> np.ndarray:
    from deepkmeans import DeepKMeans

    return np.asarray(DeepKMeans(k, random_state=seed).fit_predict(X.pixels))


def _peer(name: str) -> Callable[[Written, int, int], np.ndarray]:
    return lambda X, k, seed: PEERS[name](prepare(X.pixels.reshape(len(X.pixels), -1)), k, seed)


_METHODS = {
    OURS: _files, "deepkmeans-array": _array, "kmeans": _peer("kmeans"), "umap+kmeans": _peer("umap+kmeans"),
}  # fmt: skip

MODALITIES = {
    "coil20-png": Modality(_load("coil20"), _METHODS),
    "mnist-png": Modality(_load("mnist", _MOST_ROWS), _METHODS),
    "products-png": Modality(_load("mm_fashion_products"), _METHODS),
}
