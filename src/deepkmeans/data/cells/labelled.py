"""Levels that say themselves twice: "Small (S)", "1 (not at all)", "0 - none"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

__all__ = ["labels_in_order", "numbers_with_labels"]

_BRACKETED = re.compile(r"([^()]+?)\s*\(([^()]+)\)")
_NUMBERED = re.compile(
    r"(-?[0-9]{1,2})(?:\s*\((?P<inner>[^\W\d_][^()]*)\)|"
    r"\s*(?:-|–|—|:|=|\)|\.)\s*(?P<label>[^\W\d_].*))?"
)


def labels_in_order(texts: Sequence[str], order: Callable[[Sequence[str]], Sequence[str] | None]) -> list[str] | None:
    """Texts such as "Small (S)" by the ``order`` of what is before their brackets, or in them; None without one."""
    matches = [_BRACKETED.fullmatch(text) for text in texts]
    for part in (1, 2):
        labels = {match[part]: text for match, text in zip(matches, texts, strict=True) if match is not None}
        known = order(list(labels)) if len(labels) == len(texts) else None
        if known is not None:
            return [labels[label] for label in known]
    return None


def numbers_with_labels(
    texts: Sequence[str], order: Callable[[Sequence[str]], Sequence[str] | None]
) -> list[str] | None:
    """Texts such as "1 (not at all)" or "0 - none" by their numbers; None where these may stand for categories.

    They are levels where the words are in brackets, where some numbers have none, or where the words, too, come in that
    ``order``, or in the opposite one.
    """
    labels: dict[int, str] = {}
    names: dict[int, str] = {}
    inner = True
    for text in texts:
        match = _NUMBERED.fullmatch(text)
        if match is None or int(match[1]) in names:
            return None
        number, label = int(match[1]), match["inner"] or match["label"]
        names[number] = text
        inner = inner and match["label"] is None
        if label:
            labels[number] = label.strip()
    if len(names) < 2 or not labels or (len(labels) > 1 and len(set(labels.values())) == 1):
        return None
    ranked = [labels[number] for number in sorted(labels)]
    if not inner and len(labels) == len(names):
        known = list(order(ranked) or ())
        if known not in (ranked, ranked[::-1]):
            return None
    return [names[number] for number in sorted(names)]
