"""A fitted ``KMeans`` as a document and tensors, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from ..storage.schema import (
    COUNT,
    FLOATS,
    NOT_NEGATIVE,
    NUMBERS,
    SIZE,
    TEXT,
    ListOf,
    MapOf,
    MismatchError,
    Record,
    TensorOf,
    check_tensors,
    check_value,
)
from .kmeans import KMeans
from .stored_parameters import GIVEN_TENSORS, given_rules, parameters_from_parts, parameters_to_parts

__all__ = ["check_state", "from_state", "to_state"]

_RULES = Record(
    {
        "parameters": [MapOf()], "inertia": NOT_NEGATIVE, "n_iter": COUNT, "n_clusters": SIZE,
        "feature_names": [None, ListOf(TEXT)],
    },
    {
        "given": [given_rules("init")], "n_steps": SIZE, "column_names": [ListOf(TEXT)],
        "fitted_metric": KMeans._constraints["metric"],
    },
)  # fmt: skip
_TENSORS = {
    "cluster_centers": TensorOf(FLOATS, ("n_clusters", "n_features")),
    "labels": TensorOf([torch.int32], ("n_samples",), low=0, below="n_clusters"),
    "counts": TensorOf([torch.float64], ("n_clusters",), low=0, optional=True),
    "prices": TensorOf([torch.float64], ("n_clusters",), low=0, optional=True),
    "init": TensorOf(NUMBERS, ("n_starts", "n_columns_of_starts"), optional=True),
    **GIVEN_TENSORS,
}
#: Not in files of the first release.
_LATER = ("balance", "decay_factor", "max_size", "metric", "min_size", "refine")


def to_state(model: Any) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What a file needs to rebuild the fitted model: a JSON-safe document and named tensors."""
    check_is_fitted(model)
    parameters, given, tensors = parameters_to_parts(model)
    names = getattr(model, "feature_names_in_", None)
    document: dict[str, Any] = {
        "parameters": parameters,
        "given": given,
        "inertia": float(model.inertia_),
        "n_iter": int(model.n_iter_),
        "n_clusters": int(model.n_clusters_),
        "feature_names": None if names is None else [str(name) for name in names],
    }
    if hasattr(model, "n_steps_"):
        document["n_steps"] = int(model.n_steps_)
    if model._metric != model.metric:  # changed after the fit
        document["fitted_metric"] = model._metric
    if hasattr(model, "_column_names"):
        document["column_names"] = model._column_names
    tensors |= {
        "cluster_centers": torch.from_numpy(model.cluster_centers_),
        "labels": torch.from_numpy(model.labels_),
        "counts": torch.from_numpy(model.counts_),
    }
    if model.prices_.any():
        tensors["prices"] = torch.from_numpy(model.prices_)
    return document, tensors


def check_state(document: Any, tensors: Mapping[str, Tensor]) -> None:
    """Refuse, with :class:`~deepkmeans.storage.schema.MismatchError`, what :func:`to_state` does not give."""
    check_value(document, [_RULES], "the model")
    sizes = check_tensors(tensors, _TENSORS)
    if document["n_clusters"] > sizes["n_clusters"]:
        k = sizes["n_clusters"]
        raise MismatchError(f"'n_clusters' is {document['n_clusters']:,}, but the tensors in the file have {k:,}")
    check_value(document["feature_names"], [None, ListOf(TEXT, sizes["n_features"])], "'feature_names'")
    check_value(document.get("column_names"), [None, ListOf(TEXT, sizes["n_features"])], "'column_names'")


def from_state(cls: Any, document: dict[str, Any], tensors: dict[str, Tensor]) -> Any:
    """The model that :func:`to_state` described."""
    check_state(document, tensors)
    model = cls(**parameters_from_parts(cls, document, tensors, later=_LATER))
    centers, labels = tensors["cluster_centers"].numpy(), tensors["labels"].numpy()
    k, n_features = centers.shape
    fitted = {
        "cluster_centers_": centers, "labels_": labels, "inertia_": document["inertia"], "n_iter_": document["n_iter"],
        "n_clusters_": document["n_clusters"], "n_features_in_": n_features, "_n_features_out": k,
        "counts_": (  # files of the first release have none
            tensors["counts"].numpy() if "counts" in tensors else np.bincount(labels, minlength=k).astype(np.float64)
        ),
        "prices_": tensors["prices"].numpy() if "prices" in tensors else np.zeros(k),
        "_metric": document.get("fitted_metric", model.metric),
    }  # fmt: skip
    if "n_steps" in document:
        fitted["n_steps_"] = document["n_steps"]
    if "column_names" in document:
        fitted["_column_names"] = document["column_names"]
    if document["feature_names"] is not None:
        fitted["feature_names_in_"] = np.array(document["feature_names"], dtype=object)
    return model._with_fitted(fitted)
