"""A fitted ``KMeans`` as a document and tensors, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

__all__ = ["from_state", "to_state"]


def to_state(model: Any) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What a file needs to rebuild the fitted model: a JSON-safe document and named tensors.

    A device other than the CPU becomes "auto" and a RandomState becomes None: neither outlives its machine.
    """
    check_is_fitted(model)
    parameters = {name: value for name, value in model.get_params(deep=False).items() if name != "init"}
    parameters["device"] = "cpu" if str(model.device) == "cpu" else "auto"
    if isinstance(model.random_state, np.random.RandomState):
        parameters["random_state"] = None
    plain = {key: value.item() if isinstance(value, np.generic) else value for key, value in parameters.items()}
    names = getattr(model, "feature_names_in_", None)
    document: dict[str, Any] = {
        "parameters": plain,
        "inertia": float(model.inertia_),
        "n_iter": int(model.n_iter_),
        "n_clusters": int(model.n_clusters_),
        "feature_names": None if names is None else [str(name) for name in names],
    }
    tensors = {
        "cluster_centers": torch.from_numpy(model.cluster_centers_),
        "labels": torch.from_numpy(model.labels_),
        "counts": torch.from_numpy(model.counts_),
    }
    if isinstance(model.init, str):
        plain["init"] = model.init
    else:
        init = model.init.detach().cpu().numpy() if isinstance(model.init, Tensor) else model.init
        tensors["init"] = torch.from_numpy(np.array(init, dtype=model.cluster_centers_.dtype))
    return document, tensors


def from_state(cls: Any, document: dict[str, Any], tensors: dict[str, Tensor]) -> Any:
    """The model that :func:`to_state` described."""
    parameters = dict(document["parameters"])
    if "init" in tensors:
        parameters["init"] = tensors["init"].numpy()
    model = cls(**parameters)
    model.cluster_centers_ = tensors["cluster_centers"].numpy()
    model.labels_ = tensors["labels"].numpy()
    k = len(model.cluster_centers_)
    model.counts_ = (  # files of the first release have none
        tensors["counts"].numpy() if "counts" in tensors else np.bincount(model.labels_, minlength=k).astype(np.float64)
    )
    model.inertia_ = document["inertia"]
    model.n_iter_ = document["n_iter"]
    model.n_clusters_ = document["n_clusters"]
    model._n_features_out, model.n_features_in_ = model.cluster_centers_.shape
    if document["feature_names"] is not None:
        model.feature_names_in_ = np.array(document["feature_names"], dtype=object)
    return model
