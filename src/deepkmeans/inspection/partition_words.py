"""What a candidate partition is, in words: its name is for ``partition=``, not for a reader."""

from __future__ import annotations

__all__ = ["partition_in_words"]

_METHODS = {
    "k-means": "K-Means", "mixture": "a Gaussian mixture", "spectral": "spectral clustering of the neighbour graph",
    "ward": "Ward's merging in the neighbour graph",
}  # fmt: skip
_SPACES = {
    "standard": "standardised columns", "robust": "columns scaled by their quartiles", "ranks": "ranks",
    "whitened": "whitened components", "cosine": "directions", "counts": "shares of counts",
}  # fmt: skip


def partition_in_words(name: str) -> str:
    """``ranks/30/spectral`` is "spectral clustering of the neighbour graph of ranks"."""
    first, *rest = name.split("/")
    method = (rest[-1] if rest else first).partition("-")[0]
    method = "k-means" if (rest[-1] if rest else first) == "k-means" else method
    words = _METHODS.get(method, "a division of the neighbour graph")
    space = _SPACES.get(first)
    return words if not rest or space is None else f"{words} of {space}"
