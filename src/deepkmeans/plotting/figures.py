"""Where a plot is drawn: on the caller's axes, or in a figure of its own, never through pyplot."""

from __future__ import annotations

from typing import Any

from .._optional import require
from ..exceptions import InvalidParameterError

__all__ = ["GREY", "axes_for", "check_figure", "figure_for", "plain"]

#: Ink of what is beside the point: reference lines, rows of other clusters.
GREY = "0.55"


def _new_figure(width: float, height: float, purpose: str) -> Any:
    """A Figure of so many inches; MissingDependencyError without matplotlib."""
    require("matplotlib.figure", extra="plot", purpose=purpose)
    from .shown_figure import ShownFigure

    return ShownFigure(figsize=(width, height), layout="constrained")


def axes_for(ax: Any, width: float, height: float, purpose: str) -> Any:
    """``ax``, or the axes of a new figure of so many inches."""
    if ax is None:
        return _new_figure(width, height, purpose).subplots()
    if not hasattr(ax, "get_figure") or not hasattr(ax, "plot"):
        raise InvalidParameterError(
            f"The 'ax' parameter of {purpose} must be matplotlib axes or None. Got {type(ax).__name__} instead."
        )
    return ax


def figure_for(figure: Any, width: float, height: float, purpose: str) -> Any:
    """``figure``, or a new one of so many inches."""
    if figure is None:
        return _new_figure(width, height, purpose)
    check_figure(figure, purpose)
    return figure


def check_figure(figure: Any, purpose: str) -> None:
    """Refuse what nothing can be drawn in, pyplot itself too."""
    if figure is not None and not (hasattr(figure, "subplots") and hasattr(figure, "add_subplot")):
        raise InvalidParameterError(
            f"The 'figure' parameter of {purpose} must be a matplotlib Figure or SubFigure, or None. "
            f"Got {type(figure).__name__} instead."
        )


def plain(ax: Any) -> None:
    """Axes without a box."""
    ax.spines[["top", "right"]].set_visible(False)
