"""How well each row fits its cluster, beside the nearest other one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import silhouette_samples

from .._validation import Interval, validate_parameters
from ..exceptions import InvalidDataError
from ..inspection.palette import colours_of
from ..inspection.spaces import Clusterer, ProjectedRows
from ..runtime import Seeds, plain_torch
from .figures import GREY, axes_for, plain
from .grouping import names_of, title_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_silhouette"]


@plain_torch()
def plot_silhouette(model: Any, X: Any, *, max_rows: int = 3000, random_state: Any = None, ax: Any = None) -> Figure:
    """Draw the silhouette of every row, sorted within its cluster, and the mean of the clusters.

    Parameters
    ----------
    model : fitted clusterer
        As for :func:`deepkmeans.inspection.project`. Distances are those of the embedding, if the model has one, else
        those of the rows.
    X : rows with the model's columns
    max_rows : int, default=3000
        More rows are sampled: all distances between them are needed. A few of every cluster are always among them.
    random_state : int, RandomState or None
        Draws the sample.
    ax : matplotlib Axes or None
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
        A row near 1 is far from other clusters, near 0 between two, below 0 nearer to another one.

    Raises
    ------
    InvalidDataError
        If the rows are in one cluster.
    InvalidParameterError, MissingDependencyError

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes. Journal of Computational and Applied Mathematics 20, 53-65.
    """
    validate_parameters("plot_silhouette", {"max_rows": [Interval(int, 10, None)]}, {"max_rows": max_rows})
    clusterer = Clusterer(model)
    X = clusterer.entering(X)
    rows = ProjectedRows()
    checked = rows.fit(clusterer.model, X)
    labels = clusterer.labels(X, checked.shape[0], training=True)
    assert labels is not None
    index = _sample(labels, max_rows, Seeds(random_state).numpy("rows"))
    embed = clusterer.embedding()
    space = rows.scaled(checked[index]) if embed is None else np.asarray(embed(X))[index]
    labels = labels[index]
    clusters = np.unique(labels[labels != -1])
    if len(clusters) < 2:
        raise InvalidDataError("plot_silhouette needs rows in two clusters at least; these are all in one.")
    values = silhouette_samples(space, labels)
    ax = axes_for(ax, 6.5, max(3.5, 1.2 + 0.45 * len(clusters)), "plot_silhouette")
    gap, bottom, ticks, means = max(1.0, len(labels) / 60), 0.0, [], []
    for cluster, colour in zip(clusters, colours_of(clusters), strict=True):
        of_cluster = np.sort(values[labels == cluster])[::-1]
        heights = bottom + np.arange(len(of_cluster))
        ax.fill_betweenx(heights, 0, of_cluster, color=colour, linewidth=0.5, step="mid")
        ticks.append(float(heights.mean()))
        means.append(float(of_cluster.mean()))
        bottom += len(of_cluster) + gap
    names = names_of(clusterer.model)
    titles = [
        f"{title_of(cluster, names)}  ({mean:.2f})" for cluster, mean in zip(clusters.tolist(), means, strict=True)
    ]
    ax.set_yticks(ticks, titles, parse_math=False)
    ax.axvline(float(np.mean(means)), color=GREY, linestyle="--", linewidth=1)
    ax.axvline(0, color="black", linewidth=0.8)
    ax.invert_yaxis()
    sampled = f"; {len(index):,} of {checked.shape[0]:,} rows" if len(index) < checked.shape[0] else ""
    space_name = "rows" if embed is None else "embedding"
    ax.set_title(f"mean of the clusters {np.mean(means):.2f} ({space_name}{sampled})", fontsize="medium")
    ax.set(xlabel="silhouette", ylabel="cluster (its mean)", xlim=(min(-0.1, float(values.min())), 1))
    plain(ax)
    return ax.get_figure()


def _sample(labels: np.ndarray, most: int, random_state: np.random.RandomState) -> np.ndarray:
    """At most so many rows: a few of every cluster, then any."""
    if len(labels) <= most:
        return np.arange(len(labels))
    order = random_state.permutation(len(labels))
    clusters = np.unique(labels)
    few = max(2, most // (4 * len(clusters)))
    first = np.concatenate([order[labels[order] == cluster][:few] for cluster in clusters])
    others = order[~np.isin(order, first)]
    return np.sort(np.concatenate([first, others])[: max(most, len(first))])
