"""The rows that candidates are judged on: a sample, scaled once, in at most a few hundred columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from sklearn.base import clone

from ..data import CheckedInput, Rows, Scaling, fit_projection, fit_scaling
from ..data.by_name import given_by_name
from ..data.column_kinds import MANY_COLUMNS
from ..data.joined_input import is_mapping_of_inputs
from ..data.preprocessing.given_fit import as_in_the_fit
from ..data.projection import N_PROJECTED
from ..decomposition import principal_components
from ..estimators import DeepKMeans
from ..estimators.network import NetworkEstimator
from ..exceptions import InvalidParameterError
from ..runtime import Seeds

__all__ = ["as_fitted", "fit_space", "input_of", "joined_rows", "placed", "several_inputs", "without_name"]


def input_of(estimator: Any) -> tuple[Any, Any]:
    """How an estimator takes tables and texts: its ``preprocessor``, "auto" if it has none, and pretrained encoder."""
    if isinstance(estimator, NetworkEstimator):
        return estimator.preprocessor, estimator._encoder_of_inputs
    return "auto", None


def without_name(estimator: Any, X: Any) -> tuple[Any, Any]:
    """A mapping of one input as that input, and the estimator with what it says of it; all else as it is."""
    if not is_mapping_of_inputs(X) or len(X) != 1:
        return estimator, X
    [(name, value)] = X.items()
    given = {parameter: getattr(estimator, parameter, None) for parameter in ("encoder", "preprocessor")}
    of_input = {
        parameter: given_by_name(type(estimator).__name__, parameter, each, [name])[name]
        for parameter, each in given.items()
        if isinstance(each, Mapping)
    }
    return clone(estimator).set_params(**of_input) if of_input else estimator, value


def several_inputs(estimator: Any, X: Any, function: str) -> bool:
    """Whether ``X`` is a mapping of inputs, which only a DeepKMeans takes."""
    if not is_mapping_of_inputs(X):
        return False
    if not isinstance(estimator, DeepKMeans):
        raise InvalidParameterError(
            f"The 'estimator' of {function} must be a DeepKMeans where X is a mapping of inputs. Got "
            f"{type(estimator).__name__} instead; give one input, or one array of all columns."
        )
    return True


def joined_rows(estimator: DeepKMeans, X: Mapping[str, Any], most: int, seeds: Seeds) -> np.ndarray:
    """At most ``most`` rows (n, p) of several inputs side by side, each input of the same variance.

    They are rows that have all inputs, where a half has. More than 256 columns are reduced to their 128 principal
    components.
    """
    other = clone(estimator)
    rows: Any = other._fit_pipeline(other._validate(X, None))[1].rows.network
    index = rows.whole().cpu()
    if len(index) > most:
        index = index[seeds.numpy("rows").permutation(len(index))[:most]].sort().values
    joined = rows.take(index.to(rows.device)).cpu()
    if joined.shape[1] > MANY_COLUMNS:
        mean, components = principal_components(joined, N_PROJECTED, seeds.numpy("projection"))
        joined = (joined - mean) @ components
    return np.asarray(joined.numpy())


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
