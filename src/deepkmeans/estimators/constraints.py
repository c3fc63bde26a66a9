"""What the parameters of :class:`DeepKMeans` may be, stated without torch, so that the command refuses at once.

Names of objectives come from their registry; those of scalings and layouts, whose room needs torch, are compared by a
test.
"""

from __future__ import annotations

import numbers
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._validation import Instance, Interval, OneOf
from ..data.input_spec import InputSpec
from ..objectives import OBJECTIVES

__all__ = ["CALLBACKS", "DEEP_KMEANS", "FROZEN_ENCODER", "LAYOUTS", "PREPROCESSORS", "REDUCTIONS", "SCALINGS"]

SCALINGS = ("auto", "standard", "robust", "shared", "pixels", "unit", "counts", "cosine", "none")
LAYOUTS = ("tsne", "umap")
REDUCTIONS = ("auto", "pca", "none", *LAYOUTS)

_DEVICE = re.compile(r"auto|(cpu|cuda|mps)(:[0-9]{1,9})?")


def _is_plain(value: Any) -> bool:
    """Text or a number: no object whose kind only torch or scikit-learn can tell."""
    return value is None or isinstance(value, (str, bytes, numbers.Number))


def _is_objective(value: Any) -> bool:
    if _is_plain(value):
        return False
    from ..objectives import Objective

    return isinstance(value, Objective)


def _is_module(value: Any) -> bool:
    if _is_plain(value):
        return False
    from torch import nn

    return isinstance(value, nn.Module)


def _is_transformer(value: Any) -> bool:
    if _is_plain(value):
        return False
    from ..data.reduction import is_transformer

    return is_transformer(value)


def _is_frozen_encoder(value: Any) -> bool:
    """Names are judged here: of a model with its owner, or of a folder."""
    if isinstance(value, str):
        return "/" in value or os.path.isdir(value)
    if _is_plain(value):
        return False
    from ..data.preprocessing.frozen_kinds import is_frozen_encoder

    return is_frozen_encoder(value)


def _are_callbacks(value: Any) -> bool:
    if not isinstance(value, (list, tuple)):
        return False
    from ..training import Callback

    return all(isinstance(entry, Callback) for entry in value)


def _may_be_device(value: Any) -> bool:
    """Names are judged here; everything else by torch, when the device is taken."""
    return not isinstance(value, str) or _DEVICE.fullmatch(value) is not None


def _may_be_partition(value: Any) -> bool:
    """Names of candidates, which the rows decide, have a slash but for two; any other is known to be wrong without
    them."""
    return isinstance(value, str) and (value in ("auto", "k-means", "spectral") or "/" in value)


def _by_name(rules: Sequence[Any]) -> Instance:
    """Mappings from names of inputs to values each of which meets one of the ``rules``."""

    def accepts(value: Any) -> bool:
        return isinstance(value, Mapping) and all(
            isinstance(name, str) and any(rule.accepts(each) for rule in rules) for name, each in value.items()
        )

    return Instance(accepts, "a mapping to such values by the names of several inputs")


PREPROCESSORS = [
    OneOf("auto"), Instance(InputSpec, "an InputSpec"),
    Instance(_is_transformer, "a scikit-learn transformer with fit and transform"),
]  # fmt: skip
FROZEN_ENCODER = Instance(_is_frozen_encoder, "a pretrained encoder")
_ENCODERS = [
    OneOf("auto"), FROZEN_ENCODER, Instance(_is_module, "a torch.nn.Module"), Instance(callable, "a function"),
]  # fmt: skip
CALLBACKS = [None, Instance(_are_callbacks, "a list of deepkmeans.training.Callback instances, also for a single one")]

def _is_path(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike)) and bool(str(value))


def _predicts(value: Any) -> bool:
    return not isinstance(value, type) and callable(getattr(value, "predict", None))


#: For ``validate_parameters``.
DEEP_KMEANS: dict[str, list[Any]] = {
    "n_clusters": [Interval(int, 1, None), OneOf("auto", "divide")],
    "objective": [
        OneOf(*OBJECTIVES), Instance(_is_objective, "an Objective"),
        Instance(callable, "a function returning one"),
    ],
    "encoder": [*_ENCODERS, _by_name(_ENCODERS)],
    "embedding_dim": [Interval(int, 1, None), OneOf("auto", "intrinsic")],
    "pretrain_epochs": [Interval(int, 0, None), OneOf("auto")],
    "max_epochs": [Interval(int, 1, None), OneOf("auto")],
    "batch_size": [Interval(int, 1, None), OneOf("auto")],
    "learning_rate": [Interval(float, 0, None, open_low=True), OneOf("auto")],
    "tol": [Interval(float, 0, 1)],
    "scaling": [OneOf(*SCALINGS)],
    "preprocessor": [*PREPROCESSORS, _by_name(PREPROCESSORS)],
    "reduce": [OneOf(*REDUCTIONS), Instance(_is_transformer, "a scikit-learn transformer with fit and transform")],
    "partition": [Instance(_may_be_partition, "'auto', 'k-means' or a candidate's name, such as 'standard/15/ward'")],
    "balance": [Interval(float, 0, 1)],
    "missing": [OneOf("impute", "error")],
    "noise": [None, OneOf("label"), Interval(float, 0, 0.5)],
    "callbacks": CALLBACKS,
    "device": [Instance(_may_be_device, "'auto', 'cpu', 'cuda', 'cuda:N' or 'mps'")],
    "precision": [OneOf("auto", "float32", "bfloat16")],
    "random_state": [
        None, Interval(int, 0, 2**32 - 1), Instance(lambda value: not _is_plain(value), "a RandomState"),
    ],
    "align_to": [None, Instance(_predicts, "a fitted model"), Instance(_is_path, "the path of a model file or a run")],
    "verbose": [Interval(int, 0, None), Instance(lambda value: type(value).__name__ in ("bool", "bool_"), "a bool")],
}  # fmt: skip
