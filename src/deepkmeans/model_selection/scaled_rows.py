"""The rows that candidates are judged on: a sample, scaled once, in at most a few hundred columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..data import CheckedInput, Rows, Scaling, fit_projection, fit_scaling
from ..data.column_kinds import MANY_COLUMNS
from ..data.preprocessing.given_fit import as_in_the_fit
from ..data.projection import N_PROJECTED
from ..estimators.network import NetworkEstimator

__all__ = ["as_fitted", "fit_space", "input_of", "placed"]


def input_of(estimator: Any) -> tuple[Any, Any]:
    """How an estimator takes tables and texts: its ``preprocessor``, "auto" if it has none, and pretrained encoder."""
    if isinstance(estimator, NetworkEstimator):
        return estimator.preprocessor, estimator._encoder_of_inputs
    return "auto", None


def as_fitted(X: Any, fitted: CheckedInput) -> Any:
    """Rows (n, p) of ``X``, by the preprocessor of other rows, which it made ``fitted``."""
    preprocessor, width = fitted.preprocessor, fitted.n_given or 1
    return preprocessor.transform(as_in_the_fit(X, preprocessor, width, "LabelFreeScorer"))


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
