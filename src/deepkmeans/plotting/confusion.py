"""Clusters against known classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..metrics import clustering_accuracy, match_clusters
from ..metrics.labels import encode_both
from .figures import axes_for
from .grouping import Grouping

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_confusion"]

#: With more classes or clusters than this the cells hold no numbers.
_WRITTEN = 20


def plot_confusion(labels: Any, y: Any, *, ax: Any = None) -> Figure:
    """Draw how the rows of each known class are shared among the clusters: counts and shares of the class.

    Parameters
    ----------
    labels : labels of shape (n,), fitted clusterer, or explanation
    y : array of shape (n,)
        Known classes of the same rows.
    ax : matplotlib Axes or None
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
        The cluster that is matched to a class (one to one, as for the accuracy) stands in the diagonal, spare clusters
        on the right.

    Raises
    ------
    InvalidDataError, InvalidParameterError, MissingDependencyError
    """
    groups = Grouping.of(labels, "plot_confusion")
    classes, true, positions, numbers = encode_both(y, groups.index, "y", "labels")
    table = np.zeros((len(classes), len(positions)), int)
    np.add.at(table, (true, numbers), 1)
    matched = match_clusters(true, numbers)  # {cluster: class}
    order = sorted(matched, key=lambda cluster: int(matched[cluster]))
    order += [cluster for cluster in range(len(positions)) if cluster not in matched]
    rows = sorted(range(len(classes)), key=lambda each: each not in matched.values())  # classes without cluster: last
    table = table[np.ix_(rows, order)]
    shares = table / table.sum(axis=1, keepdims=True)
    h, w = table.shape
    written = max(h, w) <= _WRITTEN
    cell = 0.72 if written else 0.3
    ax = axes_for(ax, max(4.5, 2.4 + cell * w), max(3.0, 1.4 + cell * h), "plot_confusion")
    picture = ax.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    if written:
        for (i, j), count in np.ndenumerate(table):
            if count:
                ink = "white" if shares[i, j] > 0.55 else "black"
                ax.text(j, i, f"{count:,}\n{shares[i, j]:.0%}", ha="center", va="center", fontsize=8, color=ink)
    titles = [groups.title(positions[cluster]) for cluster in order]
    ax.set_xticks(range(w), titles, rotation=90 if max(map(len, titles)) > 4 else 0, parse_math=False)
    ax.set_yticks(range(h), [str(classes[each]) for each in rows], parse_math=False)
    ax.set(xlabel="cluster", ylabel="class")
    ax.set_title(f"accuracy {clustering_accuracy(true, numbers):.3f}", fontsize="medium")
    ax.get_figure().colorbar(picture, ax=ax, label="share of the class", format="{x:.0%}", shrink=0.9)
    return ax.get_figure()
