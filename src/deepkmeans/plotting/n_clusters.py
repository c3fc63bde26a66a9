"""Which number of clusters the data show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..exceptions import InvalidParameterError
from ..graph import how_sure
from ..inspection.palette import COLOURS
from ..model_selection.n_clusters_result import NClustersSelection, from_statistics
from .figures import axes_for, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_n_clusters"]

#: Criteria on the same scale as the probability, from 0 to 1.
_CRITERIA = {"silhouette": ("silhouette (macro)", "o"), "stability": ("stability (ARI)", "s")}
#: k without probability are shown up to here, and up to twice the choice.
_SHOWN = 10


def plot_n_clusters(source: Any, *, ax: Any = None) -> Figure:
    """Draw how probable every number of clusters is, with the choice, and how two other criteria judge it.

    Parameters
    ----------
    source : NClustersSelection, or DeepKMeans fitted with ``n_clusters="auto"`` or "divide"
        For every criterion see ``NClustersSelection.plot``.
    ax : matplotlib Axes or None
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InvalidParameterError, MissingDependencyError
    """
    selection = _selection(source)
    chosen = selection.n_clusters
    division = (selection.useful_division or {}).get("n_clusters") if chosen == 1 else None
    table = selection.table
    probable = table["k"][table["posterior"] >= 0.01].max()
    last = max(_SHOWN, 2 * chosen, 0 if np.isnan(probable) else int(probable), 2 * (division or 0))
    table = table[table["k"] <= last]
    k = table["k"].to_numpy()
    ax = axes_for(ax, 7.5, 4.2, "plot_n_clusters")
    colours = [COLOURS[0] if each == chosen else "0.8" for each in k]
    ax.bar(k, table["posterior"], color=colours, width=0.7, label="probability by low-density gaps")
    for (name, (label, marker)), colour in zip(_CRITERIA.items(), COLOURS[1:], strict=False):
        if table[name].notna().any():
            ax.plot(k, table[name], marker=marker, markersize=4, linewidth=1.2, color=colour, label=label)
    if division is not None:
        ax.axvline(division, color=COLOURS[5], linestyle="--", linewidth=1, label=f"useful division: {division}")
    clusters = "cluster" if chosen == 1 else "clusters"
    ax.set_title(f"{chosen} {clusters} ({how_sure(selection.confidence)})", fontsize="medium")
    ax.set(xlabel="number of clusters k", ylabel="probability, score", ylim=(min(0, *ax.get_ylim()), 1.05))
    ax.set_xticks(k if len(k) <= 20 else k[(k % 5 == 0) | (k == chosen)])
    ax.legend(frameon=False, fontsize="small")
    plain(ax)
    return ax.get_figure()


def _selection(source: Any) -> NClustersSelection:
    if isinstance(source, NClustersSelection):
        return source
    report = getattr(source, "report_", None)
    if report is None or "n_clusters_selection" not in report:
        why = "" if report is None else " whose number of clusters was given, not chosen"
        raise InvalidParameterError(
            f"plot_n_clusters takes what select_n_clusters returns, or a DeepKMeans fitted with n_clusters='auto'. "
            f"Got {type(source).__name__}{why} instead."
        )
    return from_statistics(report["n_clusters_selection"])
