"""The colours of clusters: the same number has the same colour in every picture."""

from __future__ import annotations

import colorsys

import numpy as np

__all__ = ["COLOURS", "NOISE", "cluster_colour", "colours_of"]

#: Told apart by the colour-blind too (Okabe & Ito 2008, and three dark ones); also by their lightness in print.
COLOURS = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#5a1e00", "#002d78", "#882255",
)  # fmt: skip
NOISE = "#b0b0b0"
_GOLDEN = 0.618034


def cluster_colour(number: int) -> str:
    """The colour ``#rrggbb`` of a cluster; from the eleventh on hues, which not everybody can tell apart."""
    if number < 0:
        return NOISE
    if number < len(COLOURS):
        return COLOURS[number]
    hue = number * _GOLDEN % 1
    lightness = (0.35, 0.5, 0.65)[number % 3]
    return "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, lightness, 0.55))


def colours_of(names: np.ndarray) -> list[str]:
    """A colour for each of the distinct labels ``names``: by number for clusters, by position for classes of words."""
    if names.dtype.kind in "iu" and len(names) and names.min() >= -1:
        return [cluster_colour(int(name)) for name in names]
    return [cluster_colour(position) for position in range(len(names))]
