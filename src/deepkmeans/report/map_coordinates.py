"""Where the rows of a page lie in its maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..inspection.maps import fit_map
from ..inspection.projection import map_trustworthiness
from ..inspection.spaces import Clusterer, ProjectedRows, fit_components
from ..runtime import Seeds, plain_torch

__all__ = ["ReportMap", "report_maps"]

_MAPPED = 2000
#: With fewer rows, neighbourhoods are too small for t-SNE to say more than the principal components do.
_FEWEST_TSNE = 100
#: Half as many iterations as by default: from the start that they have, neighbourhoods gain nothing by more.
_OPTIONS: dict[str, dict[str, Any]] = {"tsne": {"max_iter": 500}, "pca": {}}


@dataclass(frozen=True)
class ReportMap:
    """One map of m rows.

    Attributes
    ----------
    method : {"tsne", "pca"}
    space : {"embedding", "rows"}
        What was mapped.
    points : ndarray of shape (m, 2)
    trustworthiness : float
        As in :class:`deepkmeans.inspection.Projection`.
    """

    method: str
    space: str
    points: np.ndarray
    trustworthiness: float


@plain_torch()
def report_maps(model: Any, X: Any, kept: np.ndarray, seeds: Seeds) -> tuple[ReportMap, ...]:
    """Maps of the rows ``kept`` (m,) of X: by neighbourhoods where there are enough rows, and by principal components.

    The embedding is mapped if the model has one, else the rows as they enter the clusterer. t-SNE is fitted on at most
    2,000 rows; the others are placed among their nearest.
    """
    clusterer = Clusterer(model)
    entering, embed = clusterer.entering(X), clusterer.embedding()
    if embed is not None:
        space, taken = "embedding", np.asarray(embed(entering))[kept]
    else:
        rows = ProjectedRows()
        space, taken = "rows", rows.scaled(rows.fit(clusterer.model, entering)[kept])
    mapped = np.sort(seeds.numpy("mapped").permutation(len(kept))[:_MAPPED])
    components = fit_components(taken[mapped], seeds.seed("components") % 2**32, space)
    inner = components.transform(taken)  # (m, p)
    methods = ("tsne", "pca") if len(kept) >= _FEWEST_TSNE else ("pca",)
    maps = []
    for method in methods:
        fitted = fit_map(method, inner[mapped], _OPTIONS[method], seeds.seed(method) % 2**32)
        points: np.ndarray = np.empty((len(kept), 2))
        points[mapped] = fitted.coordinates
        others = np.setdiff1d(np.arange(len(kept)), mapped, assume_unique=True)
        if len(others):
            points[others] = fitted.place(inner[others])
        trust = map_trustworthiness(inner[mapped], fitted.coordinates, seeds)
        maps.append(ReportMap(method, space, points, trust))
    return tuple(maps)
