"""Texts by their words: the default beside K-Means of the same TF-IDF, and UMAP with HDBSCAN or K-Means.

``FOLDER/NAME/NAME.parquet`` has columns ``text`` (or ``body``) and ``label``; "chinese", "japanese" and "mixed" are
generated titles. HDBSCAN finds its own number of clusters; rows that it calls noise count as one more.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .generated_titles import LANGUAGES, generated_titles
from .runner import Row, timed
from .tables import render

DATASETS: Sequence[str] = ("stackoverflow", "newsgroups20", "reuters21578_top10", *LANGUAGES)
METHODS = ("deepkmeans", "kmeans", "spherical", "umap-hdbscan", "umap-kmeans")
_TITLES, _COMPONENTS, _LEAST_CLUSTER = 2000, 100, 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS), help="default: all")
    parser.add_argument("--rows", type=int, default=None, help="at most this many texts of each set")


def plan(options: argparse.Namespace) -> list[Row]:
    return [
        {"dataset": dataset, "method": method, "seed": seed, "limit": options.rows}
        for seed in options.seeds
        for dataset in options.datasets
        for method in options.methods
    ]


def measure(key: Row, data: Path | None) -> Row:
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    from deepkmeans.data.given import GivenInput
    from deepkmeans.data.preprocessing.text import TextPreprocessor
    from deepkmeans.metrics import clustering_accuracy
    from deepkmeans.runtime import Seeds

    seed = key["seed"]
    texts, y = _load(key["dataset"], data, key["limit"], seed)
    X = TextPreprocessor.fit(GivenInput("text", texts), seeds=Seeds(seed))[1]
    labels, cost = timed(lambda: _labels(key["method"], X, len(set(y.tolist())), seed))
    return {
        "n": len(y), "nmi": float(normalized_mutual_info_score(y, labels)),
        "ari": float(adjusted_rand_score(y, labels)), "acc": float(clustering_accuracy(y, labels)), **cost,
    }  # fmt: skip


def _load(name: str, data: Path | None, limit: int | None, seed: int) -> tuple[list[str], np.ndarray]:
    if name in LANGUAGES:
        return generated_titles(name, min(limit or _TITLES, _TITLES), seed)
    if data is None:
        raise ValueError(f"name the folder that holds {name!r} with --data")
    import pandas as pd

    frame = pd.read_parquet(data / name / f"{name}.parquet")
    if limit is not None and limit < len(frame):
        frame = frame.sample(limit, random_state=seed)
    return frame["body" if "body" in frame else "text"].fillna("").tolist(), frame["label"].to_numpy()


def _labels(method: str, X: Any, k: int, seed: int) -> np.ndarray:
    from sklearn.cluster import HDBSCAN, KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    if method == "deepkmeans":
        from deepkmeans import DeepKMeans

        return np.asarray(DeepKMeans(k, random_state=seed).fit(X).labels_)
    kmeans = KMeans(k, n_init=10, random_state=seed)
    if method == "kmeans":
        return np.asarray(kmeans.fit(X).labels_)
    if method == "spherical":
        components = TruncatedSVD(min(_COMPONENTS, X.shape[1] - 1), random_state=seed)
        return np.asarray(kmeans.fit(normalize(components.fit_transform(X))).labels_)
    import umap

    mapped = umap.UMAP(n_components=5, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1).fit_transform(X)
    mapped = np.nan_to_num(mapped)  # a text without terms is nowhere
    if method == "umap-kmeans":
        return np.asarray(kmeans.fit(mapped).labels_)
    return np.asarray(HDBSCAN(min_cluster_size=_LEAST_CLUSTER).fit(mapped).labels_)


def table(rows: list[Row], options: argparse.Namespace) -> str:
    lines = []
    for dataset in options.datasets:
        for method in options.methods:
            part = [row for row in rows if row["dataset"] == dataset and row["method"] == method]
            if part:
                lines.append([dataset, method, str(len(part)), *(_figure(part, name) for name in ("nmi", "ari", "acc")),
                              f"{statistics.median(row['seconds'] for row in part):.0f}"])  # fmt: skip
    return render(["set", "method", "seeds", "NMI", "ARI", "ACC", "seconds"], lines)


def _figure(rows: list[Row], name: str) -> str:
    """Median, and least to most."""
    values = [row[name] for row in rows]
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"
