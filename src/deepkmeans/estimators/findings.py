"""What a user is told about a finished fit: the warnings."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from sklearn.exceptions import ConvergenceWarning

from .._caller import caller_level
from ..data.preprocessing.series import named_rows
from ..exceptions import CollapseWarning, MissingValuesWarning, UncertainStructureWarning
from ..fitting import FitPlan
from ..objectives import SelfLabelling

__all__ = ["warn_of_findings"]

#: Below this consensus of the candidates there is a warning.
_DISAGREED = 0.4
#: Rows that cannot be read of which a warning tells why.
_NAMED = 3
_MISSING = "it is missing"


def warn_of_findings(report: Mapping[str, Any], plan: FitPlan, history: Sequence[Mapping[str, Any]]) -> None:
    """Imputed cells, unreadable rows, collapsed clusters, an early end: one warning each, at the caller of ``fit``."""
    k, n_clusters = plan.n_clusters or 1, report["n_clusters"]
    if report["imputed"]:
        cells = ", ".join(f"{name!r}: {count}" for name, count in report["imputed"].items())
        by = "" if "input" in report else " by column means"
        message = f"Missing values were imputed{by} ({cells})."
        warnings.warn(message, MissingValuesWarning, stacklevel=caller_level())
    seen = report.get("input", {})
    if not seen.get("left_out"):
        _warn_of_skipped(seen.get("skipped") or (), "nothing", "report_['input']['skipped']")
    for name, each in report.get("inputs", {}).items():  # of several, that a row lacks one is no news
        broken = [row for row in each.get("input", {}).get("skipped") or () if row["reason"] != _MISSING]
        _warn_of_skipped(broken, f"nothing by {name!r}", f"report_['inputs'][{name!r}]['input']['skipped']")
    if seen.get("kind") == "series" and (lost := [each["row"] for each in seen["left_out"]]):
        count = "1 series has" if seen["n_left_out"] == 1 else f"{seen['n_left_out']:,} series have"
        decide = "decides" if seen["n_left_out"] == 1 else "decide"
        message = f"{count} no value and {decide} nothing ({named_rows(lost)})."
        warnings.warn(message, MissingValuesWarning, stacklevel=caller_level())
    if report["collapsed"]:
        said = f"{n_clusters} of {k} clusters hold rows: ask for fewer clusters, or try" if n_clusters < k else (
            "The embedding has shrunk to one point: try"
        )  # fmt: skip
        message = f"{said} another objective or a lower learning_rate."
        warnings.warn(message, CollapseWarning, stacklevel=caller_level())
    chosen = report if isinstance(plan.strategy, SelfLabelling) and not hasattr(plan.strategy, "run") else {}
    if chosen.get("consensus", 1.0) < _DISAGREED:
        warnings.warn(
            f"Methods find different partitions in these rows (consensus {report['consensus']:.2f} of 1 for the one "
            f"taken, {report['chosen']}): there may be no clear structure in {k} clusters. Look at "
            "alternatives_, or at n_clusters='auto'.", UncertainStructureWarning, stacklevel=caller_level(),
        )  # fmt: skip
    elif chosen.get("rival") is not None:
        shared = report["rounds"][-1]["candidates"][report["rival"]]["like_chosen"]
        warnings.warn(
            f"The rows can be divided in ways that differ and are as good, as far as can be told: {report['chosen']} "
            f"was taken, {report['rival']} shares {shared:.0%} of its information. Look at alternatives_; "
            f"partition={report['rival']!r} takes the other.", UncertainStructureWarning, stacklevel=caller_level(),
        )  # fmt: skip
    if report["converged"] or report["interrupted"]:
        return
    if not report["n_iter"]:
        warnings.warn(
            "DeepKMeans has taken the partition of plain K-Means, which stopped at its largest number of iterations "
            "before it converged.",
            ConvergenceWarning, stacklevel=caller_level(),
        )  # fmt: skip
    elif report["n_iter"] >= report["max_epochs"]:
        last = [record for record in history if record["phase"] == "cluster"][-2:]
        loss = " to ".join(f"{record['loss']:.4g}" for record in last)
        warnings.warn(
            f"DeepKMeans reached max_epochs={report['max_epochs']} before convergence (in the last epoch "
            f"{last[-1].get('changed', math.nan):.2%} of labels still changed; loss {loss}; tol={plan.tol:g}); raise "
            "max_epochs or tol.", ConvergenceWarning, stacklevel=caller_level(),
        )  # fmt: skip


def _warn_of_skipped(skipped: Sequence[Mapping[str, Any]], what: str, place: str) -> None:
    """One warning of the rows of an input that cannot be read; ``place`` lists all of them."""
    if not skipped:
        return
    named = "; ".join(f"{each['name']}: {each['reason']}" for each in skipped[:_NAMED])
    more = f"; {place} lists all" if len(skipped) > _NAMED else ""
    one = len(skipped) == 1
    rows = f"{len(skipped):,} row{'' if one else 's'} cannot be read and decide{'s' if one else ''} {what}"
    warnings.warn(f"{rows} ({named}{more}).", MissingValuesWarning, stacklevel=caller_level())
