"""What a model knows of its own doubt, as a document and tensors, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from .._validation import Interval
from ..fitting import Doubt, RefittedMixtures
from ..storage.schema import FINITE, POSITIVE, MismatchError, Record, TensorOf, check_tensors

__all__ = ["PREFIX", "STORED_DOUBT", "check_doubt", "doubt_from_parts", "doubt_to_parts"]

#: Of the names of its tensors.
PREFIX = "doubt/"
#: The rule for ``doubt`` in the document of a model; ``noise_limit`` is there where rows of the fit could be noise.
STORED_DOUBT = Record(
    {"gaussian": [Interval(float, 0, 1)], "constant": FINITE, "of_votes": FINITE, "reach": POSITIVE},
    {"noise_limit": [Interval(float, 0, None)]},
)
_SINGLE = [torch.float32]
_OF_MIXTURES = {
    "axes": TensorOf(_SINGLE, ("n_refits", "n_directions", "n_directions")),
    "means": TensorOf(_SINGLE, ("n_refits", "n_clusters", "n_directions")),
    "variances": TensorOf(_SINGLE, ("n_refits", "n_clusters"), low=0, above=True),
    "shares": TensorOf(_SINGLE, ("n_refits", "n_clusters"), low=0, high=1, above=True),
}
_TENSORS = {
    "mean": TensorOf(_SINGLE, ("n_inputs",)),
    "components": TensorOf(_SINGLE, ("n_inputs", "n_directions")),
    "cells": TensorOf(_SINGLE, ("n_cells", "n_directions")),
    "votes": TensorOf(_SINGLE, ("n_cells", "n_clusters"), low=0, high=1),
    **_OF_MIXTURES,
}


def doubt_to_parts(doubt: Doubt, noise_limit: float | None) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Document and tensors."""
    document = {name: float(getattr(doubt, name)) for name in STORED_DOUBT.required}
    if noise_limit is not None:
        document["noise_limit"] = noise_limit
    owners = {name: doubt.mixtures if name in _OF_MIXTURES else doubt for name in _TENSORS}
    return document, {PREFIX + name: getattr(owner, name).contiguous() for name, owner in owners.items()}


def check_doubt(document: Mapping[str, Any], tensors: Mapping[str, Tensor], sizes: Mapping[str, int]) -> None:
    """Refuse, with ``MismatchError``, tensors that are no doubt of a model of these sizes, or are there without it."""
    if "doubt" in document:
        check_tensors(tensors, _TENSORS, prefix=PREFIX, sizes=sizes)
    elif any(name.startswith(PREFIX) for name in tensors):
        raise MismatchError(f"there are tensors {PREFIX!r}, but no 'doubt'")


def doubt_from_parts(document: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """The attributes ``_doubt`` and ``_noise_limit`` of a model; None where its file has none."""
    if "doubt" not in document:
        return {"_doubt": None, "_noise_limit": None}
    known: Mapping[str, Any] = document["doubt"]
    parts: dict[str, Any] = {name: tensors[PREFIX + name] for name in _TENSORS}
    mixtures = RefittedMixtures(**{name: parts.pop(name) for name in _OF_MIXTURES})
    numbers: dict[str, Any] = {name: known[name] for name in STORED_DOUBT.required}
    return {"_doubt": Doubt(mixtures=mixtures, **parts, **numbers), "_noise_limit": known.get("noise_limit")}
