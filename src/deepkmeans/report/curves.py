"""Curves of a fit, as points of an inline picture: of its training, and over numbers of clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Curve", "cluster_number_curves", "training_curves"]

#: Size of a curve's picture, without the room for its numbers.
WIDTH, HEIGHT = 280, 84
_MOST_POINTS = 280
_TRAINED = ("loss", "reconstruction", "cross_entropy", "distance", "changed")
_OF_K = ("posterior", "silhouette", "stability", "gap")


@dataclass(frozen=True)
class Curve:
    """One quantity over epochs or numbers of clusters.

    Attributes
    ----------
    name : str
        A key of the words of the page.
    lines : tuple of str
        Points of each unbroken part, as SVG has them.
    marks : tuple of (float, str)
        Where a phase begins, or the chosen number lies; and its name.
    low, high : float
        Values at the bottom and at the top.
    first, last : int
        Values at the left and at the right.
    """

    name: str
    lines: tuple[str, ...]
    marks: tuple[tuple[float, str], ...]
    low: float
    high: float
    first: int
    last: int


def training_curves(history: Sequence[Mapping[str, Any]]) -> list[Curve]:
    """Of the losses of ``history_``, epoch after epoch through all phases."""
    if len(history) < 2:
        return []
    begins = [epoch for epoch, entry in enumerate(history) if not epoch or _phase(entry) != _phase(history[epoch - 1])]
    marks = [(epoch + 1, _phase(history[epoch])) for epoch in begins]
    curves = []
    for name in _TRAINED:
        values = np.asarray([_number(entry.get(name)) for entry in history])
        curve = _curve(name, np.arange(1, len(values) + 1), values, marks, begins)
        curves += [] if curve is None else [curve]
    return curves


def cluster_number_curves(selection: Mapping[str, Any]) -> list[Curve]:
    """What each number of clusters was worth, from ``report_["n_clusters_selection"]``."""
    tried = np.asarray(selection["k"])
    marks = [(int(selection["n_clusters"]), str(selection["n_clusters"]))]
    curves = []
    for name in _OF_K:
        given = selection["posterior"] if name == "posterior" else selection["curves"].get(name)
        if given is None or len(given) != len(tried):
            continue
        curve = _curve(name, tried, np.asarray([_number(value) for value in given]), marks, [0])
        curves += [] if curve is None else [curve]
    return curves


def _curve(
    name: str, at: np.ndarray, values: np.ndarray, marks: Sequence[tuple[int, str]], begins: Sequence[int]
) -> Curve | None:
    finite = np.isfinite(values)
    if finite.sum() < 2:
        return None
    low, high = float(values[finite].min()), float(values[finite].max())
    across = (at - at[0]) / max(at[-1] - at[0], 1) * WIDTH
    down = (1 - (values - low) / ((high - low) or 1.0)) * HEIGHT
    lines = []
    for start, stop in zip(begins, [*begins[1:], len(at)], strict=True):
        kept = np.flatnonzero(finite[start:stop]) + start
        kept = kept[:: max(1, len(kept) // _MOST_POINTS)]
        if len(kept):
            lines.append(" ".join(f"{across[i]:.1f},{down[i]:.1f}" for i in kept))
    placed = tuple((float((place - at[0]) / max(at[-1] - at[0], 1) * WIDTH), text) for place, text in marks)
    return Curve(name, tuple(lines), placed, low, high, int(at[0]), int(at[-1]))


def _phase(entry: Mapping[str, Any]) -> str:
    return str(entry.get("phase", ""))


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else float("nan")
