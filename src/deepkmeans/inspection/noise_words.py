"""What to change where a method that looks for dense places finds none, or only one."""

from __future__ import annotations

__all__ = ["LESS_NOISE", "MORE_CLUSTERS"]

#: Methods differ in what they call it, and each has some of these.
LESS_NOISE = "a larger radius (eps), or a smaller min_samples or min_cluster_size"
MORE_CLUSTERS = "a smaller radius (eps) or a smaller min_cluster_size"
