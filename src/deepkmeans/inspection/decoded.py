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
            joined = clusterer.joined
            return {
                name: _of_input(part, joined.pipelines[name].names, joined.image_shapes.get(name))
                for name, part in rows.items()
            }
    else:
        rows = centers.toarray() if sp.issparse(centers) else np.asarray(centers)
        if rows.shape[1:] != (getattr(inner, "n_features_in_", None),):
            return None
    return _as_given(clusterer, _before_steps(clusterer, rows))


def _of_input(rows: Any, names: Any, shape: tuple[int, int, int] | None) -> Any:
    """Rows (k, d) of one of several inputs as a frame, or as pictures where the model saw such."""
    import pandas as pd

    if isinstance(rows, pd.DataFrame) or np.ndim(rows) > 2:
        return rows
    rows = np.asarray(rows)
    if shape is not None and rows.shape[1] == int(np.prod(shape)):
        return rows.reshape(len(rows), *(shape[:2] if shape[2] == 1 else shape))
    columns = [f"x{position}" for position in range(rows.shape[1])] if names is None else list(map(str, names))
    return pd.DataFrame(rows, columns=columns)


def _before_steps(clusterer: Clusterer, rows: Any) -> Any:
    """Rows as they were before the steps of a pipeline; None where one cannot be undone."""
    for step in reversed(clusterer.steps):
        try:
            rows = step.inverse_transform(rows)
        except (AttributeError, NotImplementedError):  # a step without inverse_transform
            return None
    return rows


def _as_given(clusterer: Clusterer, rows: Any) -> Any:
    """Rows (k, d) as pictures where the model saw such, else as a frame with the names of the columns."""
    import pandas as pd

    if rows is None or isinstance(rows, pd.DataFrame):
        return rows
    rows = np.asarray(rows)
    if clusterer.of_series:
        names = clusterer.preprocessor.point_names
        return pd.DataFrame(rows.reshape(len(rows), -1), columns=list(names))
    if rows.ndim > 2:  # pictures already
        return rows
    shape = clusterer.image_shape
    if shape is not None and rows.shape[1] == int(np.prod(shape)):
        pictures = rows.reshape(len(rows), *shape)
        return pictures[..., 0] if shape[2] == 1 else pictures
    names = clusterer.feature_names
    if names is None or len(names) != rows.shape[1]:
        names = [f"x{position}" for position in range(rows.shape[1])]
    return pd.DataFrame(rows, columns=[str(name) for name in names])
