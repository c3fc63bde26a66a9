"""An explanation in the language of a page: its names, sentences, rules and notes made anew of their figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..inspection.original import OriginalColumn
from .health_in_language import note_in_language
from .names_in_language import names_in_language
from .sentences import Sentences
from .summary_in_language import summary_in_language

if TYPE_CHECKING:
    from ..inspection.explanation import Explanation

__all__ = ["in_language"]


@dataclass(frozen=True, eq=False)
class _LocalColumn(OriginalColumn):
    """A column whose values are written in the language of the page."""

    sentences: Sentences | None = None

    def shown(self, value: Any, *, exact: bool = False) -> str:
        text = super().shown(value, exact=exact)
        return text if self.sentences is None else self.sentences.value(self, text)


def in_language(explanation: Explanation, sentences: Sentences) -> Explanation:
    """The same explanation, with everything said that can be said in the language of ``sentences``."""
    if sentences.is_english:
        return explanation
    names = names_in_language(explanation, sentences)
    rules = explanation.rules
    clusters = tuple(
        replace(
            cluster, name=names[cluster.number],
            rule=None if cluster.rule is None or rules is None
            else rules[0].rule_of(cluster.number, most=2, wording=sentences.rules),
        )
        for cluster in explanation.clusters
    )  # fmt: skip
    columns = tuple(
        _LocalColumn(one.name, one.kind, one.values, one.levels, one.unit, one.options, sentences)
        for one in explanation.rows.columns
    )
    said = replace(explanation, clusters=clusters, rows=replace(explanation.rows, columns=columns))
    return replace(
        said, summary=summary_in_language(said, sentences),
        health=tuple(note_in_language(note, names, sentences) for note in explanation.health),
    )  # fmt: skip
