"""Explanations of the package in the words of the command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .console import Console
from .flags import in_flags_of_fit
from .options import errors_in_flags

if TYPE_CHECKING:
    from ..inspection import Explanation
    from .row_names import RowNames

__all__ = ["explained", "in_words", "only_input", "with_flags", "with_row_names"]


def only_input(X: Any) -> Any:
    """The rows of a mapping of one input, which a model of one takes as well; others as they are."""
    return next(iter(X.values())) if isinstance(X, Mapping) and len(X) == 1 else X


def explained(console: Console, model: Any, X: Any) -> Explanation:
    """What the clusters of ``model`` are, as seen in the rows ``X``; the same every time."""
    from ..inspection import explain

    with console.collected_warnings(), errors_in_flags():
        return explain(model, X, random_state=0)


def with_row_names(explanation: Explanation, rows: RowNames) -> Explanation:
    """The same, with typical rows and those at boundaries as labels.csv calls them; texts keep their numbers."""
    names = list(rows.names)
    numbered = names == list(range(len(names)))
    if numbered and explanation.rows.names is not None:
        return replace(explanation, rows=replace(explanation.rows, names=None))
    if explanation.rows.texts is not None or numbered:
        return explanation
    if explanation.rows.names is not None:  # files, which the explanation calls by name itself
        return replace(explanation, rows=replace(explanation.rows, names=tuple(map(str, names))))
    clusters = []
    for cluster in explanation.clusters:
        named: dict[str, Any] = {
            part: tuple(names[row] for row in getattr(cluster.exemplars, part)) for part in ("exemplars", "boundary")
        }
        clusters.append(replace(cluster, exemplars=replace(cluster.exemplars, **named)))
    return replace(explanation, clusters=tuple(clusters))


def with_flags(explanation: Explanation) -> Explanation:
    """The same, with flags in place of parameters in what is said of the fit."""
    notes = tuple(
        replace(note, text=in_flags_of_fit(note.text), try_next=note.try_next and in_flags_of_fit(note.try_next))
        for note in explanation.health
    )
    summary = tuple(map(in_flags_of_fit, explanation.summary))
    report = _in_flags(explanation.report)
    return replace(explanation, health=notes, summary=summary, report=report)  # type: ignore[arg-type]


def _in_flags(report: Any, key: str = "") -> Any:
    """A report with its reasons and notes in the words of the command; nothing else of it is a sentence."""
    if isinstance(report, dict):
        return {name: _in_flags(value, name) for name, value in report.items()}
    if isinstance(report, (list, tuple)):
        return [_in_flags(value, key) for value in report]
    return in_flags_of_fit(report) if isinstance(report, str) and key in ("reason", "notes") else report


def in_words(text: str) -> list[str]:
    """The lines of a text, with flags in place of parameters."""
    return [in_flags_of_fit(line) for line in text.splitlines()]
