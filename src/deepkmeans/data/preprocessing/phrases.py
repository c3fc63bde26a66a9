"""Phrases of two words, beside the terms of a text; and words of scripts without spaces, whole again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from .scripts import unspaced
from .terms import STOP_WORDS, terms_of

__all__ = ["joined_sequences", "phrases_of"]

#: What ends a phrase.
_ENDS = re.compile(r"\.(?!\d)|[,:](?=\s|$)|[;!?()\[\]{}<>\"\n@/\\|=*~^`$%&\u3002\uff0c\uff01\uff1f\u3001]+")
#: A sequence is part of a longer word if so much of the texts that have it have that.
_TOGETHER = 0.7
_LONGEST = 6


@cache
def _without_spaces() -> re.Pattern[str]:
    return re.compile(f"[{unspaced()}]")


def phrases_of(text: str) -> list[str]:
    """The terms of a text and the pairs of neighbours among them, function words in none of these."""
    phrases: list[str] = []
    for part in _ENDS.split(text):
        terms = terms_of(part) if part.strip() else []
        phrases += terms
        for first, second in zip(terms, terms[1:], strict=False):
            if first == second or first in STOP_WORDS or second in STOP_WORDS:
                continue
            if first[0].isalpha() and second[0].isalpha() and not _without_spaces().search(first + second):
                phrases.append(f"{first} {second}")
    return phrases


def joined_sequences(terms: Sequence[str], texts: Sequence[str]) -> dict[str, str]:
    """The word that each term is of: overlapping sequences of characters are joined if the texts have them together.

    Other terms are words already.
    """
    whole = {term: term for term in terms}
    runs = [term for term in terms if len(term) > 1 and _without_spaces().match(term)]
    if not runs:
        return whole
    lower = [text.lower() for text in texts]
    count = cache(lambda word: sum(word in text for text in lower))
    for term in runs:
        word, before = term, ""
        while word != before and len(word) < _LONGEST:
            before = word
            longer = (pair for other in runs for pair in _joined(word, other) if other not in word)
            word = next((pair for pair in longer if count(pair) >= _TOGETHER * max(count(word), 1)), word)
        whole[term] = word
    return whole


def _joined(word: str, other: str) -> list[str]:
    """``word`` with the last letter of ``other`` behind it, or the first before it, where they overlap."""
    after, before = other[:-1], other[1:]
    return [word + other[-1]] * word.endswith(after) + [other[0] + word] * word.startswith(before)
