"""Clusters moved by shared terms: the value by hand, weights as repetition, and what K-Means of texts does not find."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from deepkmeans.graph import SHARED, move_by_shared, partition_consensus, shared_candidates, shared_modularity
from deepkmeans.graph.shared_candidates import shared_neighbors
from deepkmeans.graph.shared_modularity import _RESOLUTION

TERMS = sp.csr_matrix([[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1], [0, 1, 0, 1]], dtype=np.float64)


def topics(n: int, k: int, seed: int) -> tuple[sp.csr_matrix, np.ndarray]:
    """Rows of eight terms: five of 30 of their topic, three of 200 that all share."""
    draw = np.random.RandomState(seed)
    y = draw.randint(k, size=n)
    own = 200 + 30 * y[:, None] + draw.randint(30, size=(n, 5))
    columns = np.hstack([own, draw.randint(200, size=(n, 3))])
    rows = sp.csr_matrix((np.ones(columns.size), (np.repeat(np.arange(n), 8), columns.ravel())), (n, 200 + 30 * k))
    return rows, y


def test_modularity_by_hand() -> None:
    labels = np.array([0, 0, 1, 1])
    # Rows with the terms: 2, 2, 1, 2; in the clusters: (2, 1, 0, 0) and (0, 1, 1, 2); volumes 3 and 4 of 7 edges.
    inside = 4 / 2 + 1 / 2 + 1 / 2 + 1 / 1 + 4 / 2
    by_hand = (inside - _RESOLUTION * (9 + 16) / 7) / 7
    np.testing.assert_allclose(shared_modularity(TERMS, labels), by_hand)
    np.testing.assert_allclose(shared_modularity(5 * TERMS, labels), by_hand)  # which terms, not how often


def test_weights_are_repetition() -> None:
    labels, weight = np.array([0, 0, 1, 1]), np.array([2.0, 1.0, 3.0, 1.0])
    index = np.repeat(np.arange(4), weight.astype(int))
    np.testing.assert_allclose(
        shared_modularity(TERMS, labels, weight), shared_modularity(TERMS[index], labels[index])
    )  # fmt: skip


def test_a_move_raises_the_modularity_and_empties_no_cluster() -> None:
    rows, y = topics(300, 4, 0)
    start = np.random.RandomState(1).randint(6, size=300)
    moved = move_by_shared(rows, start, 6, np.random.RandomState(0))
    assert shared_modularity(rows, moved) > shared_modularity(rows, start) + 0.1
    assert set(moved.tolist()) == set(range(6))
    exact = move_by_shared(rows, y, 4, np.random.RandomState(0))
    assert adjusted_rand_score(exact, y) > 0.95


def test_a_row_without_terms_stays_where_it_is() -> None:
    rows = sp.vstack([TERMS, sp.csr_matrix((2, 4))]).tocsr()
    moved = move_by_shared(rows, np.array([0, 0, 1, 1, 0, 1]), 2, np.random.RandomState(0))
    assert moved[4:].tolist() == [0, 1]
    nothing = move_by_shared(sp.csr_matrix((3, 4)), np.array([0, 1, 0]), 2, np.random.RandomState(0))
    assert nothing.tolist() == [0, 1, 0]


def test_weighted_rows_move_as_their_copies_do() -> None:
    rows, y = topics(200, 3, 2)
    weight = np.random.RandomState(3).randint(1, 4, size=200).astype(float)
    start = np.where(np.random.RandomState(4).rand(200) < 0.3, 0, y)
    moved = move_by_shared(rows, start, 3, np.random.RandomState(0), weight)
    assert adjusted_rand_score(moved, y) > 0.9


def test_candidates_of_texts_and_of_embeddings() -> None:
    rows, y = topics(400, 5, 5)
    left, singular, _ = np.linalg.svd(rows.toarray(), full_matrices=False)
    coordinates = left[:, :40] * singular[:40]
    found = shared_candidates(coordinates, rows, 5, generator=torch.Generator().manual_seed(0))
    assert len(found) > 3 and all(set(labels.tolist()) == set(range(5)) for labels in found.values())
    assert normalized_mutual_info_score(found[SHARED], y) > 0.9
    again = shared_candidates(coordinates, rows, 5, generator=torch.Generator().manual_seed(0))
    assert all((found[name] == again[name]).all() for name in found)
    near = shared_neighbors(coordinates, 10)
    assert near.shape == (400, 400) and (near.diagonal() == 1).all() and (near.sum(axis=1) == 11).all()


def test_consensus_is_what_most_partitions_say() -> None:
    y = np.repeat([0, 1, 2], 40)
    draw = np.random.RandomState(0)
    partitions = [np.where(draw.rand(120) < 0.2, draw.randint(3, size=120), (y + i) % 3) for i in range(9)]
    agreed = partition_consensus(partitions, 3, torch.Generator().manual_seed(0), np.random.RandomState(0))
    assert adjusted_rand_score(agreed, y) > max(adjusted_rand_score(labels, y) for labels in partitions)
