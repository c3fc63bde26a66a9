"""The default's way to its labels: a partition is found, then taught to a network, or plain K-Means is kept."""

from __future__ import annotations

from ..exceptions import InvalidParameterError
from ..graph import KMEANS
from .context import FitContext
from .result import Course, FitResult
from .self_labelling import SelfLabelling, keep_rows
from .table_partition import TablePartition, find_partition, report_of, why_none

__all__ = ["label_rows"]


def label_rows(context: FitContext, course: Course) -> tuple[FitResult, TablePartition | None]:
    """The result of the fit, and what was found of a table.

    Pictures find their partition while a network learns them, unless the user asks for one.
    """
    plan, k, rows = context.plan, context.n_clusters, context.rows
    asked = plan.partition != "auto"
    if k > 1 and plan.finds_pictures:
        return SelfLabelling(context, rows.network, course).run(), None
    found = find_partition(rows.plain, k, context.seeds, plan.partition if asked else None) if k > 1 else None
    if found is None:
        if plan.partition not in ("auto", KMEANS):
            raise InvalidParameterError(
                f"The 'partition' parameter {plan.partition!r} is no candidate of these rows "
                f"({why_none(rows.plain, k)}): give 'auto' or 'k-means'."
            )
        course.note(chosen=KMEANS, reason=why_none(rows.plain, k))
    else:
        course.note(**report_of(found))
    own_encoder = plan.architecture["network"] == "custom"
    if found is not None and (found.verdict.name != KMEANS or own_encoder):
        return SelfLabelling(context, rows.network, course).teach(found), found
    return keep_rows(context, course, rows.plain, None if found is None else found.centers), found
