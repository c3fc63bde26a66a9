"""The default's way to its labels: a partition is found, then taught to a network, or plain K-Means is kept."""

from __future__ import annotations

from typing import Any

from ..exceptions import InvalidParameterError
from ..graph import KMEANS
from ..runtime import Seeds
from .prepared_rows import PreparedRows
from .self_labelling import self_label, settle_on_rows, teach_partition
from .table_partition import TablePartition, find_partition, report_of, why_none

__all__ = ["label_rows"]


def label_rows(model: Any, prepared: PreparedRows, seeds: Seeds, resumed: Any) -> TablePartition | None:
    """Set ``encoder_``, ``objective_``, ``history_`` and ``report_`` of ``model``; what was found of a table.

    Pictures find their partition while a network learns them, unless the user asks for one.
    """
    k, asked = model._k, model.partition != "auto"
    if k > 1 and model.report_["image_shape"] is not None and not asked:
        self_label(model, prepared.network, seeds, resumed)
        return None
    found = find_partition(prepared.plain, k, seeds, model.partition if asked else None) if k > 1 else None
    if found is None:
        if model.partition not in ("auto", KMEANS):
            raise InvalidParameterError(
                f"The 'partition' parameter {model.partition!r} is no candidate of these rows "
                f"({why_none(prepared.plain, k)}): give 'auto' or 'k-means'."
            )
        model.report_ |= {"chosen": KMEANS, "reason": why_none(prepared.plain, k)}
    else:
        model.report_ |= report_of(found)
    own_encoder = model._architecture["network"] == "custom"
    if found is not None and (found.verdict.name != KMEANS or own_encoder):
        teach_partition(model, prepared.network, seeds, resumed, found)
        return found
    model.scaling_ = prepared.plain.scaling
    settle_on_rows(model, prepared.plain, seeds, centers=None if found is None else found.centers)
    projected = model.scaling_.components is not None
    model.report_["scaling"] = model.scaling_.kind
    if model.reducer_ is None:
        model.report_["reduce"] = "pca" if projected else "none"
        model.report_["n_directions"] = prepared.plain.n_inputs - len(model.scaling_.flagged) if projected else None
    return found
