"""t-SNE and UMAP as the preparation: the rows are laid out in two dimensions, and clustered there.

What is laid out are the distinct rows, filled and scaled as a graph of neighbours sees them, of many columns the first
50 principal components; of more than 5,000 rows a random sample. The layout is that sample, its coordinates, and a
rule by which any row is placed (:mod:`deepkmeans.manifold.interpolation`): a row of the sample on its own coordinates,
any other among its nearest. Rows of the fit beyond the sample, rows without weight and new rows are all placed by it.

Neither method knows weights, and copies of a row would only push one another about. So copies are laid out once, and
weights do not move the layout: they count in the scaling before it and in the clustering behind it. A weight of 2 is
the row twice.

A file holds the sample: rows of the fit in scaled form, from which their values can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..decomposition import N_COMPONENTS, PrincipalComponents
from ..exceptions import InvalidDataError, InvalidParameterError
from ..manifold import FEWEST_ROWS, NeighborInterpolation, fit_tsne, fit_umap
from ..runtime import Seeds
from .distinct import distinct_rows
from .images import find_image_shape
from .prepared_rows import Preparation, collapse_copies, see_rows
from .projection import fit_projection
from .rows import Rows
from .scaling import Scaling

__all__ = ["LAYOUTS", "Layout"]

LAYOUTS = ("tsne", "umap")
#: Rows that are laid out at most: t-SNE of so many takes about a minute, and in a file they are 1 MiB.
_MOST_ROWS = 5_000
_BLOCK = 8192
_CPU = torch.device("cpu")


@dataclass(frozen=True)
class Layout:
    """Rows of a fit and where they lie; any row is placed among them.

    Attributes
    ----------
    method : {"tsne", "umap"}
    scaling : Scaling
        From checked rows (n, d) to those in which neighbours are sought (n, p), p at most 50.
    filled : ndarray of int
        Columns that had missing cells in training, which are filled with their mean.
    rows : ndarray of shape (s, p), float32
        The rows that were laid out, scaled, all different.
    coordinates : ndarray of shape (s, 2), float32
        Where they lie; of fewer than five rows all their principal components, as there is nothing to lay out.
    """

    method: str
    scaling: Scaling
    filled: np.ndarray
    rows: np.ndarray
    coordinates: np.ndarray

    @classmethod
    def fit(
        cls, X: Any, weight: np.ndarray | None, asked: Preparation, seeds: Seeds, *, names: Any = None,
        image_shape: tuple[int, int, int] | None = None,
    ) -> Layout:  # fmt: skip
        """Lay out checked rows (n, d), all of which have weight, by the method that is asked for as ``reduce``.

        O(n d) for the scaling, O(s log s) for the layout of s rows, in each of some hundred steps.

        Raises
        ------
        InvalidDataError
            For columns that cannot be scaled.
        MissingDependencyError
            For "umap" without umap-learn.
        """
        distinct, mass, _ = collapse_copies(X, weight)
        scaling, filled = _scaling(distinct, mass, asked, names, image_shape)
        scaled = _scaled(distinct, scaling, names)
        index = distinct_rows(scaled)[0]
        if len(index) > _MOST_ROWS:
            index = index[np.sort(seeds.numpy("layout", "rows").permutation(len(index))[:_MOST_ROWS])]
        rows = scaled[index]
        return cls(asked.reduce, scaling, filled, rows, _laid_out(rows, asked.reduce, seeds.seed("layout") % 2**32))

    @property
    def transformer(self) -> Layout:
        """What ``reducer_`` of a model is."""
        return self

    @cached_property
    def _interpolation(self) -> NeighborInterpolation:
        return NeighborInterpolation(self.rows, self.coordinates)

    def transform(self, X: Any) -> np.ndarray:
        """Coordinates (n, 2) of checked rows (n, d), float32 of float32 rows, else float64. O(n s p)."""
        coordinates = self._interpolation.place(_scaled(X, self.scaling))
        return coordinates.astype(np.float32) if X.dtype == np.float32 else coordinates

    def refuse_constant(self, made: np.ndarray) -> None:
        """Refuse rows of a fit that all lie on one point."""
        if len(self.rows) == 1:
            raise InvalidDataError(
                f"reduce={self.method!r} sees all {len(made)} rows as one: once scaled they differ by less than "
                "float32 holds. Use another scaling, or other units."
            )

    def invert(self, rows: np.ndarray) -> np.ndarray:
        """There is no way back."""
        raise InvalidParameterError(
            f"With reduce={self.method!r} an embedding cannot be decoded into columns, as a layout has no inverse; use "
            "reduce='pca' or reduce='none'."
        )

    def report(self) -> dict[str, Any]:
        """What ``report_`` says of it."""
        rows, components = self.coordinates.shape
        said = {"method": self.method, "scaling": self.scaling.kind, "n_rows": rows, "n_components": components}
        return {"layout": said}

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Document and tensors for a file."""
        arrays = {"filled": self.filled.astype(np.int64), "rows": self.rows, "coordinates": self.coordinates}
        tensors = {f"reduce/{name}": torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()}
        tensors |= {f"reduce/scaling/{name}": tensor for name, tensor in self.scaling.to_tensors().items()}
        return {"method": self.method, "scaling": self.scaling.kind}, tensors

    @classmethod
    def from_parts(cls, document: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Layout:
        """The same again, of checked parts."""
        parts = {n.removeprefix("reduce/"): tensor for n, tensor in tensors.items() if n.startswith("reduce/")}
        inner = {n.removeprefix("scaling/"): tensor for n, tensor in parts.items() if n.startswith("scaling/")}
        filled, rows, coordinates = (parts[name].numpy() for name in ("filled", "rows", "coordinates"))
        return cls(document["method"], Scaling.from_tensors(document["scaling"], inner), filled, rows, coordinates)


def _scaling(
    X: Any, weight: np.ndarray | None, asked: Preparation, names: Any, image_shape: tuple[int, int, int] | None
) -> tuple[Scaling, np.ndarray]:
    """How distinct rows (n, d) are seen, whatever the objective, and the columns that have missing cells."""
    asked = replace(
        asked, reduce="auto", compares_rows=True, collapses_copies=True, recognises_images=True, own_encoder=False,
        clusters=asked.clusters if asked.needs_difference else None,
    )  # fmt: skip
    if image_shape is None and asked.finds_pictures:
        image_shape = find_image_shape(X)
    seen = see_rows(X, weight, asked, image_shape is not None, _CPU, names)
    scaling = seen.plain.scaling.without_flags()
    if scaling.n_inputs > N_COMPONENTS:
        components = scaling.components
        if components is None:
            components = fit_projection(X, scaling, N_COMPONENTS, Seeds(0).numpy("projection"), names=names)
        scaling = scaling.with_projection(components[:, :N_COMPONENTS].contiguous())
    return scaling, seen.network.scaling.flagged.numpy()


def _scaled(X: Any, scaling: Scaling, names: Any = None) -> np.ndarray:
    """Rows (n, d) as neighbours are sought among them, (n, p) float32: computed in float64 and rounded, which hides
    the order in which products were added up."""
    parts = []
    for start in range(0, X.shape[0], _BLOCK):
        block = X[start : start + _BLOCK].astype(np.float64)
        rows = Rows(block, scaling, device=_CPU, names=names)
        parts.append(rows.take(torch.arange(len(rows))).numpy())
    return np.concatenate(parts)


def _laid_out(rows: np.ndarray, method: str, seed: int) -> np.ndarray:
    """Coordinates (s, 2), float32, of different rows (s, p).

    UMAP packs islands as tightly as it can (``min_dist=0``), as its authors advise for clustering. It is asked for two
    dimensions: K-Means found the same in five and in ten of them, on tables, pictures and curved groups, and two can
    be looked at.
    """
    components = PrincipalComponents(rows.astype(np.float64), N_COMPONENTS, seed, full=True).transform(rows)
    if len(rows) < FEWEST_ROWS:
        return components.astype(np.float32)
    components = np.ldexp(components, -int(np.frexp(np.abs(components).max())[1]))  # squares of any unit are numbers
    if method == "tsne":
        return np.asarray(fit_tsne(components, seed).embedding_, dtype=np.float32)
    fitted = fit_umap(components, seed, purpose="reduce='umap'", min_dist=0.0)
    return np.asarray(fitted.embedding_, dtype=np.float32)
