"""A heat map with words in its cells: columns of the data below one another, clusters side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .figures import figure_for

__all__ = ["draw_cells"]

#: With more clusters than this the cells hold no words.
_WRITTEN = 12
#: Letters of a name, and of a cell.
_NAME, _CELL = 34, 16


def draw_cells(
    values: np.ndarray, written: Sequence[Sequence[str]], names: Sequence[str], titles: Sequence[str], *, figure: Any,
    purpose: str, scale: str,
) -> Any:  # fmt: skip
    """Draw values (c, k), blue below 0 and orange above it, white at 0 and where there is none.

    Parameters
    ----------
    values : ndarray of shape (c, k)
    written : c sequences of k texts
        What stands in the cells.
    names, titles : sequences of c and k texts
    figure : matplotlib Figure, SubFigure or None
    purpose : str
        The function, as an error calls it.
    scale : str
        What the colours say.
    """
    c, k = values.shape
    cells = k <= _WRITTEN
    longest = max((len(short(text, _CELL)) for line in written for text in line), default=4) if cells else 0
    width = max(0.3, 0.35 + 0.085 * longest)
    label = max(len(short(name, _NAME)) for name in names)
    figure = figure_for(figure, max(4.0, 1.6 + 0.085 * label + width * k), max(2.4, 1.5 + 0.34 * c), purpose)
    ax = figure.subplots()
    limit = max(1.0, min(3.0, float(np.abs(np.nan_to_num(values)).max())))
    picture = ax.imshow(values, cmap="PuOr_r", vmin=-limit, vmax=limit, aspect="auto")
    if cells:
        for (i, j), value in np.ndenumerate(values):
            ink = "white" if abs(np.nan_to_num(value)) > 0.7 * limit else "black"
            text = short(written[i][j], _CELL)
            ax.text(j, i, text, ha="center", va="center", fontsize=8.5, color=ink, parse_math=False)
    ax.set_yticks(range(c), [short(name, _NAME) for name in names], parse_math=False)
    tilted = max(map(len, titles)) * 0.085 > width
    turn = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if tilted else {}
    ax.set_xticks(range(k), [short(title, _NAME) for title in titles], parse_math=False, **turn)
    ax.set_xlabel("cluster")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    figure.colorbar(picture, ax=ax, label=scale, shrink=min(1.0, 2.2 / (0.34 * c)), aspect=12)
    return figure


def short(text: str, most: int) -> str:
    """The beginning of a long text."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
