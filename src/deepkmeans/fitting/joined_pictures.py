"""The graphs of pictures among several inputs: neighbours in an embedding that a network has learnt of them alone.

Nearest pixels are poor neighbours, and so are nearest spectrograms. As for pictures alone, a network learns partitions
into many small clusters from augmented views, and its embedding gives a second graph. What it learns need not be what
the inputs share: a recording tells a speaker as well as a word. So the learnt graph replaces that of the pixels only
where the other inputs agree with it more.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from scipy.sparse import csr_matrix

from ..data.source import JoinedRows
from ..encoders import SingleInputEncoder
from ..encoders.networks import fresh_network
from ..objectives import SelfLabelling
from .augmentation import pictures_of
from .context import FitContext
from .joined_graph import InputGraph, agreement_with
from .neighbor_graph import build_graph, neighbor_affinity
from .over_clustering import embed_graph, learn_over_clusters
from .result import Course

__all__ = ["with_learnt_pictures"]

#: Fewer rows than this for each cluster are too few to learn from.
_FEWEST = 10


def with_learnt_pictures(
    context: FitContext, strategy: SelfLabelling, rows: JoinedRows, graphs: list[InputGraph]
) -> list[InputGraph]:  # fmt: skip
    """The graphs of the inputs of the landmarks ``rows`` (m), those of pictures learnt where others agree more."""
    pictures = pictures_of(context.encoder)
    chosen = list(graphs)
    for number, graph in enumerate(graphs):
        if graph.name in pictures and len(graph.index) >= _FEWEST * context.n_clusters:
            others = [each for each in graphs if each is not graph]
            learnt = _learnt(context, strategy, rows, graph)
            before, after = (agreement_with(each, others, context.n_clusters) for each in (graph, learnt))
            chosen[number] = learnt if after > before else graph
    return chosen


def _learnt(context: FitContext, strategy: SelfLabelling, rows: JoinedRows, graph: InputGraph) -> InputGraph:
    """The graph of one input with neighbours in what its network has learnt of it alone."""
    k, name = context.n_clusters, graph.name
    index = torch.from_numpy(graph.index).to(rows.device)
    part = rows.parts[name].subset(index)
    architecture = context.plan.architecture["inputs"][name]
    encoder = fresh_network(architecture, context.seeds.seed("weights", name)).to(rows.device)
    assert isinstance(encoder, SingleInputEncoder)
    encoder.compute_in(context.encoder.precision)
    plan = context.plan.with_network(architecture, context.plan.precision)
    alone, course = replace(context, plan=plan, encoder=encoder), Course([], [])
    of_rows = build_graph(part, torch.arange(len(part), device=rows.device), k, strategy.n_neighbors)
    affinity, features = of_rows.affinity, graph.features
    neighbors = of_rows.neighbors
    for number in range(1, strategy.n_rounds + 1):
        stage = f"over-{number} {name}"
        embedding = embed_graph(affinity, k, stage)
        features = learn_over_clusters(alone, course, strategy, of_rows, affinity, embedding, stage).embedding
        neighbors, nearest = neighbor_affinity(features, k, strategy.n_neighbors)
        affinity = affinity + nearest
    edges, m = (affinity / (strategy.n_rounds + 1)).tocoo(), len(rows)
    every = csr_matrix((edges.data, (graph.index[edges.row], graph.index[edges.col])), shape=(m, m))
    return InputGraph(name, graph.index, features, neighbors.cpu().numpy(), every)
