"""Words beside neighbours: what they add, and when they have no say."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from deepkmeans.graph import join_words, shared_modularity, shared_neighbors


def groups(n: int = 120, k: int = 3) -> np.ndarray:
    return np.arange(n) % k


def words(labels: np.ndarray, seed: int = 0, per_row: int = 5, per_group: int = 12) -> sp.csr_matrix:
    """Five of the twelve words of its group in each row, none of them of another group."""
    draw = np.random.RandomState(seed)
    rows = np.zeros((len(labels), per_group * (labels.max() + 1)))
    for row, label in zip(rows, labels, strict=True):
        row[per_group * label + draw.choice(per_group, per_row, replace=False)] = 1
    return sp.csr_matrix(rows)


def embedding(labels: np.ndarray, noise: float = 0.3, seed: int = 1) -> np.ndarray:
    return np.eye(labels.max() + 1)[labels] + noise * np.random.RandomState(seed).randn(len(labels), labels.max() + 1)


def test_neighbours_count_twice_then_those_by_words_then_words():
    y = groups()
    near, terms = shared_neighbors(embedding(y), 10), words(y)
    joined = join_words(near, terms, y, 3)
    assert joined is not None and joined.shape == (120, 3 * 120 + 36)
    for part, expected in ((joined[:, :120], near), (joined[:, 120:240], near), (joined[:, 360:], terms)):
        assert (part != expected).nnz == 0
    by_words = joined[:, 240:360]
    assert (by_words.getnnz(axis=1) == 11).all() and (by_words.diagonal() == 1).all()
    row, column = by_words.nonzero()
    assert (y[row] == y[column]).mean() > 0.95


def test_words_of_other_groups_have_no_say():
    y, other = groups(), np.repeat([0, 1, 2], 40)
    near = shared_neighbors(embedding(y), 10)
    assert join_words(near, words(other), y, 3) is None
    assert shared_modularity(words(other), y) < 0 < shared_modularity(words(y), y)


def test_rows_without_words_share_nothing_by_words():
    y = groups()
    terms = words(y).toarray()
    terms[:30] = 0
    joined = join_words(shared_neighbors(embedding(y), 10), sp.csr_matrix(terms), y, 3)
    assert joined is not None
    assert joined[:30, 240:].nnz == 0 and joined[30:, 240:].nnz > 0
    assert join_words(shared_neighbors(embedding(y), 10), sp.csr_matrix((120, 7)), y, 3) is None


def test_nothing_is_random_and_equal_weights_change_nothing():
    y = groups()
    near, terms = shared_neighbors(embedding(y), 10), words(y)
    one, two, weighed = join_words(near, terms, y, 3), join_words(near, terms, y, 3), join_words(
        near, terms, y, 3, np.full(120, 2.0)
    )  # fmt: skip
    assert one is not None and two is not None and weighed is not None
    assert (one != two).nnz == 0 and (one != weighed).nnz == 0
