"""The public estimators."""

from .autoencoder import Autoencoder
from .deep_kmeans import DeepKMeans
from .kmeans import KMeans

__all__ = ["Autoencoder", "DeepKMeans", "KMeans"]
