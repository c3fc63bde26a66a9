"""One panel of the picture of a projection: rows as dots, clusters by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .._optional import require
from .palette import colours_of

__all__ = ["draw_rows", "label_panel", "name_clusters", "place_new_rows"]

_TITLES = {"raw": "rows", "embedding": "embedding"}
#: So many rows are drawn as pixels in a vector file.
_AS_PIXELS = 2000


def draw_rows(ax: Any, where: np.ndarray, colours: Any, **more: Any) -> Any:
    """Dots (n, 2) in random order, so that no group covers the others; smaller where there are more."""
    order = np.random.RandomState(0).permutation(len(where))
    size = float(np.clip(20_000 / max(len(where), 1), 2, 30))
    return ax.scatter(
        *where[order].T, c=np.asarray(colours)[order], s=size, linewidths=0, alpha=0.8,
        rasterized=len(where) > _AS_PIXELS, **more,
    )  # fmt: skip


def place_new_rows(ax: Any, where: np.ndarray, labels: np.ndarray | None) -> None:
    """Outlined squares (m, 2) in the colours of their clusters; white without ``labels``."""
    colours: Any = "white"
    if labels is not None:
        names, number = np.unique(labels, return_inverse=True)
        colours = np.asarray(colours_of(names))[number]
    size = float(np.clip(6_000 / max(len(where), 1), 12, 45))
    ax.scatter(*where.T, c=colours, s=size, marker="s", edgecolors="black", linewidths=1)


def name_clusters(ax: Any, where: np.ndarray, labels: np.ndarray, names: Mapping[int, str] | None = None) -> None:
    """The number of each cluster, or its name of ``names``, on the row nearest to its median: in it, even in a ring."""
    effects = require("matplotlib.patheffects", extra="plot", purpose="Projection.plot")
    outline = [effects.withStroke(linewidth=2.5, foreground="white")]
    for label in np.unique(labels):
        if label == -1:
            continue
        members = where[labels == label]
        middle = np.median(members, axis=0)
        x, y = members[np.square(members - middle).sum(1).argmin()]
        ax.text(
            x, y, (names or {}).get(label, str(label)), ha="center", va="center", fontsize=10, fontweight="bold",
            path_effects=outline, parse_math=False,
        )  # fmt: skip


def label_panel(ax: Any, projection: Any, space: str) -> None:
    """What is shown and how far it can be believed, as title; for principal components their shares on the axes."""
    ax.set_xticks([])
    ax.set_yticks([])
    trust = projection.trustworthiness[space]
    ax.set_title(f"{_TITLES[space]}: {projection.method}, trustworthiness {trust:.2f}", fontsize=11)
    if projection.method == "pca":
        first, second = projection.shares[space]
        ax.set_xlabel(f"1st component, {first:.0%} of the variance")
        ax.set_ylabel(f"2nd component, {second:.0%}")
