"""The centres of clusters as rows that a person can look at."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from ..exceptions import InvalidParameterError
from .spaces import Clusterer

__all__ = ["decoded_centers"]


def decoded_centers(model: Any) -> Any:
    """The centres of a fitted clusterer in the user's own columns.

    Parameters
    ----------
    model : fitted clusterer
        Steps of a pipeline before it are undone where all of them have ``inverse_transform``.

    Returns
    -------
    data frame of k rows, ndarray of shape (k, height, width) or (k, height, width, channels), dict of them, or None
        A row a centre, by its number. Of a network what the centres decode to; of other clusterers with
        ``cluster_centers_`` in the space of the rows these. None where there are no centres, or no way back: a network
        without a decoder, texts, ``reduce="umap"``. Of several inputs those that there is a way back to, by name.
    """
    clusterer = Clusterer(model)
    inner = clusterer.model
    centers = getattr(inner, "cluster_centers_", None)
    if centers is None:
        return None
    if callable(getattr(inner, "decode", None)):
        try:
            rows = inner.decode(centers)
        except InvalidParameterError:
            return None
        if clusterer.joined is not None:
            pipelines, shapes = clusterer.joined.pipelines, clusterer.joined.image_shapes
            return {
                name: _as_given(part, pipelines[name].preprocessor, shapes.get(name), pipelines[name].names)
                for name, part in rows.items()
            }
    else:
        rows = centers.toarray() if sp.issparse(centers) else np.asarray(centers)
        if rows.shape[1:] != (getattr(inner, "n_features_in_", None),):
            return None
    before = _before_steps(clusterer, rows)
    return _as_given(before, clusterer.preprocessor, clusterer.image_shape, clusterer.feature_names)


def _before_steps(clusterer: Clusterer, rows: Any) -> Any:
    """Rows as they were before the steps of a pipeline; None where one cannot be undone."""
    for step in reversed(clusterer.steps):
        try:
            rows = step.inverse_transform(rows)
        except (AttributeError, NotImplementedError):  # a step without inverse_transform
            return None
    return rows


def _as_given(rows: Any, preprocessor: Any, shape: tuple[int, int, int] | None, names: Any) -> Any:
    """Rows (k, d) as pictures of a shape, if the model saw such, else as a frame with the names of the columns."""
    import pandas as pd

    if rows is None or isinstance(rows, pd.DataFrame):
        return rows
    rows = np.asarray(rows)
    if getattr(preprocessor, "kind", "") == "series":
        return pd.DataFrame(rows.reshape(len(rows), -1), columns=list(preprocessor.point_names))
    if rows.ndim > 2:  # pictures already
        return rows
    if shape is not None and rows.shape[1] == int(np.prod(shape)):
        pictures = rows.reshape(len(rows), *shape)
        return pictures[..., 0] if shape[2] == 1 else pictures
    if names is None or len(names) != rows.shape[1]:
        names = [f"x{position}" for position in range(rows.shape[1])]
    return pd.DataFrame(rows, columns=[str(name) for name in names])
