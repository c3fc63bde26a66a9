"""What users reach for today, with the preprocessing they would give it: the methods that ours are compared with.

UMAP and Leiden need ``pip install 'deepkmeans[bench]'``; a method that cannot be imported fails
its row. Rows are prepared once and alike for all peers: TF-IDF by 100 singular vectors of unit length,
counts by log of their share, columns of one range by one deviation, others standardised; more than 50 columns by
50 principal components before UMAP and graphs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["PEERS", "prepare", "principal"]


def prepare(X: Any) -> np.ndarray:
    """Dense float32 rows, scaled."""
    import scipy.sparse as sp
    from sklearn.decomposition import PCA, TruncatedSVD
    from sklearn.preprocessing import normalize

    if sp.issparse(X):
        reduced = TruncatedSVD(min(100, X.shape[1] - 1), random_state=0).fit_transform(normalize(X))
        return np.asarray(normalize(reduced), dtype=np.float32)
    X = np.asarray(X, dtype=np.float32)
    X = X[:, X.max(axis=0) > X.min(axis=0)]
    span, whole = np.median(np.ptp(X, axis=0)), np.ptp(X)
    whole_numbers = X.min() >= 0 and not np.mod(X[:500], 1).any() and (X == 0).mean() > 0.3
    if span < 0.5 * whole and whole_numbers and X.shape[1] >= 50:
        total = X.sum(axis=1, keepdims=True)
        X = np.log1p(X / np.maximum(total, 1) * np.median(total))
        return np.asarray(PCA(50, random_state=0).fit_transform(X), dtype=np.float32)
    X = X - X.mean(axis=0)
    return np.asarray(X / (X.std() if span >= 0.5 * whole else X.std(axis=0)), dtype=np.float32)


def _kmeans(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(k, n_init=10, random_state=seed).fit_predict(X))


def principal(X: np.ndarray) -> np.ndarray:
    """At most 50 columns: the first principal components of more."""
    from sklearn.decomposition import PCA

    return np.asarray(PCA(50, random_state=0).fit_transform(X)) if X.shape[1] > 50 and len(X) > 50 else X


def _pca_kmeans(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    return _kmeans(principal(X), k, seed)


def _mixture(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    from sklearn.mixture import GaussianMixture

    return np.asarray(GaussianMixture(k, n_init=3, reg_covar=1e-4, random_state=seed).fit_predict(X))


def _umap(X: np.ndarray, k: int, seed: int, dimensions: int) -> np.ndarray:
    import umap

    # Without a seed of its own UMAP runs on all cores; the seed still fixes the clustering.
    return np.asarray(umap.UMAP(n_components=dimensions, min_dist=0.0).fit_transform(principal(X)), dtype=np.float64)


def _umap_kmeans(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    return _kmeans(_umap(X, k, seed, 2), k, seed)


def _umap_mixture(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    return _mixture(_umap(X, k, seed, max(2, min(k, 10))), k, seed)


def _umap_hdbscan(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    from sklearn.cluster import HDBSCAN

    labels = HDBSCAN(min_cluster_size=max(5, len(X) // 200)).fit_predict(_umap(X, k, seed, 2))
    return np.asarray(labels - labels.min())  # rows it calls noise are a cluster here


def _n2d(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    """McConville et al. 2021: autoencoder of 500-500-2000 to k dimensions, UMAP to k dimensions, mixture."""
    import umap

    from deepkmeans import Autoencoder

    coder = Autoencoder(k, hidden_sizes=(500, 500, 2000), max_epochs=50, random_state=seed, scaling="none")
    layout = umap.UMAP(n_components=max(2, min(k, 10)), n_neighbors=20, min_dist=0.0)
    flat = layout.fit_transform(coder.fit_transform(X))
    return _mixture(np.asarray(flat, dtype=np.float64), k, seed)


def _ae_kmeans(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    from deepkmeans import Autoencoder

    coder = Autoencoder(10, hidden_sizes=(500, 500, 2000), max_epochs=50, random_state=seed, scaling="none")
    return _kmeans(coder.fit_transform(X), k, seed)


def _spectral(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    from sklearn.cluster import SpectralClustering

    model = SpectralClustering(k, affinity="nearest_neighbors", n_neighbors=15, random_state=seed)
    return np.asarray(model.fit_predict(principal(X)))


def _leiden(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    """Modularity finds its own number of clusters; k is not used."""
    import igraph
    import leidenalg
    from sklearn.neighbors import kneighbors_graph

    rows, columns = kneighbors_graph(principal(X), 15).nonzero()
    graph = igraph.Graph(len(X), list(zip(rows.tolist(), columns.tolist(), strict=True))).simplify()
    return np.asarray(leidenalg.find_partition(graph, leidenalg.ModularityVertexPartition, seed=seed).membership)


PEERS: dict[str, Callable[[np.ndarray, int, int], np.ndarray]] = {
    "kmeans": _kmeans, "pca+kmeans": _pca_kmeans, "ae+kmeans": _ae_kmeans, "umap+kmeans": _umap_kmeans,
    "umap+gmm": _umap_mixture, "umap+hdbscan": _umap_hdbscan, "n2d": _n2d, "spectral": _spectral, "leiden": _leiden,
}  # fmt: skip
