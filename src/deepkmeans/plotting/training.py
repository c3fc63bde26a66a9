"""How the training went: loss and changed labels over the epochs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from .._optional import require
from ..exceptions import InvalidParameterError
from ..inspection.palette import COLOURS
from .figures import GREY, figure_for, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_training"]


def plot_training(model: Any, *, figure: Any = None) -> Figure:
    """Draw the loss of every epoch, phase by phase, and below it the share of rows that changed their cluster.

    Parameters
    ----------
    model : fitted DeepKMeans or Autoencoder, or its ``history_``
    figure : matplotlib Figure or SubFigure, or None
        Where to draw; a new one by default.

    Returns
    -------
    matplotlib.figure.Figure
        Losses of different phases are sums of different terms: compare them within a phase.

    Raises
    ------
    InvalidParameterError
        If the fit trained no network, as where plain K-Means was chosen.
    MissingDependencyError
    """
    history = _history(model)
    phases = [(name, list(records)) for name, records in groupby(history, key=lambda record: record.get("phase", ""))]
    changed = any("changed" in record for record in history)
    figure = figure_for(figure, 7.5, 5.2 if changed else 3.8, "plot_training")
    if changed:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    else:
        upper, lower = figure.subplots(), None
    start = 0
    for position, (name, records) in enumerate(phases):
        epochs = np.arange(start + 1, start + 1 + len(records))
        mark = {"marker": "o", "markersize": 3.5} if len(records) < 30 else {}
        upper.plot(epochs, _values(records, "loss"), color=COLOURS[0], label="loss" if position == 0 else None, **mark)
        if any("held_out" in record for record in records):
            label = "loss of held-out rows" if position == 0 else None
            upper.plot(epochs, _values(records, "held_out"), color=COLOURS[1], label=label, **mark)
        if lower is not None:
            lower.plot(epochs, 100 * _values(records, "changed"), color=COLOURS[2], **mark)
        if len(phases) > 1:
            _mark_phase(upper, lower, start, len(records), len(history), name)
        start += len(records)
    if all(record["loss"] > 0 for record in history):
        upper.set_yscale("log")
        ticker = require("matplotlib.ticker", extra="plot", purpose="plot_training")
        upper.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        upper.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
        upper.yaxis.set_minor_formatter(ticker.NullFormatter())
    upper.set_ylabel("loss")
    if len(upper.get_legend_handles_labels()[0]) > 1:
        upper.legend(frameon=False)
    bottom = upper if lower is None else lower
    bottom.set_xlabel("epoch")
    bottom.set_xlim(0.5, len(history) + 0.5)
    bottom.xaxis.get_major_locator().set_params(integer=True)
    if lower is not None:
        lower.set_ylabel("changed labels, %")
        lower.set_ylim(bottom=0)
        plain(lower)
    plain(upper)
    return figure


def _history(model: Any) -> list[dict[str, Any]]:
    history = model if isinstance(model, list) else getattr(model, "history_", None)
    if history is None:
        raise InvalidParameterError(
            f"plot_training takes a fitted DeepKMeans or Autoencoder, or its history_. "
            f"Got {type(model).__name__} instead."
        )
    if not history:
        chosen = getattr(model, "report_", {}).get("chosen")
        why = f" ({chosen} was chosen, which needs none)" if chosen else ""
        raise InvalidParameterError(f"plot_training has nothing to draw: the fit trained no network{why}.")
    return list(history)


def _values(records: list[dict[str, Any]], name: str) -> np.ndarray:
    return np.array([record.get(name, np.nan) for record in records], float)


def _mark_phase(upper: Any, lower: Any, start: int, length: int, total: int, name: str) -> None:
    """A line where a phase begins, and its name where there is room for it."""
    if start:
        for ax in (upper, lower):
            if ax is not None:
                ax.axvline(start + 0.5, color=GREY, linewidth=0.8, linestyle=":")
    if length >= 0.02 * len(name) * total:
        middle = start + (length + 1) / 2
        where = upper.get_xaxis_transform()
        upper.text(middle, 1.02, name, transform=where, ha="center", va="bottom", fontsize=9, color="0.35")
