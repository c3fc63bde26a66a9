"""What a user is told about a finished fit: the warnings."""

from __future__ import annotations

import math
import warnings
from typing import Any

from sklearn.exceptions import ConvergenceWarning

from ..exceptions import CollapseWarning, MissingValuesWarning, UncertainStructureWarning

__all__ = ["warn_of_findings"]

#: Two partitions compete if they share less than this of their information, and their consensus is that close.
_UNLIKE, _CLOSE = 0.6, 0.02
#: Below this probability of being right they are worth a warning.
_DOUBTFUL = 0.8


def warn_of_findings(model: Any, stacklevel: int = 4) -> None:
    """Imputed cells, collapsed clusters, an early end: one warning each, at the caller of ``fit``."""
    report = model.report_
    if report["imputed"]:
        cells = ", ".join(f"{name!r}: {count}" for name, count in report["imputed"].items())
        message = f"Missing values were imputed by column means ({cells})."
        warnings.warn(message, MissingValuesWarning, stacklevel=stacklevel)
    if report["collapsed"]:
        warnings.warn(
            f"{model.n_clusters_} of {model._k} clusters hold rows: ask for fewer clusters, or try another "
            "objective or a lower learning_rate.", CollapseWarning, stacklevel=stacklevel,
        )  # fmt: skip
    _warn_of_rivals(model.alternatives_, report, stacklevel + 1)
    if not report["converged"] and model.n_iter_ >= report["max_epochs"]:
        changed = model.history_[-1].get("changed", math.nan)
        warnings.warn(
            f"DeepKMeans reached max_epochs={report['max_epochs']} before convergence ({changed:.2%} of "
            f"labels still changed, tol={model.tol:g}); raise max_epochs or tol.", ConvergenceWarning,
            stacklevel=stacklevel,
        )  # fmt: skip


def _warn_of_rivals(alternatives: list[dict[str, Any]], report: dict[str, Any], stacklevel: int) -> None:
    sure = report.get("confidence")
    if sure is None or sure >= _DOUBTFUL:
        return
    own = next(other for other in alternatives if other["name"] == report["chosen"])
    rivals = [
        other for other in alternatives
        if other is not own and other["like_chosen"] < _UNLIKE and other["consensus"] >= own["consensus"] - _CLOSE
    ]  # fmt: skip
    if rivals:
        rival = rivals[0]
        warnings.warn(
            f"The rows can be divided in ways that differ and are as good, as far as can be told: {own['name']} was "
            f"taken, {rival['name']} shares {rival['like_chosen']:.0%} of its information. Look at alternatives_; "
            f"partition={rival['name']!r} takes the other.",
            UncertainStructureWarning, stacklevel=stacklevel,
        )  # fmt: skip
