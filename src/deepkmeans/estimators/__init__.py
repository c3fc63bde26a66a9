"""The public estimators. They load on first use (PEP 562): their constraints are checked without torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_names

if TYPE_CHECKING:
    from .autoencoder import Autoencoder
    from .deep_kmeans import DeepKMeans
    from .kmeans import KMeans

_HOME = {"Autoencoder": ".autoencoder", "DeepKMeans": ".deep_kmeans", "KMeans": ".kmeans"}

__all__ = ["Autoencoder", "DeepKMeans", "KMeans"]

__getattr__ = lazy_names(__name__, _HOME)
