"""The words that tell the texts of a cluster from those of the others: class TF-IDF.

Grootendorst (BERTopic: Neural topic modeling with a class-based TF-IDF procedure, 2022) weighs a term by how often it
is in the texts of a class, times the logarithm of how rare it is in all. Here the texts of a class that have the term
count, so that one long text is not many; rare means rare in all *other* texts, so that a word that is everywhere has no
weight; and a term that shuffled labels could have given is left out:

.. math:: w = p \\log\\frac{p}{q}, \\quad P \\le \\frac{0.01}{k m}

with p the share of the texts of the cluster that have the term, q the share of all other texts, P the chance of so many
texts (see :mod:`.counts`), k clusters and m terms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..data.preprocessing.phrases import joined_sequences
from .counts import Counts
from .word_counts import WordCounts

__all__ = ["TellingWord", "telling_words"]

_CHANCE = 0.01
_WORDS = 10
#: A phrase stands for its words if it is in so much of the texts that have them.
_STANDS_FOR = 0.5
#: Words that are looked at for each that is given.
_CANDIDATES = 8


@dataclass(frozen=True)
class TellingWord:
    """A word, or a phrase of two, with its class TF-IDF and the shares of texts that have it."""

    word: str
    weight: float
    share_inside: float
    share_outside: float


def telling_words(words: WordCounts, n_words: int = _WORDS) -> list[tuple[TellingWord, ...]]:
    """For each cluster its telling words, the heaviest first; none where labels tell nothing of the words."""
    counts = words.counts
    inside, outside = counts.inside, counts.outside
    rest = np.maximum(counts.given.sum() - counts.given[:-1], 1.0)
    least = np.log(max(1, counts.n_clusters * len(words.terms)) / _CHANCE)
    results = []
    for cluster in range(counts.n_clusters):
        p, q = inside[cluster], outside[cluster]
        damped = (q * rest[cluster] + 0.5) / (rest[cluster] + 1)
        weight = np.where(p > damped, p * np.log(np.maximum(p, 1e-300) / damped), 0.0)
        weight[np.minimum(counts.surprise(cluster), _by_divergence(counts, cluster)) < least] = 0.0
        order = np.argsort(-weight, kind="stable")[: n_words * _CANDIDATES]
        heard = [
            TellingWord(words.terms[i], float(weight[i]), float(p[i]), float(q[i]))
            for i in order[weight[order] > 0].tolist()
        ] if counts.comparable[cluster] else []  # fmt: skip
        results.append(_different(_in_whole_words(heard, words.texts[cluster]), n_words))
    return results


def _by_divergence(counts: Counts, cluster: int) -> np.ndarray:
    """n KL(p, r) of each term (m,): Hoeffding's looser bound, which keeps phrases of a few texts from standing for
    their words."""
    p, overall = counts.inside[cluster], counts.held.sum(axis=0) / max(float(counts.given.sum()), 1e-300)
    with np.errstate(divide="ignore", invalid="ignore"):
        held = np.where(p > 0, p * np.log(p / overall), 0.0)
        held += np.where(p < 1, (1 - p) * np.log((1 - p) / (1 - overall)), 0.0)
    worth = counts.given[cluster] ** 2 / max(float(counts.tally.squares[cluster]), 1e-300)
    return np.asarray(worth * np.maximum(np.nan_to_num(held, nan=0.0, posinf=0.0), 0.0))


def _in_whole_words(heard: list[TellingWord], texts: list[str]) -> list[TellingWord]:
    """Sequences of characters that overlap are one word where they stand together; letters give way to words."""
    whole = joined_sequences([word.word for word in heard], texts)
    joined: dict[str, TellingWord] = {}
    for word in heard:
        joined.setdefault(whole[word.word], replace(word, word=whole[word.word]))
    longer = [word for word in joined.values() if len(word.word) > 1 and not word.word.isascii()]
    return [
        word for word in joined.values()
        if len(word.word) > 1 or not any(_says_the_same(word, other) for other in longer)
    ]  # fmt: skip


def _different(heard: list[TellingWord], n_words: int) -> tuple[TellingWord, ...]:
    """The heaviest words, none of them part of another that says as much."""
    kept: list[TellingWord] = []
    for word in heard:
        if any(_says_the_same(word, other) for other in kept):
            continue
        parts = word.word.split()
        if len(parts) > 1:
            if any(" " in other.word and not {*parts}.isdisjoint(other.word.split()) for other in kept):
                continue
            shorter = [other for other in kept if other.word in parts]
            if any(word.share_inside < _STANDS_FOR * other.share_inside for other in shorter):
                continue
            if shorter:  # the phrase stands where its first word stood
                kept[kept.index(shorter[0])] = word
                kept = [other for other in kept if other not in shorter[1:]]
                continue
        kept.append(word)
    return tuple(sorted(kept[:n_words], key=lambda word: -word.weight))


def _says_the_same(word: TellingWord, other: TellingWord) -> bool:
    """Whether a word is the plural or singular of the other, or a part of it that is seldom without it."""
    a, b = word.word, other.word
    if a in (f"{b}s", f"{b}es") or b in (f"{a}s", f"{a}es"):
        return True
    part = a in b.split() or (len(a) < len(b) and not b.isascii() and " " not in b and a in b)
    return part and other.share_inside >= _STANDS_FOR * word.share_inside
