"""The picture of a projection: one panel for each space, with the same colours."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._optional import require
from ..exceptions import InvalidDataError
from ..metrics.labels import label_array

__all__ = ["draw"]

#: With more clusters than this there is no legend, only their numbers in the map.
_LEGEND = 20
_NOISE = "#b0b0b0"
_TITLES = {"raw": "rows", "embedding": "embedding"}


def draw(projection: Any, placed: Any = None, *, y: Any = None, size: float = 5.0, figure: Any = None) -> Any:
    """A figure of the maps of ``projection``, with the new rows ``placed`` on top."""
    purpose = "Projection.plot"
    if figure is None:
        n_panels = 1 if projection.embedding is None else 2
        made = require("matplotlib.figure", extra="plot", purpose=purpose)
        figure = made.Figure(figsize=(size * n_panels, size + 0.4), layout="constrained")
    groups = projection.labels if y is None else label_array(y, "y")
    if isinstance(groups, np.ma.MaskedArray):
        groups = np.where(np.ma.getmaskarray(groups), None, groups.data.astype(object))  # type: ignore[call-overload]
    if groups.dtype.kind == "O":  # classes of several types have no order
        groups = groups.astype(str)
    if groups.shape != projection.labels.shape:
        shape = projection.labels.shape
        raise InvalidDataError(f"y must have shape {shape}, one class a row. Got {groups.shape} instead.")
    names, number = np.unique(groups, return_inverse=True)
    colours = _colours(names, require("matplotlib", extra="plot", purpose=purpose))
    spaces = [name for name in projection.SPACES if getattr(projection, name) is not None]
    panels = np.ravel(figure.subplots(1, len(spaces)))
    order = np.random.RandomState(0).permutation(len(number))  # in random order, so that no group covers the others
    for name, ax in zip(spaces, panels, strict=True):
        where = getattr(projection, name)
        ax.scatter(
            *where[order].T, c=colours[number[order]], s=float(np.clip(20_000 / len(where), 2, 30)), linewidths=0,
            alpha=0.8, rasterized=len(where) > 2000,
        )  # fmt: skip
        if placed is not None:
            known = placed.labels is not None and y is None
            at = np.searchsorted(names, placed.labels).clip(0, len(names) - 1) if known else None
            colour = "white" if at is None else colours[at]
            new = getattr(placed, name)
            area = float(np.clip(6_000 / max(len(new), 1), 12, 45))
            ax.scatter(*new.T, c=colour, s=area, marker="s", edgecolors="black", linewidths=1)
        _number_clusters(ax, where, projection.labels)
        _label_panel(ax, projection, name)
    if 1 < len(names) <= _LEGEND:
        marks = [
            panels[0].scatter([], [], color=colour, s=25, label="noise" if y is None and label == -1 else str(label))
            for colour, label in zip(colours, names.tolist(), strict=True)
        ]
        figure.legend(
            handles=marks, loc="outside right center", title="cluster" if y is None else "class", frameon=False
        )
    return figure


def _colours(names: np.ndarray, matplotlib: Any) -> np.ndarray:
    """One RGBA colour for each group (g, 4), distinct up to 20 groups; noise (-1) is grey."""
    count = len(names)
    if count <= 20:
        colours = matplotlib.colormaps["tab10" if count <= 10 else "tab20"](np.arange(count))
    else:
        colours = matplotlib.colormaps["turbo"](np.linspace(0, 1, count))
    if names.dtype.kind in "iu":
        colours[names == -1] = matplotlib.colors.to_rgba(_NOISE)
    return np.asarray(colours)


def _number_clusters(ax: Any, where: np.ndarray, labels: np.ndarray) -> None:
    effects = require("matplotlib.patheffects", extra="plot", purpose="Projection.plot")
    outline = [effects.withStroke(linewidth=2.5, foreground="white")]
    for label in np.unique(labels):
        if label == -1:
            continue
        members = where[labels == label]
        middle = np.median(members, axis=0)
        x, y = members[np.square(members - middle).sum(1).argmin()]  # on one of its rows, even in a ring
        ax.text(x, y, str(label), ha="center", va="center", fontsize=10, fontweight="bold", path_effects=outline)


def _label_panel(ax: Any, projection: Any, name: str) -> None:
    ax.set_xticks([])
    ax.set_yticks([])
    trust = projection.trustworthiness[name]
    ax.set_title(f"{_TITLES[name]}: {projection.method}, trustworthiness {trust:.2f}", fontsize=11)
    if projection.method == "pca":
        first, second = projection.shares[name]
        ax.set_xlabel(f"1st component, {first:.0%} of the variance")
        ax.set_ylabel(f"2nd component, {second:.0%}")
