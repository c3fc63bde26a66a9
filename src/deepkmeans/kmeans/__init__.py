"""K-Means as pure functions on tensors: dense or CSR, float32 or float64, any device by the same code."""

from .assignment import assign
from .balanced import BalancedKMeans, assign_priced, fit_balanced
from .distances import distances, pair_distances, squared_distances
from .latent_classes import LatentClasses, completed_likelihoods, fit_latent_classes, level_gain
from .lloyd import lloyd
from .minibatch import minibatch_step
from .mixture import COVARIANCES, mixture_labels
from .prices import prices_within
from .repeats import row_keys
from .restarts import fit_kmeans
from .rows import csr_rows, product, unit_rows
from .seeding import kmeans_plusplus
from .size_bounds import SizeBounds
from .soft import soft_centers
from .whitening import WhitenedKMeans, fit_whitened_kmeans

__all__ = [
    "COVARIANCES", "BalancedKMeans", "LatentClasses", "SizeBounds", "WhitenedKMeans", "assign", "assign_priced",
    "completed_likelihoods", "csr_rows", "distances", "fit_balanced", "fit_kmeans", "fit_latent_classes",
    "fit_whitened_kmeans", "kmeans_plusplus", "level_gain", "lloyd", "minibatch_step", "mixture_labels",
    "pair_distances", "prices_within", "product", "row_keys", "soft_centers", "squared_distances", "unit_rows",
]  # fmt: skip
