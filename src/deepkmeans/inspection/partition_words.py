"""What a candidate partition is, in words: its name is for ``partition=``, not for a reader."""

from __future__ import annotations

__all__ = ["partition_in_words", "partition_parts"]

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
    method, space = partition_parts(name)
    words = _METHODS.get(method, "a division of the neighbour graph")
    return words if space is None else f"{words} of {_SPACES[space]}"


def partition_parts(name: str) -> tuple[str, str | None]:
    """The method, and the space in which it divided: ``("spectral", "ranks")``; None where it is that of the rows."""
    first, *rest = name.split("/")
    last = rest[-1] if rest else first
    method = last if last == "k-means" else last.partition("-")[0]
    return method if method in _METHODS else "graph", first if rest and first in _SPACES else None
