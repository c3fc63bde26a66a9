"""What :func:`deepkmeans.inspection.explain` finds: each cluster in the user's words, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .._quoting import short
from ..exceptions import InvalidParameterError
from .health import HealthNote
from .original import OriginalRows

if TYPE_CHECKING:
    from .cluster_tree import ClusterTree
    from .exemplars import ClusterExemplars
    from .input_shares import InputShares
    from .profile import ClusterProfile
    from .rules import RuleTree
    from .saliency import Saliency
    from .summary import Certainty

__all__ = ["ClusterSummary", "Explanation"]


@dataclass(frozen=True, eq=False)
class ClusterSummary:
    """One cluster.

    Attributes
    ----------
    number : int
        As ``predict`` gives it.
    name : str or None
        Proposed from what distinguishes it, or given by a person; None where nothing does.
    size : float
        Rows, weighted.
    share : float
        Of all rows, 0 to 1.
    profile : ClusterProfile
    rule : str or None
        Thresholds on the user's columns that most of its rows meet, where the rules hold on rows that they have not
        seen.
    exemplars : ClusterExemplars
        Typical rows, rows at its boundary, and the cluster that is next to it.
    confidence : float or None
        Mean of its rows; None where the model gives none.
    stability : float or None
        Share of its rows that refits on halves of the rows put together again.
    is_proposed : bool
        Whether the name was made of what distinguishes the cluster, not given by a person or a function of theirs.
    """

    number: int
    name: str | None
    size: float
    share: float
    profile: ClusterProfile
    rule: str | None
    exemplars: ClusterExemplars
    confidence: float | None
    stability: float | None
    is_proposed: bool = False

    @property
    def title(self) -> str:
        """Its name, or "Cluster 3"."""
        return self.name or f"Cluster {self.number}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "number": self.number, "name": self.name, "size": self.size, "share": self.share, "rule": self.rule,
            "confidence": self.confidence, "stability": self.stability, "profile": self.profile.to_dict(),
            "exemplars": self.exemplars.to_dict(),
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Explanation:
    """What the clusters of a model are; ``str()`` of it is the text that a person reads.

    Attributes
    ----------
    rows : OriginalRows
        What was explained, in the user's own columns.
    labels : ndarray of shape (n,), int
    clusters : tuple of ClusterSummary
        In the order of their numbers.
    rules : (RuleTree, RuleTree) or None
        A tree of one leaf a cluster, and a larger one, with their cross-validated fidelity; None of fewer than two
        clusters.
    tree : ClusterTree or None
        Which clusters join first.
    confidence, outlier_score : ndarray of shape (n,) or None
        Of each row, where the model gives them.
    columns : tuple of str
        Those that distinguish the clusters, the most telling first.
    summary : (str, str, str)
        What there is, how the clusters differ, and how sure that is: a sentence each.
    health : tuple of HealthNote
    report : dict
        ``report_`` of a model of ours, else empty.
    certainty : Certainty or None
        The figures of the third sentence.
    inputs : InputShares or None
        Of a model of several inputs, which of them decided each row.
    saliency : Saliency or None
        Of pictures, recordings and series, which region of the typical ones speaks for their cluster.
    """

    rows: OriginalRows
    labels: np.ndarray
    clusters: tuple[ClusterSummary, ...]
    rules: tuple[RuleTree, RuleTree] | None
    tree: ClusterTree | None
    confidence: np.ndarray | None
    outlier_score: np.ndarray | None
    columns: tuple[str, ...]
    summary: tuple[str, str, str]
    health: tuple[HealthNote, ...]
    report: dict[str, Any]
    certainty: Certainty | None = None
    inputs: InputShares | None = None
    saliency: Saliency | None = None

    def cluster(self, number: int) -> ClusterSummary:
        """The cluster of this number.

        Raises
        ------
        InvalidParameterError
            If there is none.
        """
        for cluster in self.clusters:
            if cluster.number == number:
                return cluster
        numbers = ", ".join(str(cluster.number) for cluster in self.clusters[:20])
        raise InvalidParameterError(
            f"The 'number' of a cluster must be one of {numbers or 'none: no row is in a cluster'}. Got "
            f"{short(repr(number))[1:-1]} instead."
        )

    @property
    def titles(self) -> dict[int, str]:
        """What each cluster is called, by number."""
        return {cluster.number: cluster.title for cluster in self.clusters}

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without the rows: what ``deepkmeans describe --json`` prints."""
        inputs = {} if self.inputs is None else {"inputs": self.inputs.to_dict()}
        return {
            "n_samples": len(self.rows), "summary": list(self.summary), "columns": list(self.columns),
            "clusters": [self._cluster_dict(cluster) for cluster in self.clusters], **inputs,
            "rules": None if self.rules is None else [tree.to_dict() for tree in self.rules],
            "tree": None if self.tree is None else self.tree.to_dict(),
            "health": [note.to_dict() for note in self.health],
        }  # fmt: skip

    def _cluster_dict(self, cluster: ClusterSummary) -> dict[str, Any]:
        """A cluster, with the files of the rows that it names and what decided on it."""
        made = cluster.to_dict()
        if self.rows.names is not None:
            shown = cluster.exemplars
            made["files"] = {
                "exemplars": [self.rows.called(row) for row in shown.exemplars],
                "boundary": [self.rows.called(row) for row in shown.boundary],
            }
        if self.inputs is not None:
            made["inputs"] = self.inputs.mean(self.labels == cluster.number)
        return made

    def _repr_html_(self) -> str:
        from .explanation_html import explanation_html

        return explanation_html(self)

    def __str__(self) -> str:
        from .explanation_text import text_of

        return text_of(self)
