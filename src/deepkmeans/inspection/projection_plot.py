"""The picture of a projection: one panel for each space, with the same colours."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from .._notebook import picture
from .._optional import require
from ..exceptions import InvalidDataError, MissingDependencyError
from ..metrics.labels import label_array
from .map_panel import draw_rows, label_panel, name_clusters, place_new_rows
from .palette import colours_of

__all__ = ["classes", "draw", "inline_picture", "legend"]

#: With more clusters than this there is no legend, only their numbers in the map.
_LEGEND = 20


def draw(projection: Any, placed: Any = None, *, y: Any = None, size: float = 5.0, figure: Any = None) -> Any:
    """A figure of the maps of ``projection``, with the new rows ``placed`` on top."""
    spaces = [name for name in projection.SPACES if getattr(projection, name) is not None]
    if figure is None:
        made = require("matplotlib.figure", extra="plot", purpose="Projection.plot")
        figure = made.Figure(figsize=(size * len(spaces), size + 0.4), layout="constrained")
    groups = projection.labels if y is None else classes(y, projection.labels)
    names, number = np.unique(groups, return_inverse=True)
    colours = np.asarray(colours_of(names))
    panels = np.ravel(figure.subplots(1, len(spaces)))
    for name, ax in zip(spaces, panels, strict=True):
        where = getattr(projection, name)
        draw_rows(ax, where, colours[number])
        if placed is not None:
            place_new_rows(ax, getattr(placed, name), placed.labels if y is None else None)
        name_clusters(ax, where, projection.labels)
        label_panel(ax, projection, name)
    if 1 < len(names) <= _LEGEND:
        said = ["noise" if y is None and label == -1 else str(label) for label in names.tolist()]
        legend(figure, panels[0], said, colours, "cluster" if y is None else "class")
    return figure


def inline_picture(projection: Any) -> str | None:
    """The picture as HTML for a notebook; None without matplotlib, where notebooks show the text."""
    try:
        figure = draw(projection, size=3.2)
    except MissingDependencyError:
        return None
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=100)
    clusters = np.unique(projection.labels[projection.labels != -1])
    words = f"map of {len(projection.labels):,} rows in {len(clusters)} clusters, by {projection.method}"
    return picture(png.getvalue(), words)


def classes(y: Any, labels: np.ndarray, name: str = "y") -> np.ndarray:
    """Known classes (n,) of the rows of ``labels`` (n,), as values that have an order."""
    groups = label_array(y, name)
    if isinstance(groups, np.ma.MaskedArray):
        groups = np.where(np.ma.getmaskarray(groups), None, groups.data.astype(object))  # type: ignore[call-overload]
    if groups.dtype.kind == "O":  # classes of several types have no order
        groups = groups.astype(str)
    if groups.shape != labels.shape:
        raise InvalidDataError(f"{name} must have shape {labels.shape}, one class a row. Got {groups.shape} instead.")
    return np.asarray(groups)


def legend(figure: Any, ax: Any, names: list[str], colours: Any, title: str) -> None:
    """Names and colours, to the right of all panels of ``figure``; ``ax`` is one of them."""
    marks = [ax.scatter([], [], color=colour, s=25, label=name) for colour, name in zip(colours, names, strict=True)]
    drawn = figure.legend(handles=marks, loc="outside right center", title=title or None, frameon=False)
    for text in drawn.get_texts():
        text.set_parse_math(False)
