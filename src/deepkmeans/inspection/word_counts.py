"""How many texts of each cluster have each word, and each phrase of two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data.preprocessing.phrases import phrases_of
from ..data.preprocessing.vocabulary import choose_terms, count_terms
from .counts import Counts, Tally

__all__ = ["WordCounts", "count_words"]

#: Texts and letters that are read.
_MOST_TEXTS, _MOST_LETTERS, _LONGEST = 50_000, 15_000_000, 2_000


@dataclass(frozen=True, eq=False)
class WordCounts:
    """Texts of each cluster that have each term.

    Attributes
    ----------
    terms : tuple of str of length m
    counts : Counts
    texts : tuple of list of str
        Some texts of each cluster.
    """

    terms: tuple[str, ...]
    counts: Counts
    texts: tuple[list[str], ...]


def count_words(texts: Any, group: np.ndarray, weight: np.ndarray, n_clusters: int) -> WordCounts:
    """Count the words and phrases of texts (n,), by weights (n,); ``group`` (n,) is ``n_clusters`` for noise."""
    there = np.fromiter((bool(text and text.strip()) for text in texts), dtype=bool, count=len(texts))
    every = max(1, -(-int(there.sum()) // _MOST_TEXTS))
    at = np.flatnonzero(there)[::every]
    length = sum(min(len(texts[row] or ""), _LONGEST) for row in at.tolist())
    at = at[:: max(1, -(-length // _MOST_LETTERS))]
    read = [(texts[row] or "")[:_LONGEST] for row in at.tolist()]
    held, of = weight[at], group[at]
    given, total = (np.bincount(group[rows], weight[rows], n_clusters + 1) for rows in (at, slice(None)))
    with_text = np.bincount(group[there], weight[there], n_clusters + 1)
    present = np.divide(with_text, total, out=np.zeros(n_clusters + 1), where=total > 0)
    terms: tuple[str, ...] = ()
    table: np.ndarray = np.zeros((n_clusters + 1, 0))
    once: np.ndarray = table
    if read:
        counted, names = count_terms(read, phrases_of)
        vocabulary = choose_terms(counted, names, held, frequent=1.0)  # the other texts damp what is frequent
        terms = vocabulary.terms
        counted = counted[:, vocabulary.columns].tocoo()
        cell = of[counted.row] * len(terms) + counted.col
        table = np.bincount(cell, held[counted.row], (n_clusters + 1) * len(terms)).reshape(n_clusters + 1, -1)
        once = np.bincount(cell, minlength=(n_clusters + 1) * len(terms)).reshape(n_clusters + 1, -1)
    some: tuple[list[str], ...] = tuple(
        [read[i] for i in np.flatnonzero(of == cluster)[:2000].tolist()] for cluster in range(n_clusters)
    )
    tally = Tally(once, np.bincount(of, minlength=n_clusters + 1), np.bincount(of, held**2, n_clusters + 1))
    return WordCounts(terms, Counts(table, given, present[:-1], tally), some)
