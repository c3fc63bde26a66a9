"""How many rows each cluster has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..inspection.formatting import share_text
from ..inspection.palette import colours_of
from .figures import axes_for, plain
from .grouping import Grouping

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_sizes"]


def plot_sizes(source: Any, *, ax: Any = None) -> Figure:
    """Draw a bar for each cluster, with its number of rows and its share of all rows.

    Parameters
    ----------
    source : fitted clusterer, explanation, or labels of shape (n,)
    ax : matplotlib Axes or None
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InvalidDataError, InvalidParameterError, MissingDependencyError

    Examples
    --------
    >>> from deepkmeans.plotting import plot_sizes
    >>> figure = plot_sizes([0, 0, 0, 1])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['3 (75%)', '1 (25%)']
    """
    groups = Grouping.of(source, "plot_sizes")
    counts, total = groups.counts, len(groups.index)
    k = len(counts)
    ax = axes_for(ax, 6.5, 1.0 + 0.32 * max(k, 2), "plot_sizes")
    bars = ax.barh(range(k), counts, color=colours_of(groups.labels), height=0.75)
    ax.bar_label(bars, [f"{count:,} ({share_text(count / total)})" for count in counts], padding=4)
    ax.set_yticks(range(k), [groups.title(position) for position in range(k)], parse_math=False)
    ax.invert_yaxis()
    ax.margins(x=0.18)
    ax.set(ylabel="cluster", xlabel="rows")
    plain(ax)
    return ax.get_figure()
