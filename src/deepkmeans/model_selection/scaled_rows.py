"""The rows that candidates are judged on: a sample, scaled once, in at most a few hundred columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..data import Rows, Scaling, fit_projection, fit_scaling
from ..data.column_kinds import MANY_COLUMNS
from ..data.projection import N_PROJECTED

__all__ = ["fit_space", "placed"]


def fit_space(
    X: Any, kind: str, random_state: np.random.RandomState, *, rows: bool = True,
    output_range: tuple[float, float] | None = None, project: bool = True,
) -> Scaling:  # fmt: skip
    """Scaling of checked rows (n, d), followed by 128 principal components if there are more than 256 columns."""
    scaling = fit_scaling(X, kind, rows=rows, output_range=output_range)
    if project and output_range is None and X.shape[1] > MANY_COLUMNS:
        scaling = scaling.with_projection(fit_projection(X, scaling, N_PROJECTED, random_state))
    return scaling


def placed(X: Any, space: Scaling) -> np.ndarray:
    """Rows (n, d) in that space, (n, p), float32; sparse rows stay sparse until they are projected."""
    rows = Rows(X, space, device=torch.device("cpu"))
    return np.concatenate([block.numpy() for block in rows.chunks(8192)])
