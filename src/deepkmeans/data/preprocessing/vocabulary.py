"""Counting the terms of texts, and the choice of those that are kept."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import count

import numpy as np
import scipy.sparse as sp

from .terms import STOP_WORDS, terms_of

__all__ = ["Vocabulary", "choose_terms", "count_known", "count_terms"]

#: Terms that are kept, at most: those in most texts.
MOST_TERMS = 20_000
#: A term of more than this share of the texts tells none apart; of fewer than ten texts nothing is frequent.
_FREQUENT, _FEW_TEXTS = 0.5, 10
#: A term is kept if it is in so many texts or more, by the number of texts from which that holds.
_FEWEST = ((10_000, 5.0), (2_000, 3.0), (100, 2.0))
_SHOWN = 20


@dataclass(frozen=True)
class Vocabulary:
    """The terms that are kept.

    Attributes
    ----------
    terms : tuple of str
        In alphabetical order.
    columns : ndarray of shape (n_terms,), int64
        Where they were among the terms that were counted.
    frequency : ndarray of shape (n_terms,), float64
        Texts in which each is, by their weights.
    least : float
        Texts in which a term must be.
    left_out : tuple of str
        Those in too many texts and function words, most frequent first; at most 20.
    """

    terms: tuple[str, ...]
    columns: np.ndarray
    frequency: np.ndarray
    least: float
    left_out: tuple[str, ...]


def count_terms(
    texts: Iterable[str], split: Callable[[str], list[str]] = terms_of
) -> tuple[sp.csr_matrix, list[str]]:  # fmt: skip
    """Counts (n, m), float32, of all terms of the texts, as ``split`` gives them, and these terms by column."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    counts = _counted(texts, numbers.__getitem__, numbers.__len__, split)
    return counts, list(numbers)


def count_known(texts: Iterable[str], numbers: Mapping[str, int]) -> sp.csr_matrix:
    """Counts (n, m), float32, of the terms of ``numbers``, each in the column it is mapped to."""
    return _counted(texts, numbers.get, numbers.__len__)


def _counted(
    texts: Iterable[str], number: Callable[[str], int | None], width: Callable[[], int],
    split: Callable[[str], list[str]] = terms_of,
) -> sp.csr_matrix:  # fmt: skip
    columns, ends = array("i"), array("q", [0])
    for text in texts:
        columns.extend([column for column in map(number, split(text)) if column is not None])
        ends.append(len(columns))
    index = np.frombuffer(columns, dtype=np.int32) if len(columns) else np.zeros(0, dtype=np.int32)
    shape = (len(ends) - 1, width())
    matrix = sp.csr_matrix((np.ones(len(index), dtype=np.float32), index, np.array(ends, dtype=np.int64)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def choose_terms(
    counts: sp.csr_matrix, terms: list[str], weight: np.ndarray, most: int = MOST_TERMS, frequent: float = _FREQUENT
) -> Vocabulary:  # fmt: skip
    """Those of ``terms`` (m,) that are kept, by the texts in which each is: ``counts`` (n, m), weights (n,).

    Left out are terms in too few texts, in more than a share ``frequent`` of them, and the function words of English;
    where that leaves none, all are kept.
    """
    frequency = np.bincount(counts.indices, np.repeat(weight, np.diff(counts.indptr)), len(terms))
    total = float(weight.sum())
    least = next((fewest for size, fewest in _FEWEST if total >= size), 1.0)
    common = np.fromiter((term in STOP_WORDS for term in terms), dtype=bool, count=len(terms))
    if total >= _FEW_TEXTS:
        common |= frequency > frequent * total
    kept = (frequency >= least) & ~common
    if not kept.any():
        kept, common, least = frequency > 0, np.zeros_like(common), 0.0
    words = np.array(terms, dtype=object)
    chosen = np.flatnonzero(kept)
    if len(chosen) > most:
        chosen = chosen[np.lexsort((words[chosen].astype(str), -frequency[chosen]))[:most]]
    chosen = chosen[np.argsort(words[chosen].astype(str), kind="stable")]
    out = np.flatnonzero(common)
    out = out[np.lexsort((words[out].astype(str), -frequency[out]))[:_SHOWN]]
    return Vocabulary(tuple(words[chosen]), chosen, frequency[chosen], least, tuple(words[out]))
