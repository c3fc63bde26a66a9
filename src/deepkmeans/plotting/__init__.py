"""Pictures of a clustering with matplotlib (the extra ``plot``): each function returns a Figure; pyplot stays out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_names

if TYPE_CHECKING:
    from .centers import plot_centers
    from .confusion import plot_confusion
    from .map import plot_map
    from .n_clusters import plot_n_clusters
    from .profile import plot_profile
    from .silhouette import plot_silhouette
    from .sizes import plot_sizes
    from .training import plot_training

_HOME = {
    "plot_centers": ".centers",
    "plot_confusion": ".confusion",
    "plot_map": ".map",
    "plot_n_clusters": ".n_clusters",
    "plot_profile": ".profile",
    "plot_silhouette": ".silhouette",
    "plot_sizes": ".sizes",
    "plot_training": ".training",
}

__all__ = [
    "plot_centers",
    "plot_confusion",
    "plot_map",
    "plot_n_clusters",
    "plot_profile",
    "plot_silhouette",
    "plot_sizes",
    "plot_training",
]

__getattr__ = lazy_names(__name__, _HOME)


def __dir__() -> list[str]:
    return list(__all__)
