"""Labels from partitions of the rows, which the network learns: how "selflabel" is fitted.

1. Tables, texts, counts: candidates of many kinds in several spaces, plain K-Means among them, and one label-free
   choice (:mod:`.table_partition`). Images: see :mod:`.picture_partition`.
2. If K-Means of the rows is the choice, the encoder becomes a projection and no network is trained
   (:mod:`.kept_rows`).
3. Otherwise the network learns the chosen labels through a K-Means head (phase "cluster"); rows that are no landmarks
   learn the labels of the landmarks in their cell of the space that was cut last (:mod:`.self_training`).
"""

from __future__ import annotations

from dataclasses import replace

from ..data.source import JoinedRows
from ..exceptions import InvalidParameterError
from ..graph import KMEANS
from ..objectives import SelfLabel, SelfLabelling
from .context import FitContext
from .directions import find_directions
from .joined_labelling import run_joined_labelling
from .kept_rows import keep_rows
from .missing_cells import find_missing
from .neighbor_graph import build_graph, landmarks
from .picture_partition import find_picture_partition
from .result import ComparedPartitions, Course, FitResult
from .self_training import fit_pseudo_labels
from .series_graph import series_graph
from .table_partition import TablePartition, find_partition, report_of, why_none
from .wanted_partition import refuse_name_without_candidates

__all__ = ["run_self_labelling"]

_FEWEST_ROWS = 30


def run_self_labelling(context: FitContext, course: Course, strategy: SelfLabelling) -> FitResult:
    """Find a partition, then let the network learn it, or keep plain K-Means.

    Images find their partition while a network learns them, unless the user asks for one.
    """
    if not isinstance(context.objective, SelfLabel):
        raise InvalidParameterError(
            f"The strategy SelfLabelling is for the objective SelfLabel and its subclasses; {context.plan.objective!r} "
            "is none. Derive it from deepkmeans.objectives.SelfLabel, or leave its strategy Pretrained()."
        )
    if isinstance(context.rows.network, JoinedRows):
        return run_joined_labelling(context, course, strategy)
    if context.n_clusters > 1 and context.plan.finds_pictures:
        return _of_pictures(context, course, strategy)
    return _of_table(context, course, strategy)


def _of_table(context: FitContext, course: Course, strategy: SelfLabelling) -> FitResult:
    plan, k, plain = context.plan, context.n_clusters, context.rows.plain
    every, partition = context.all_rows(plain), None
    if k > 1:
        wanted = None if plan.partition == "auto" else plan.partition
        partition = find_partition(
            every, k, context.seeds, wanted, strategy=strategy, collective=context.collective, views=context.rows.views,
            directions=find_directions(context), missing=find_missing(context),
        )  # fmt: skip
    if partition is None:
        reason = why_none(every, k, strategy)
        refuse_name_without_candidates(plan.partition, reason)
        course.note(chosen=KMEANS, reason=reason)
        return keep_rows(context, plain)
    course.note(**report_of(partition))
    compared = ComparedPartitions(partition.index, partition.partitions)
    return replace(_learn_table(context, course, strategy, partition), partition=partition, compared=compared)


def _learn_table(context: FitContext, course: Course, strategy: SelfLabelling, partition: TablePartition) -> FitResult:
    """The labels of a table in a network, or plain K-Means, unless the network is the user's own."""
    rows = context.rows.network
    if partition.verdict.name == KMEANS and context.plan.architecture["network"] != "custom":
        return keep_rows(context, context.rows.plain, partition.centers)
    graph = build_graph(context.all_rows(rows), partition.index, context.n_clusters, strategy.n_neighbors)
    return fit_pseudo_labels(context, course, strategy, rows, graph, partition.labels)


def _of_pictures(context: FitContext, course: Course, strategy: SelfLabelling) -> FitResult:
    k, rows = context.n_clusters, context.rows.network
    every = context.all_rows(rows)
    index = landmarks(len(every), context.seeds, strategy.n_landmarks).to(rows.device)
    if len(index) < max(_FEWEST_ROWS, 4 * k):
        course.note(chosen=KMEANS, reason=f"{len(index)} rows are too few for a graph of {k} clusters")
        return keep_rows(context, rows)
    graph = build_graph(every, index, k, strategy.n_neighbors)
    shape = context.plan.data.image_shape
    if context.plan.data.input_kind == "series" and shape is not None:
        clearest = series_graph(graph, shape, k, strategy.n_neighbors)
        graph = clearest.graph
        course.note(space=clearest.space, spaces=clearest.clearness)
    course.note(n_landmarks=len(index))
    if course.resumed_phase == "cluster":
        course.keep_again(index, k)
        return replace(fit_pseudo_labels(context, course, strategy, rows, graph), compared=course.compared)
    partition = find_picture_partition(context, course, strategy, graph)
    context.objective.note(partition.report())
    course.note(**partition.report())
    course.keep(ComparedPartitions(index, partition.candidates()))
    if partition.is_kmeans and context.plan.architecture["network"] != "custom":
        result = keep_rows(context, rows)
    else:
        result = fit_pseudo_labels(
            context, course, strategy, rows, graph, partition.labels, partition.affinity, partition.space
        )  # fmt: skip
    return replace(result, compared=course.compared)
