"""How "selflabel" is fitted to rows with several inputs: their partition, and the networks that learn it together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from ..data.source import JoinedRows
from ..encoders import FusedEncoder
from ..exceptions import InvalidParameterError
from ..graph import KMEANS, kmeans_partition
from ..objectives import SelfLabelling
from ..runtime import Seeds
from .context import FitContext
from .joined_graph import InputWeight, build_joined_graph, input_graphs, weigh_inputs
from .joined_partition import find_joined_partition
from .joined_pictures import with_learnt_pictures
from .neighbor_graph import LandmarkGraph, landmarks
from .result import ComparedPartitions, Course, FitResult
from .self_training import fit_pseudo_labels
from .wanted_partition import refuse_name_without_candidates

__all__ = ["run_joined_labelling"]

_FEWEST_ROWS = 30
#: Rows on which it is measured how much each input counts.
_MEASURED = 2000


def run_joined_labelling(context: FitContext, course: Course, strategy: SelfLabelling) -> FitResult:
    """Find a partition of the landmarks, then let the networks of all inputs learn it together."""
    rows: Any = context.rows.network
    assert isinstance(rows, JoinedRows)
    if context.collective.size > 1:
        raise InvalidParameterError("Several inputs are fitted in one process; start one alone.")
    k, wanted = context.n_clusters, context.plan.partition
    index = landmarks(len(rows), context.seeds, strategy.n_landmarks).to(rows.device)
    part = rows if len(index) == len(rows) else rows.subset(index)
    graphs = input_graphs(part, k, strategy.n_neighbors)
    if wanted != KMEANS and k > 1 and strategy.n_rounds:  # all other candidates are of what the networks have learnt
        graphs = with_learnt_pictures(context, strategy, part, graphs)
    weights = weigh_inputs(graphs, k)
    of_inputs = {name: weights[name].weight if name in weights else 0.0 for name in rows.parts}
    graph = build_joined_graph(part, index, graphs, of_inputs, k, strategy.n_neighbors)
    assert isinstance(context.encoder, FusedEncoder)
    context.encoder.start_weights({name: max(weight, 0.01) for name, weight in of_inputs.items()})
    course.note(n_landmarks=len(index))
    if k == 1 or len(index) < max(_FEWEST_ROWS, 4 * k) or not graphs:
        labels = _without_graph(graph, k)
        reason = "one cluster needs no graph" if k == 1 else f"{len(index)} rows are too few for a graph"
        refuse_name_without_candidates(wanted, reason)
        course.note(chosen=KMEANS, reason=reason)
    else:
        cut = find_joined_partition(graph, graphs, k, None if wanted == "auto" else wanted)
        labels = cut.labels
        choice = {"rounds": [cut.report()], "chosen": cut.choice.name, "reason": cut.choice.reason}
        context.objective.note(choice)
        course.note(**choice)
        course.keep(ComparedPartitions(index, cut.partitions))
    result = fit_pseudo_labels(context, course, strategy, context.rows.network, graph, labels)
    course.note(modalities=_report(rows, part, weights, result))
    return replace(result, compared=course.compared)


def _without_graph(graph: LandmarkGraph, k: int) -> np.ndarray:
    if k == 1:
        return np.zeros(len(graph.features), dtype=np.int64)
    return kmeans_partition(graph.features, k, Seeds(0).generator("k-means"))


def _report(
    rows: JoinedRows, part: JoinedRows, weights: dict[str, InputWeight], result: FitResult
) -> dict[str, Any]:  # fmt: skip
    """What is said of each input: its weight in the embedding and in the graph, and why."""
    assert isinstance(result.encoder, FusedEncoder)
    index = torch.arange(min(len(part), _MEASURED), device=part.device)
    inputs, present = part.inputs(index)
    everywhere = torch.ones(len(index), dtype=torch.bool, device=part.device)
    encoder = result.encoder.eval()
    shares = encoder.shares(inputs, present or dict.fromkeys(inputs, everywhere))
    total = sum(each.weight for each in weights.values()) or 1.0
    said = {}
    for name in rows.parts:
        known = weights.get(name)
        said[name] = {
            "weight": shares[name], "graph_weight": 0.0 if known is None else known.weight / total,
            "agreement": None if known is None else known.agreement,
            "structure": None if known is None else known.structure,
        }  # fmt: skip
    return said
