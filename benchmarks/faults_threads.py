"""``threads``: fits side by side are those of one after another, bit for bit."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from .faults_damage import blobs
from .faults_verdict import Finding, judged

__all__ = ["threads"]

Generator = np.random.Generator


def threads(random: Generator, folder: Path) -> str:
    """2 to 8 threads with a few fits each, of one kind or of several, beside the same fits alone."""
    from deepkmeans import Autoencoder, DeepKMeans, KMeans
    from deepkmeans.objectives import OBJECTIVES

    n_threads, n = int(random.choice([2, 4, 8])), int(random.choice([20, 40, 100]))
    X = blobs(n, 4, int(random.integers(100)))
    kinds = list(random.choice(["KMeans", "Autoencoder", "noisy", *OBJECTIVES], 1 if random.random() < 0.5 else 4))
    seeds = [int(seed) for seed in random.integers(2**31, size=2 * n_threads)]

    def fit(number: int) -> tuple[bytes, ...]:
        kind, seed = str(kinds[number % len(kinds)]), seeds[number]
        model: Any
        if kind == "KMeans":
            model = KMeans(3, random_state=seed).fit(X)
        elif kind in ("Autoencoder", "noisy"):
            model = Autoencoder(2, noise=0.3 if kind == "noisy" else 0, max_epochs=2, random_state=seed).fit(X)
        else:
            model = DeepKMeans(3, objective=kind, pretrain_epochs=1, max_epochs=2, random_state=seed).fit(X)
        parts = [model.transform(X)]
        if hasattr(model, "labels_"):
            parts += [model.labels_, model.cluster_centers_]
        return tuple(part.tobytes() for part in parts)

    with judged():
        alone = [fit(number) for number in range(len(seeds))]
        start = threading.Barrier(n_threads)
        with ThreadPoolExecutor(n_threads, initializer=start.wait) as pool:
            beside = list(pool.map(fit, range(len(seeds))))
    wrong = [number for number in range(len(seeds)) if alone[number] != beside[number]]
    if wrong:
        raise Finding("other bits", f"{len(wrong)} of {len(seeds)} fits of {'+'.join(kinds)} in {n_threads} threads")
    return "fitted"
