"""An explanation in a notebook: the sentences, a table of the clusters, and what else there is to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._notebook import block, bullets, paragraph, table
from .formatting import counted_rows, share_text

if TYPE_CHECKING:
    from .explanation import ClusterSummary, Explanation

__all__ = ["explanation_html"]

#: Distinctions, or words, of a cluster.
_MOST, _MOST_WORDS = 3, 8


def explanation_html(explanation: Explanation) -> str:
    """HTML without script or style sheet; whatever it says is escaped."""
    first, *others = explanation.summary
    parts = [paragraph(text) for text in others]
    if explanation.inputs is not None:
        parts.append(paragraph(explanation.inputs.summary()))
    if explanation.clusters:
        sure = any(cluster.confidence is not None for cluster in explanation.clusters)
        rules = any(cluster.rule for cluster in explanation.clusters)
        head = ["", "cluster", "rows", "what distinguishes it"]
        head += (["rule"] if rules else []) + (["confidence"] if sure else [])
        rows = [_row(cluster, rules, sure) for cluster in explanation.clusters]
        parts.append(table(head, rows, words=(1, 3, 4) if rules else (1, 3)))
    notes = [
        note.text + (f" Try: {note.try_next}." if note.try_next else "")
        for note in explanation.health
        if note.kind != "ok"
    ]
    return block(first, *parts, bullets(notes))


def _row(cluster: ClusterSummary, rules: bool, sure: bool) -> list[str]:
    profile = cluster.profile
    said = [each.text for each in profile.distinctions[:_MOST]]
    if not said and profile.words:
        said = ["words: " + ", ".join(word.word for word in profile.words[:_MOST_WORDS])]
    size = f"{counted_rows(cluster.size)} ({share_text(cluster.share)})"
    cells = [str(cluster.number), cluster.name or "", size, "; ".join(said)]
    cells += [cluster.rule or ""] if rules else []
    return cells + (["" if cluster.confidence is None else share_text(cluster.confidence)] if sure else [])
