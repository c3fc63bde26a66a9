"""Corrections and names of clusters as a document and tensors, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .._validation import Interval
from ..storage.schema import COUNT, POSITIVE, SIZE, TEXT, ListOf, MapOf, MismatchError, Record, TensorOf, check_value
from .cluster_names import is_name
from .corrections import Corrections, Merge, Split

__all__ = ["PARTS", "check_corrections", "corrections_from_parts", "corrections_to_parts"]

#: Tensors of the parts of all clusters that were split, in the order of the splits.
PARTS = {
    "corrections/parts": TensorOf([torch.float32], ("n_parts", "n_inputs"), optional=True),
    "corrections/part_centers": TensorOf([torch.float32], ("n_parts", "embedding_dim"), optional=True),
}
_STEP = Record({}, {
    "merge": [ListOf(COUNT)], "shares": [ListOf([Interval(float, 0, 1)])],
    "split": COUNT, "n_parts": SIZE, "variance": POSITIVE,
})  # fmt: skip
_RULES = Record({"steps": [ListOf([_STEP])], "names": [MapOf(TEXT)]})
_KEYS = ({"merge", "shares"}, {"split", "n_parts", "variance"})


def corrections_to_parts(
    corrections: Corrections | None, names: Mapping[int, str]
) -> tuple[dict[str, Any] | None, dict[str, Tensor]]:
    """Document and tensors, from which :func:`corrections_from_parts` makes them again; None where there are none."""
    if corrections is None and not names:
        return None, {}
    steps = [] if corrections is None else [_step_document(step) for step in corrections.steps]
    splits = [] if corrections is None else [step for step in corrections.steps if isinstance(step, Split)]
    tensors = {
        "corrections/parts": torch.from_numpy(np.concatenate([step.parts for step in splits])),
        "corrections/part_centers": torch.from_numpy(np.concatenate([step.part_centers for step in splits])),
    } if splits else {}  # fmt: skip
    return {"steps": steps, "names": {str(number): name for number, name in sorted(names.items())}}, tensors


def check_corrections(document: Any, tensors: Mapping[str, Tensor], n_fitted: int) -> int:
    """How many clusters there are after the corrections of ``n_fitted`` clusters.

    Raises
    ------
    MismatchError
        For what :func:`corrections_to_parts` does not give.
    """
    check_value(document, [_RULES], "'corrections'")
    k, n_parts = n_fitted, 0
    for position, step in enumerate(document["steps"]):
        path = f"'corrections'['steps'][{position}]"
        if set(step) not in _KEYS:
            raise MismatchError(f"{path} must be a merge with shares, or a split with n_parts and variance")
        if "merge" in step:
            clusters, shares = step["merge"], step["shares"]
            if len(clusters) < 2 or clusters != sorted({*clusters}) or clusters[-1] >= k:
                raise MismatchError(f"{path}['merge'] must be different clusters of {k}, in ascending order")
            if len(shares) != len(clusters) or abs(sum(shares) - 1) > 1e-6:
                raise MismatchError(f"{path}['shares'] must be {len(clusters)} numbers whose sum is 1")
            k -= len(clusters) - 1
        else:
            if step["split"] >= k or step["n_parts"] < 2:
                raise MismatchError(f"{path} must split one of {k} clusters into two parts or more")
            k, n_parts = k + step["n_parts"] - 1, n_parts + step["n_parts"]
    for name in PARTS:
        there = len(tensors[name]) if name in tensors else 0
        if there != n_parts:
            raise MismatchError(f"the tensor {name!r} holds {there:,} parts, where the corrections have {n_parts:,}")
    names = document["names"]
    wrong = [number for number in names if not (number in map(str, range(k)) and is_name(names[number]))]
    if wrong or len({*names.values()}) < len(names):
        raise MismatchError(f"'corrections'['names'] must name clusters from 0 to {k - 1}, each by a name of its own")
    return k


def corrections_from_parts(
    document: Mapping[str, Any] | None, tensors: Mapping[str, Tensor], fitted: np.ndarray
) -> tuple[Corrections | None, dict[int, str]]:
    """Corrections of the centres ``fitted`` (k, e), None if there are none, and names, after they have been checked."""
    if document is None:
        return None, {}
    corrections, begin = Corrections(fitted), 0
    for step in document["steps"]:
        if "merge" in step:
            made: Merge | Split = Merge(tuple(step["merge"]), tuple(step["shares"]))
        else:
            end = begin + step["n_parts"]
            parts, centers = (tensors[name][begin:end].numpy() for name in PARTS)
            made = Split(step["split"], parts, centers, step["variance"])
            begin = end
        corrections = corrections.then(made)
    names = {int(number): name for number, name in document["names"].items()}
    return corrections if corrections.steps else None, names


def _step_document(step: Merge | Split) -> dict[str, Any]:
    if isinstance(step, Merge):
        return {"merge": list(step.clusters), "shares": list(step.shares)}
    return {"split": step.cluster, "n_parts": len(step.parts), "variance": step.variance}
