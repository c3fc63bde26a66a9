"""The result of a search for the number of clusters: a choice, a table, a plot, a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .._optional import require
from ..graph import how_sure
from .selection_html import selection_html

__all__ = ["NClustersSelection", "from_statistics"]

_PANELS = (
    ("inertia", "elbow: inertia"), ("silhouette", "silhouette (macro)"), ("calinski_harabasz", "Calinski-Harabasz"),
    ("davies_bouldin", "Davies-Bouldin (low is good)"), ("gap", "gap statistic"), ("stability", "stability (ARI)"),
    ("merge_gain", "merge gain of the graph"), ("posterior", "probability by gaps"),
)  # fmt: skip
_SUGGESTED_BY = {"inertia": "elbow"}
#: What reports of earlier versions call the posterior.
_EARLIER_NAME = "belief"


@dataclass(frozen=True)
class NClustersSelection:
    """What :func:`select_n_clusters` found.

    Attributes
    ----------
    n_clusters : int
        The choice; 1 where no structure is clear.
    second : int or None
        The next best.
    confidence : float
        Probability, in [0, 1], that the choice is right to within 1.
    confident : bool
    reason : str
    table : DataFrame
        One row for each k: ``posterior`` (probability by low-density gaps) and the criteria ``inertia``, ``silhouette``
        (macro-averaged over clusters, sampled in each), ``calinski_harabasz``, ``davies_bouldin``, ``gap`` with
        ``gap_error``, ``stability`` (adjusted Rand index between partitions of samples), ``stability_of_chance`` (the
        same on structureless rows) and ``merge_gain`` (modularity gained by the merge that leaves k clusters).
    suggestions : dict of str to int or None
        The k that each criterion alone would choose.
    useful_division : dict or None
        Where ``n_clusters`` is 1: the division that silhouette, gap and stability suggest all the same, with its
        ``n_clusters``, the ``criteria`` that would choose it to within 1, and what was measured (see
        :func:`deepkmeans.metrics.division.useful_division`); None if there is none.
    """

    n_clusters: int
    second: int | None
    confidence: float
    confident: bool
    reason: str
    table: pd.DataFrame
    suggestions: dict[str, int | None]
    useful_division: dict[str, Any] | None = None

    def __str__(self) -> str:
        second = "" if self.second is None else f"; runner-up {self.second}"
        clusters = "cluster" if self.n_clusters == 1 else "clusters"
        return f"{self.n_clusters} {clusters} ({how_sure(self.confidence)}{second}): {self.reason}"

    def _repr_html_(self) -> str:
        k = self.table["k"].tolist()
        last = max(10, 2 * self.n_clusters)
        frame, chosen = self.table[self.table["k"] <= last], k.index(self.n_clusters) if self.n_clusters in k else None
        title = f"{self.n_clusters} cluster{'' if self.n_clusters == 1 else 's'} ({how_sure(self.confidence)})"
        return selection_html(title, self.reason, frame, ("k", "posterior", "silhouette", "stability", "gap"), chosen)

    def to_dict(self) -> dict[str, Any]:
        """Everything as one JSON-safe dict; undefined figures are None."""
        columns = {name: [None if pd.isna(v) else v for v in self.table[name].tolist()] for name in self.table}
        return {
            "n_clusters": self.n_clusters, "second": self.second, "confidence": self.confidence,
            "confident": self.confident, "reason": self.reason, "suggestions": dict(self.suggestions),
            "useful_division": self.useful_division, "k": columns.pop("k"), "posterior": columns.pop("posterior"),
            "curves": columns,
        }  # fmt: skip

    def plot(self) -> Any:
        """A matplotlib Figure (made without pyplot): a panel for every criterion, with the choice marked in each.

        Raises
        ------
        MissingDependencyError : matplotlib is not installed.
        """
        Figure = require("matplotlib.figure", extra="plot", purpose="plot()").Figure
        figure = Figure(figsize=(12, 5.5), layout="constrained")
        for ax, (name, title) in zip(figure.subplots(2, 4).ravel(), _PANELS, strict=True):
            k, values = self.table["k"], self.table[name]
            if name == "posterior":
                ax.bar(k, values, color="tab:blue")
            elif name == "gap":
                ax.errorbar(k, values, yerr=self.table["gap_error"], marker=".", capsize=2)
            else:
                ax.plot(k, values, marker=".")
            if name == "stability":
                ax.plot(k, self.table["stability_of_chance"], color="0.5", linestyle=":", label="structureless")
                ax.legend(fontsize="small")
            suggested = self.suggestions.get(_SUGGESTED_BY.get(name, name))
            ax.axvline(self.n_clusters, color="tab:red", linestyle="--", linewidth=1)
            if suggested is not None:
                ax.axvline(suggested, color="tab:green", linestyle=":", linewidth=1)
            ax.set_title(title if suggested is None else f"{title}: {suggested}", fontsize="medium")
            ax.set_xlabel("k")
        figure.suptitle(
            f"n_clusters = {self.n_clusters} (red; {how_sure(self.confidence)}); green: what a criterion alone would "
            "choose", fontsize="medium",
        )  # fmt: skip
        return figure


def from_statistics(statistics: Mapping[str, Any]) -> NClustersSelection:
    """The result from what :func:`deepkmeans.graph.n_clusters_statistics` gives, or a ``report_`` holds."""
    posterior = statistics["posterior"] if "posterior" in statistics else statistics[_EARLIER_NAME]
    table = pd.DataFrame({"k": statistics["k"], "posterior": posterior} | statistics["curves"])
    for name in table.columns[1:]:
        table[name] = pd.to_numeric(table[name]).astype(float)
    return NClustersSelection(
        statistics["n_clusters"], statistics["second"], statistics["confidence"], statistics["confident"],
        statistics["reason"], table, dict(statistics["suggestions"]),
        statistics.get("useful_division"),  # reports of older models have none
    )  # fmt: skip
