"""All criteria side by side: a case worked out by hand, each one alone, and merging as the formulas say it."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from deepkmeans.graph import CRITERIA, agglomerate, modularity
from deepkmeans.graph.affinity import membership
from deepkmeans.graph.agglomeration import MergeTree, merge_trees
from deepkmeans.metrics.consensus import pairwise_nmi


def weights(size: int, seed: int = 0) -> np.ndarray:
    """Parts on a line, of which near ones are joined."""
    draw = np.random.RandomState(seed)
    place = np.sort(draw.rand(size)) + 0.3 * draw.randint(3, size=size)
    w = np.exp(-(((place[:, None] - place) / 0.1) ** 2)) * draw.uniform(0.5, 1, (size, size))
    return (w + w.T) / 2


def by_the_formulas(w: np.ndarray, criterion: str) -> MergeTree:
    """Merging that computes the scores of all pairs anew before each merge."""
    form, gamma, steps = CRITERIA[criterion]
    volume = w.sum(1)
    if steps > 1:
        w = volume[:, None] * np.linalg.matrix_power(w / volume[:, None], steps)
    alive, merges, gains = list(range(len(w))), [], []
    w, total = w.copy(), float(volume.sum())
    while len(alive) > 1:
        v = w[np.ix_(alive, alive)].sum(1)
        part, inner = w[np.ix_(alive, alive)], w.diagonal()[alive]
        score = part - gamma * np.outer(v, v) / total
        if form == "root":
            score = score / np.sqrt(np.outer(v, v))
        elif form == "least":
            score = score / np.minimum(v[:, None], v)
        elif form == "product":
            score = part / np.outer(v, v)
        elif form == "ward":
            together = (inner[:, None] + inner + 2 * part) / (v[:, None] + v)
            score = together - (inner / v)[:, None] - inner / v
        score[np.diag_indices(len(v))] = -np.inf
        i, j = np.unravel_index(score.argmax(), score.shape)
        a, b = alive[i], alive[j]
        merges.append((a, b))
        gains.append(score[i, j])
        w[a] += w[b]
        w[:, a] += w[:, b]
        alive.remove(b)
    return MergeTree(np.arange(len(w)), np.array(merges), np.array(gains))


def test_first_merges_by_hand() -> None:
    # Parts 0 - 1 = 2 - 3 with weights 1, 3, 1: volumes 1, 4, 4, 1, total 10. Modularity joins 1 and 2 (3 - 16/10);
    # paris the ends to the middle (1 / 4 each, against 3 / 16), the first of equals first.
    w = np.zeros((4, 4))
    for a, b, weight in ((0, 1, 1), (1, 2, 3), (2, 3, 1)):
        w[a, b] = w[b, a] = weight
    trees = merge_trees(w, np.arange(4), ["modularity", "paris"])
    assert set(trees["modularity"].merges[0]) == {1, 2}
    assert trees["modularity"].gains[0] == pytest.approx(3 - 16 / 10)
    assert trees["paris"].merges[0].tolist() == [0, 1]
    assert trees["paris"].gains[0] == pytest.approx(1 / 4)
    # 2 and 3 next: 1 / 4, against 3 / (5 * 4).
    assert set(trees["paris"].merges[1]) == {2, 3}
    assert trees["paris"].labels(2).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("size", [2, 3, 60])
def test_side_by_side_is_one_by_one(size: int) -> None:
    w, micro_labels = weights(size), np.repeat(np.arange(size), 2)
    trees = merge_trees(w, micro_labels)
    assert set(trees) == set(CRITERIA)
    for criterion, tree in trees.items():
        alone = agglomerate(w, micro_labels, criterion)
        np.testing.assert_array_equal(tree.merges, alone.merges)
        np.testing.assert_allclose(tree.gains, alone.gains, rtol=1e-12)


@pytest.mark.parametrize("criterion", list(CRITERIA))
def test_merging_is_what_the_formulas_say(criterion: str) -> None:
    w = weights(50, seed=1)
    tree, expected = agglomerate(w, np.arange(50), criterion), by_the_formulas(w, criterion)
    np.testing.assert_allclose(tree.gains, expected.gains, rtol=1e-7, atol=1e-9)
    for k in (2, 5, 20, 49):
        alike = pairwise_nmi({"found": tree.labels(k), "expected": expected.labels(k)})[0, 1]
        assert alike == pytest.approx(1)


def test_labels_are_those_of_merging_one_by_one() -> None:
    tree = agglomerate(weights(40, seed=2), np.arange(40), "relative")
    for k in (1, 3, 17, 40):
        owner = np.arange(40)
        for a, b in tree.merges[: 40 - k]:
            owner[owner == b] = a
        np.testing.assert_array_equal(tree.labels(k), np.unique(owner, return_inverse=True)[1])


def test_modularity_is_that_of_the_coarse_graph() -> None:
    w, labels = weights(30, seed=3), np.random.RandomState(0).randint(0, 4, 30)
    parts = membership(labels, 4).toarray()
    coarse = parts.T @ w @ parts
    share = coarse.sum(1) / w.sum()
    expected = float(np.trace(coarse) / w.sum() - (share**2).sum())
    assert modularity(sp.csr_matrix(w), labels) == pytest.approx(expected)
