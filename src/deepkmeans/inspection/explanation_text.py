"""An explanation as the text that a person reads in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .formatting import counted_rows, share_text

if TYPE_CHECKING:
    from .explanation import ClusterSummary, Explanation

__all__ = ["cluster_text", "text_of"]

_WIDTH, _MOST_WORDS, _MOST_EXEMPLARS = 100, 8, 3
_MOST_TEXT = 160


def text_of(explanation: Explanation) -> str:
    """Summary, clusters one after the other, tree, and what else there is to know."""
    blocks = ["\n".join(_wrapped(" ".join(explanation.summary), ""))]
    if explanation.inputs is not None:
        blocks.append("\n".join(_wrapped(explanation.inputs.summary(), "")))
    blocks += [cluster_text(explanation, cluster) for cluster in explanation.clusters]
    if explanation.rules is not None and any(cluster.rule for cluster in explanation.clusters):
        small, large = explanation.rules
        said = (
            f"Rules of one leaf a cluster are right for {share_text(small.fidelity)} of rows that they have not seen, "
            f"those of {large.n_leaves} leaves for {share_text(large.fidelity)} (by chance: "
            f"{share_text(small.by_chance)})."
        )
        blocks.append("\n".join(_wrapped(said, "")))
    if explanation.tree is not None and len(explanation.clusters) > 2:
        blocks.append("Which clusters are alike\n" + textwrap.indent(explanation.tree.text(explanation.titles), "  "))
    notes = [line for note in explanation.health for line in _note(note.text, note.kind, note.try_next)]
    if notes:
        blocks.append("\n".join(["How the fit went", *notes]))
    return "\n\n".join(blocks)


def cluster_text(explanation: Explanation, cluster: ClusterSummary) -> str:
    """One cluster: name, size, what distinguishes it, rule, typical rows, the cluster next to it."""
    size = f"{counted_rows(cluster.size)}, {share_text(cluster.share)}"
    sure = "" if cluster.confidence is None else f"; confidence {share_text(cluster.confidence)}"
    name = "" if cluster.name is None else f": {cluster.name}"
    return "\n".join([f"Cluster {cluster.number}{name} ({size}{sure})", *_lines(explanation, cluster)])


def _lines(explanation: Explanation, cluster: ClusterSummary) -> Iterator[str]:
    profile = cluster.profile
    if profile.words:
        yield from _wrapped("Words: " + ", ".join(word.word for word in profile.words[:_MOST_WORDS]))
    for distinction in profile.headline:
        yield from _wrapped(distinction.text)
    if not profile.words and not profile.distinctions and explanation.rows.kind == "table":
        yield from _wrapped("Nothing distinguishes it by more than chance would.")
    if cluster.rule:
        yield from _wrapped(f"Rule: {cluster.rule}")
    if explanation.inputs is not None:
        decided = explanation.inputs.cluster_text(explanation.labels == cluster.number)
        yield from _wrapped(f"Decided by: {decided}")
    typical = cluster.exemplars.exemplars[:_MOST_EXEMPLARS]
    if explanation.rows.texts is not None:
        for row in typical:
            yield from _wrapped(f"Row {row}: " + textwrap.shorten(explanation.rows.texts[row], _MOST_TEXT))
    elif typical:
        next_to = cluster.exemplars.runner_up
        beside = "" if next_to is None else f"; nearest other cluster: {explanation.titles[next_to]}"
        called = list(map(explanation.rows.called, typical))
        # Files of one column of a table are called by its identifier.
        of_files = explanation.rows.kind in ("pictures", "recordings") and all("." in name for name in called)
        yield from _wrapped(f"Typical {'files' if of_files else 'rows'}: {', '.join(called)}{beside}")


def _note(text: str, kind: str, try_next: str | None) -> Iterator[str]:
    mark = {"ok": "+", "note": "-", "warning": "!"}[kind]
    yield from _wrapped(text, f"  {mark} ", "    ")
    if try_next:
        yield from _wrapped(f"Try: {try_next}.", "    ", "    ")


def _wrapped(text: str, first: str = "  ", later: str | None = None) -> list[str]:
    after = later if later is not None else "" if not first else f"{first}  "
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=after, break_long_words=False) or [first]
