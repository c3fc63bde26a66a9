"""What the centre of each cluster looks like."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .._validation import Interval, validate_parameters
from ..exceptions import InvalidParameterError
from ..inspection.decoded import decoded_centers
from ..inspection.formatting import number_text
from ..inspection.palette import cluster_colour
from ..inspection.spaces import Clusterer
from .cells import draw_cells
from .figures import GREY, check_figure, figure_for, plain
from .grouping import names_of, title_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_centers"]

#: Columns that a table shows; more of them are drawn as lines, if they are numbers.
_TABLE = 20


def plot_centers(
    model: Any, *, image_shape: tuple[int, ...] | None = None, max_columns: int = _TABLE, figure: Any = None
) -> Figure:  # fmt: skip
    """Draw the centre of each cluster as a row of the data: as a picture, a line, or a column of a table.

    Parameters
    ----------
    model : fitted clusterer with centres
        Centres in an embedding are decoded by the network.
    image_shape : tuple of int or None
        (height, width) or (height, width, channels) of flat rows that are pictures; None: as the model saw them.
    max_columns : int, default=20
        A table shows at most so many columns, those whose centres differ most for their size. More columns of numbers
        without names are drawn as lines.
    figure : matplotlib Figure or SubFigure, or None
        Where to draw; a new one by default.

    Returns
    -------
    matplotlib.figure.Figure
        In a table the colour says how far a centre is from the mean of all, in standard deviations of the centres. Of
        several inputs those below one another that have a way back.

    Raises
    ------
    InvalidParameterError
        If the model has no centres, or none that can be shown: of texts, or of a network that does not decode.
    MissingDependencyError
    """
    validate_parameters("plot_centers", {"max_columns": [Interval(int, 1, None)]}, {"max_columns": max_columns})
    check_figure(figure, "plot_centers")
    centers = decoded_centers(model)
    if centers is None:
        raise InvalidParameterError(
            f"plot_centers needs centres that can be shown as rows. Those of this {type(model).__name__} cannot: there "
            "are none, or no way back from the embedding, as of texts."
        )
    parts = centers if isinstance(centers, dict) else {"": centers}
    names, k = names_of(Clusterer(model).model), len(next(iter(parts.values())))
    titles = [title_of(number, names) for number in range(k)]
    if not isinstance(centers, dict):
        return _drawn(centers, titles, image_shape, max_columns, figure)
    figure = figure_for(figure, 9.0, 4.0 * len(parts), "plot_centers")
    panels = np.ravel(figure.subfigures(len(parts), 1, squeeze=False))
    for panel, (name, part) in zip(panels, parts.items(), strict=True):
        _drawn(part, titles, None, max_columns, panel)
        panel.suptitle(name, parse_math=False)
    return figure


def _drawn(
    centers: Any, titles: list[str], image_shape: tuple[int, ...] | None, max_columns: int, figure: Any
) -> Figure:  # fmt: skip
    if image_shape is not None and not isinstance(centers, np.ndarray):
        _check_shape(image_shape, centers)
        centers = centers.to_numpy(float).reshape(len(centers), *image_shape)
    if isinstance(centers, np.ndarray):
        return _pictures(centers, titles, figure)
    nameless = [f"x{j}" for j in range(centers.shape[1])]
    if centers.shape[1] > _TABLE and list(centers.columns) == nameless:
        return _lines(centers.to_numpy(float), titles, figure)
    return _table(centers, titles, max_columns, figure)


def _check_shape(shape: Any, centers: Any) -> None:
    is_shape = isinstance(shape, (tuple, list)) and len(shape) in (2, 3) and all(type(size) is int for size in shape)
    width = centers.shape[1]
    if not is_shape or math.prod(shape) != width:
        raise InvalidParameterError(
            f"The 'image_shape' parameter of plot_centers must be (height, width) or (height, width, channels) of "
            f"{width} pixels in all. Got {shape!r} instead."
        )


def _grid(n: int, figure: Any, height: float) -> tuple[Any, Any]:
    """A figure with n panels in a grid, and the panels."""
    columns = int(np.ceil(np.sqrt(n * 1.6)))
    lines = -(-n // columns)
    width = 1.5 * columns if height <= 1.7 else 2.2 * columns
    figure = figure_for(figure, width, height * lines, "plot_centers")
    panels = np.ravel(figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False))
    for ax in panels[n:]:
        ax.set_axis_off()
    return figure, panels[:n]


def _pictures(pictures: np.ndarray, titles: list[str], figure: Any) -> Figure:
    figure, panels = _grid(len(pictures), figure, 1.7)
    low, high = float(pictures.min()), float(pictures.max())
    pictures = (pictures - low) / ((high - low) or 1.0)
    if pictures.shape[3:] == (1,):
        pictures = pictures[..., 0]
    for ax, each, title in zip(panels, pictures, titles, strict=True):
        ax.imshow(each, cmap="gray", vmin=0, vmax=1)
        ax.set_title(title, fontsize="medium", parse_math=False)
        ax.set_axis_off()
    return figure


def _lines(centers: np.ndarray, titles: list[str], figure: Any) -> Figure:
    """A panel for each cluster: its centre over the columns, those of the others in grey."""
    figure, panels = _grid(len(centers), figure, 1.8)
    for number, (ax, title) in enumerate(zip(panels, titles, strict=True)):
        ax.plot(centers.T, color=GREY, linewidth=0.6, alpha=0.6)
        ax.plot(centers[number], color=cluster_colour(number), linewidth=1.8)
        ax.set_title(title, fontsize="medium", parse_math=False)
        plain(ax)
    figure.supxlabel("column", fontsize="medium")
    return figure


def _table(frame: pd.DataFrame, titles: list[str], most: int, figure: Any) -> Figure:
    """Columns below one another, clusters side by side, every cell with its value."""
    columns = [frame.iloc[:, j] for j in range(frame.shape[1])]
    numbers = [getattr(column.dtype, "kind", "O") in "iuf" for column in columns]
    values = np.array([
        column.to_numpy(float) if is_number else np.full(len(frame), np.nan)
        for column, is_number in zip(columns, numbers, strict=True)
    ])  # fmt: skip
    deviation = values.std(1, keepdims=True)
    differs, zero = deviation > 0, np.zeros_like(values)
    scores = np.divide(values - values.mean(1, keepdims=True), deviation, out=zero.copy(), where=differs)
    relative = np.divide(deviation, np.abs(values), out=zero.copy(), where=differs & (values != 0)).min(1)
    order = np.sort(np.argsort(-np.where(numbers, relative, np.inf), kind="stable")[:most]).tolist()
    written = [
        [number_text(cell) if numbers[j] else str(cell) for cell in columns[j].tolist()] for j in order
    ]
    names = [str(frame.columns[j]) for j in order]
    return draw_cells(
        scores[order], written, names, titles, figure=figure, purpose="plot_centers",
        scale="standard deviations of the centres",
    )  # fmt: skip
