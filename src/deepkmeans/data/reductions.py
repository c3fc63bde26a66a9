"""What may come between the columns and the network's scaling: the user's transformer, or a layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .._validation import OneOf
from ..exceptions import ModelFileError
from ..runtime import Seeds
from ..storage.schema import TEXT, MismatchError, Record, TensorOf, check_tensors, check_value
from .layout import LAYOUTS, Layout
from .prepared_rows import Preparation
from .reduction import STORED_REDUCTION, Reduction, check_stored_reduction
from .scaling import check_stored_scaling

__all__ = ["AnyReduction", "behind", "check_reduction", "fit_reduction", "restore_reduction"]

AnyReduction = Reduction | Layout

_STORED_LAYOUT = Record({"method": [OneOf(*LAYOUTS)], "scaling": TEXT})
_LAYOUT_TENSORS = {
    "filled": TensorOf([torch.int64], ("n_filled",), low=0, below="n_features", may_be_empty=True),
    "rows": TensorOf([torch.float32], ("n_laid_out", "n_laid_out_columns")),
    "coordinates": TensorOf([torch.float32], ("n_laid_out", "n_columns")),
}


def fit_reduction(
    X: Any, weight: np.ndarray | None, asked: Preparation, seeds: Seeds, *, names: Any = None,
    image_shape: tuple[int, int, int] | None = None,
) -> AnyReduction | None:  # fmt: skip
    """What is asked for as ``reduce``, fitted on checked rows (n, d); None where nothing comes before the scaling."""
    if not isinstance(asked.reduce, str):
        return Reduction.fit(asked.reduce, X, seeds)
    if asked.reduce in LAYOUTS:
        return Layout.fit(X, weight, asked, seeds, names=names, image_shape=image_shape)
    return None


def behind(reduction: AnyReduction | None, asked: Preparation) -> Preparation:
    """How what the reduction makes is prepared: the axes of a layout have one unit."""
    return replace(asked, reduce="none", scaling="shared") if isinstance(reduction, Layout) else asked


def check_reduction(
    document: Mapping[str, Any], tensors: Mapping[str, Tensor], sizes: Mapping[str, int]
) -> dict[str, int]:
    """Refuse, with :class:`~deepkmeans.storage.schema.MismatchError`, what is no reduction; the sizes by name."""
    if "method" not in document:
        check_value(document, [STORED_REDUCTION], "the model['reduce']")
        return check_stored_reduction(tensors, sizes)
    check_value(document, [_STORED_LAYOUT], "the model['reduce']")
    inner = check_stored_scaling(document["scaling"], dict(tensors), "reduce/scaling/")
    if inner["n_flagged"]:
        raise MismatchError("the tensor 'reduce/scaling/flagged' must be empty")
    rest = {name: tensor for name, tensor in tensors.items() if not name.startswith("reduce/scaling/")}
    known = {**sizes, "n_features": inner["n_columns"], "n_laid_out_columns": inner["n_inputs"]}
    return check_tensors(rest, _LAYOUT_TENSORS, prefix="reduce/", sizes=known)


def restore_reduction(
    document: Mapping[str, Any], tensors: Mapping[str, Tensor], transformer: Any = None
) -> AnyReduction:
    """The reduction again, of checked parts, around the user's fitted ``transformer`` if it is one.

    Raises
    ------
    ModelFileError
        If the transformer is lacking, not the fitted one, or not needed.
    """
    if "method" not in document:
        return Reduction.from_parts(document, tensors, transformer)
    if transformer is not None:
        raise ModelFileError("The file holds its whole reduction: load it without reduce=.")
    return Layout.from_parts(document, tensors)
