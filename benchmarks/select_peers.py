"""Peers that propose a number of clusters: three rules of scikit-learn's kind here, ClustPy's in its own interpreter.

All see the rows of :func:`peers.prepare`. Rules over k try 2 (the gap: 1) to 40, at most twice the root of the number
of rows, and measure on at most 3,000 rows. ``CLUSTPY_PYTHON`` names the interpreter that has ClustPy.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import numpy as np

from .peers import principal
from .runner import Row, timed

__all__ = ["CLUSTPY", "PEERS", "TimeIsUp", "deadline", "gap", "largest_k", "propose", "silhouette", "umap_hdbscan"]

CLUSTPY = {"xmeans": "XMeans", "gmeans": "GMeans", "dipmeans": "DipMeans", "dipdeck": "DipDECK"}


class TimeIsUp(BaseException):
    """No Exception: nothing on the way may take it for its own."""


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise :class:`TimeIsUp` inside once this process has taken so much processor time; load does not count."""

    def end(number: int, frame: FrameType | None) -> None:
        raise TimeIsUp

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def largest_k(n: int) -> int:
    return max(2, min(40, int(2 * np.sqrt(n)), n - 1))


def silhouette(X: np.ndarray, seed: int) -> int:
    """The k of K-Means (3 starts) whose mean silhouette, on at most 3,000 rows, is highest."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import euclidean_distances, silhouette_score

    index = np.random.RandomState(seed).permutation(len(X))[:3000]
    distances = euclidean_distances(X[index])
    np.fill_diagonal(distances, 0)
    scores = {}
    for k in range(2, largest_k(len(X)) + 1):
        labels = KMeans(k, n_init=3, random_state=seed).fit(X).labels_[index]
        scores[k] = silhouette_score(distances, labels, metric="precomputed") if len(np.unique(labels)) > 1 else -1.0
    return max(scores, key=scores.__getitem__)


def gap(X: np.ndarray, seed: int, references: int = 5) -> int:
    """Tibshirani, Walther, Hastie 2001, their step 3: the least k with Gap(k) >= Gap(k+1) - s(k+1).

    References are uniform in the box along the principal axes (their choice b), of which there are at most 50. When no
    k up to the largest qualifies, the largest it is.
    """
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA

    random = np.random.RandomState(seed)
    X = X[random.permutation(len(X))[:3000]]
    Z = PCA(min(50, *X.shape), random_state=0).fit_transform(X)
    boxes = [random.uniform(Z.min(0), Z.max(0), Z.shape).astype(Z.dtype) for _ in range(references)]

    def scatter(rows: np.ndarray, k: int) -> float:
        return float(np.log(KMeans(k, n_init=3, random_state=seed).fit(rows).inertia_))

    before = -np.inf
    most = largest_k(len(X))
    for k in range(1, most + 1):
        logs = [scatter(box, k) for box in boxes]
        value, error = np.mean(logs) - scatter(Z, k), np.std(logs) * np.sqrt(1 + 1 / references)
        if k > 1 and before >= value - error:
            return k - 1
        before = value
    return most


def umap_hdbscan(X: np.ndarray, seed: int) -> int:
    """Clusters that HDBSCAN finds in a UMAP of two dimensions, noise aside; 0 if all is noise.

    ``min_dist=0``; ``min_cluster_size`` is half a per cent of the rows, at least 5; else the defaults of both.
    """
    import umap
    from sklearn.cluster import HDBSCAN

    flat = umap.UMAP(n_components=2, min_dist=0.0, random_state=seed, n_jobs=1).fit_transform(principal(X))
    labels = HDBSCAN(min_cluster_size=max(5, len(X) // 200), copy=True).fit_predict(np.asarray(flat, dtype=np.float64))
    return len(np.unique(labels[labels >= 0]))


PEERS: dict[str, Callable[[np.ndarray, int], int]] = {
    "umap+hdbscan": umap_hdbscan,
    "silhouette": silhouette,
    "gap": gap,
}


def propose(name: str, X: np.ndarray, seed: int, time_limit: float) -> Row:
    """Row with the proposed ``k`` and what it cost; ClustPy's end themselves after so many processor seconds."""
    if name in PEERS:
        k, cost = timed(lambda: PEERS[name](X, seed))
        return {"k": int(k), **cost}
    if name not in CLUSTPY:
        raise ValueError(f"method {name!r} is unknown; peers are {[*PEERS, *CLUSTPY]}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npy"
        np.save(path, X)
        script = Path(__file__).with_name("select_clustpy.py")
        command = [os.environ["CLUSTPY_PYTHON"], str(script), CLUSTPY[name], str(path), str(seed), str(time_limit)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == -signal.SIGPROF:
        raise TimeIsUp
    if done.returncode:
        raise RuntimeError(f"{name}: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    print(done.stderr, end="", file=sys.stderr)
    row: Row = json.loads(done.stdout.splitlines()[-1])
    return row
