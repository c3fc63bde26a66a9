"""A fitted estimator in a notebook: scikit-learn's diagram, and below it what the fit found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .._notebook import block, facts
from ..graph import how_sure

__all__ = ["ShowsFit"]

#: Sizes of so many clusters are listed.
_LISTED = 12


class ShowsFit:
    """An estimator whose HTML says what its fit found."""

    def _html_repr(self) -> str:
        shown = str(super()._html_repr())  # type: ignore[misc]  # of scikit-learn's BaseEstimator
        said = dict(_facts(self)) if getattr(self, "n_features_in_", None) is not None else {}
        return shown + (block(f"This {type(self).__name__} found", facts(said)) if said else "")


def _facts(model: Any) -> Iterator[tuple[str, str]]:
    report: Mapping[str, Any] = getattr(model, "report_", {})
    sizes = _sizes(model, report)
    if sizes:
        shown = ", ".join(f"{round(size):,}" for size in sizes[:_LISTED])
        more = f" and {len(sizes) - _LISTED} more" if len(sizes) > _LISTED else ""
        yield "clusters", f"{len(sizes)}, of {shown}{more} rows"
    names = {number: name for number, name in dict(getattr(model, "cluster_names_", None) or {}).items() if name}
    if names:
        yield "names", ", ".join(f"{number}: {name}" for number, name in names.items())
    selection = report.get("n_clusters_selection")
    if selection:
        second = "" if selection["second"] is None else f"; runner-up {selection['second']}"
        sure = how_sure(selection["confidence"])
        yield "number of clusters", f"{selection['n_clusters']} chosen ({sure}{second})"
    if "chosen" in report:
        rounds = report.get("rounds") or [{}]
        compared = len(rounds[-1].get("candidates", ()))
        text = str(report["chosen"]) + (f", taken among {compared:,} partitions" if compared > 1 else "")
        if report.get("confidence") is not None:
            text += f" ({how_sure(report['confidence'])})"
        yield "partition", text
    epochs = getattr(model, "history_", None)
    if epochs:
        text = f"{len(epochs):,} epochs"
        loss = epochs[-1].get("held_out", epochs[-1].get("loss"))
        name = "of held-out rows " if "held_out" in epochs[-1] else ""
        yield "training", text + (f"; last loss {name}{loss:.4g}" if loss is not None else "")
    elif hasattr(model, "inertia_"):
        yield "inertia", f"{model.inertia_:.4g}"
    noted = "; ".join(_warnings(report))
    if noted:
        yield "to know", noted


def _sizes(model: Any, report: Mapping[str, Any]) -> list[float]:
    """Rows of every cluster, weighted."""
    if "cluster_sizes" in report:
        return list(report["cluster_sizes"])
    counts = getattr(model, "counts_", None)
    if counts is None and getattr(model, "labels_", None) is not None:
        counts = np.bincount(model.labels_)
    return [] if counts is None else np.asarray(counts).tolist()


def _warnings(report: Mapping[str, Any]) -> Iterator[str]:
    """What a fit warned of, as far as its report says."""
    if report.get("interrupted"):
        yield "the fit was interrupted"
    elif report.get("converged") is False:
        yield "the fit ended before it converged"
    if report.get("collapsed"):
        yield "fewer clusters hold rows than were asked for, or the embedding has shrunk to a point"
    if report.get("rival") is not None:
        yield f"another division, {report['rival']}, is as good as far as can be told"
    imputed = report.get("imputed")
    if imputed:
        cells = sum(imputed.values())
        yield f"{cells:,} missing {'cell' if cells == 1 else 'cells'} were imputed"
