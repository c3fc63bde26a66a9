"""The map of a clustering in one panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._validation import Interval, OneOf, validate_parameters
from ..exceptions import InvalidParameterError
from ..inspection import Projection, project
from ..inspection.map_panel import draw_rows, label_panel, name_clusters
from ..inspection.palette import colours_of
from ..inspection.projection_plot import classes, legend
from .figures import axes_for
from .grouping import names_of, title_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_map"]

#: With more clusters than this there is no legend, only their numbers in the map.
_LEGEND = 20
#: Iterations of t-SNE, half as many as by default: from the start that it has, neighbourhoods gain nothing by more.
_OPTIONS: dict[str, dict[str, Any]] = {"tsne": {"max_iter": 500}}


def plot_map(
    model: Any, X: Any = None, *, method: str = "pca", space: str = "auto", color: Any = None, max_rows: int = 2000,
    random_state: Any = None, ax: Any = None,
) -> Figure:  # fmt: skip
    """Draw rows where they lie in the embedding, coloured by cluster, with the cluster's number or name.

    Parameters
    ----------
    model : fitted clusterer, or Projection
        As for :func:`deepkmeans.inspection.project`, or what it returned.
    X : rows with the model's columns
        None with a projection, which has its rows.
    method : {"pca", "tsne", "umap"}, default="pca"
        "pca" is drawn at once; "tsne" takes seconds for every thousand mapped rows, in each of the two spaces.
    space : {"auto", "embedding", "raw"}, default="auto"
        ``"auto"`` is the embedding, and the rows themselves for clusterers without one.
        ``Projection.plot`` draws both side by side.
    color : array of shape (n,) or None
        What to colour by instead of the clusters: floats on a scale, such as ``model.confidence(X)`` or a column;
        anything else as classes.
    max_rows : int, default=2000
        "tsne" and "umap" are fitted on at most so many rows, drawn at random, and the others are placed among them; the
        title says so.
    random_state : int, RandomState or None
    ax : matplotlib Axes or None
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InvalidParameterError, InvalidDataError, MissingDependencyError
    """
    given = {"space": space, "method": method, "max_rows": max_rows}
    rules: Any = {
        "space": [OneOf("auto", "embedding", "raw")], "method": [OneOf("pca", "tsne", "umap")],
        "max_rows": [Interval(int, 5, None)],
    }  # fmt: skip
    validate_parameters("plot_map", rules, given)
    projection, names = _projection(model, X, method, space, max_rows, random_state)
    if space == "embedding" and projection.embedding is None:
        raise InvalidParameterError("The 'space' parameter 'embedding' of plot_map: this model has none; give 'raw'.")
    if space == "auto":
        space = "raw" if projection.embedding is None else "embedding"
    where = getattr(projection, space)
    values = None if color is None else np.asarray(color)
    scale = values is not None and values.dtype.kind == "f"
    ax = axes_for(ax, 6.8, 5.4, "plot_map")
    figure = ax.get_figure()
    if scale:
        values = classes(values, projection.labels, "color").astype(float)
        dots = draw_rows(ax, where, values, cmap="cividis")
        figure.colorbar(dots, ax=ax, shrink=0.85)
    else:
        groups = projection.labels if color is None else classes(color, projection.labels, "color")
        distinct, number = np.unique(groups, return_inverse=True)
        colours = np.asarray(colours_of(distinct))
        draw_rows(ax, where, colours[number])
        if 1 < len(distinct) <= _LEGEND and (color is not None or names):
            said = [str(each) if color is not None else title_of(each, names) for each in distinct.tolist()]
            legend(figure, ax, said, colours, "cluster" if color is None else "")
    name_clusters(ax, where, projection.labels)
    label_panel(ax, projection, space)
    if projection.method != "pca" and len(projection.mapped) < len(where):
        ax.set_title(f"{ax.get_title()}; {len(projection.mapped):,} of {len(where):,} rows mapped, the others placed",
                     fontsize=9)  # fmt: skip
    return figure


def _projection(
    model: Any, X: Any, method: str, space: str, max_rows: int, random_state: Any
) -> tuple[Projection, dict[Any, str]]:
    if isinstance(model, Projection):
        if X is not None:
            raise InvalidParameterError("The 'X' parameter of plot_map must be None: a projection has its rows.")
        return model, {}
    if X is None:
        raise InvalidParameterError("The 'X' parameter of plot_map is missing: give the rows to draw.")
    rows = 3000 if method == "pca" else max_rows  # components are exact for rows that are placed
    projection = project(
        model, X, method, embedding=None if space == "raw" else "auto", max_rows=rows, options=_OPTIONS.get(method),
        random_state=random_state,
    )  # fmt: skip
    return projection, names_of(model)
