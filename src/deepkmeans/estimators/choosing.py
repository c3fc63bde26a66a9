"""``n_clusters="auto"``: the number of clusters, from the neighbour graph, before anything is trained."""

from __future__ import annotations

from typing import Any

import torch

from ..data import Rows
from ..graph import default_k_range, n_clusters_evidence
from ..kmeans import principal_axes
from ..runtime import Seeds
from .self_labelling import landmarks

__all__ = ["decide_n_clusters"]

_AXES = 50


def decide_n_clusters(model: Any, rows: Rows, seeds: Seeds) -> int:
    """The number of clusters that the rows (the landmarks, of many) have; the evidence goes into ``report_``.

    Decided once, in the main directions of the scaled rows, whatever the objective; the fit goes on with it.
    """
    index = landmarks(len(rows), seeds).to(rows.device)
    fixed = Seeds(0)  # rows have as many clusters whatever random_state
    sample = rows.take(index)
    if len(index) < 2 or not bool((sample != sample[:1]).any()):
        evidence: dict[str, Any] = {
            "n_clusters": 1, "second": None, "confidence": 1.0, "confident": True,
            "reason": "no clear structure: all rows are the same", "k": [1], "belief": [1.0], "suggestions": {},
            "curves": {},
        }  # fmt: skip
    else:
        mean, axes = principal_axes(sample, _AXES, fixed.numpy("axes"))
        features = ((sample - mean) @ axes).to(torch.float32)
        evidence = n_clusters_evidence(features, default_k_range(len(index)), fixed.numpy("n_clusters"))
    model.report_["n_clusters_selection"] = evidence
    return int(evidence["n_clusters"])
