"""K-Means as pure functions on tensors: dense or CSR, float32 or float64, any device by the same code."""

from .distances import assign, distances, squared_distances
from .lloyd import lloyd
from .restarts import fit_kmeans
from .rows import csr_rows
from .seeding import kmeans_plusplus

__all__ = ["assign", "csr_rows", "distances", "fit_kmeans", "kmeans_plusplus", "lloyd", "squared_distances"]
