"""The tree over clusters: what is near joins first, and the drawing says so."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN
from sklearn.cluster import KMeans as SklearnKMeans

from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.inspection.cluster_tree import ClusterTree, Merge, cluster_tree
from deepkmeans.inspection.tree_drawing import draw_tree
from deepkmeans.runtime import Seeds

CENTERS = np.array([[0.0, 0], [3, 0], [40, 0], [44, 0], [400, 0]])


def rows(n: int = 100) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.RandomState(0)
    return np.repeat(CENTERS, n, axis=0) + rng.normal(0, 1, (5 * n, 2)), np.repeat(np.arange(5), n)


def fitted(X: np.ndarray) -> SklearnKMeans:
    return SklearnKMeans(2, n_init=1, random_state=0).fit(X)


def test_near_clusters_join_first() -> None:
    X, labels = rows()
    tree = cluster_tree(fitted(X), X, labels, seeds=Seeds(0))
    assert tree.clusters == (0, 1, 2, 3, 4) and tree.sizes == (100.0,) * 5
    assert tree.cut(4)[0] == (0, 1)
    assert tree.cut(3) == ((0, 1), (2, 3), (4,))
    assert tree.cut(2) == ((0, 1, 2, 3), (4,))
    assert tree.cut(1) == ((0, 1, 2, 3, 4),) and len(tree.cut(5)) == 5
    heights = [merge.height for merge in tree.merges]
    assert heights == sorted(heights)
    assert heights[0] < 0.5 < heights[2] < heights[3] < 1  # the first two touch, the others do not
    assert [merge.size for merge in tree.merges][-1] == 500
    json.dumps(tree.to_dict())


def test_halves_of_one_group_are_nearer_than_touching_groups() -> None:
    rng = np.random.RandomState(0)
    X = np.r_[rng.normal(0, 1, (300, 2)), rng.normal([4, 0], 1, (300, 2))]
    labels = np.r_[(X[:300, 1] > 0).astype(int), np.full(300, 2)]
    tree = cluster_tree(fitted(X), X, labels, seeds=Seeds(0))
    assert tree.cut(2) == ((0, 1), (2,))
    assert tree.merges[0].height < tree.merges[1].height - 0.05


def test_numbers_noise_weights_and_copies() -> None:
    X, labels = rows(30)
    named = np.array([7, 3, -1, 11, 5])[labels]
    tree = cluster_tree(DBSCAN().fit(X), X, named, weight=np.where(named == 7, 2.0, 1.0), seeds=Seeds(0))
    assert dict(zip(tree.clusters, tree.sizes, strict=True)) == {3: 30.0, 5: 30.0, 7: 60.0, 11: 30.0}
    assert tree.cut(3)[0] == (3, 7)
    equal = cluster_tree(fitted(X), np.zeros_like(X), labels, seeds=Seeds(0))
    assert len(equal.merges) == 4 and all(0 <= merge.height <= 1 for merge in equal.merges)
    few = cluster_tree(fitted(X), X[:2], [0, 1], seeds=Seeds(0))
    assert len(few.merges) == 1


def test_one_cluster_and_none() -> None:
    X, labels = rows(10)
    tree = cluster_tree(fitted(X), X, np.zeros_like(labels), seeds=Seeds(0))
    assert tree.merges == () and tree.cut(1) == ((0,),) and str(tree) == "Cluster 0  50 rows"
    with pytest.raises(InvalidDataError, match="no row is of a cluster"):
        cluster_tree(fitted(X), X, labels - 9, seeds=Seeds(0))
    with pytest.raises(InvalidDataError, match="one entry for each of the 50 rows"):
        cluster_tree(fitted(X), X, [0, 1], seeds=Seeds(0))
    for n in (0, 2, "1", True):
        with pytest.raises(InvalidParameterError, match="an integer from 1 to 1"):
            tree.cut(n)  # type: ignore[arg-type]


def test_many_rows_are_drawn_from() -> None:
    X, labels = rows(1500)
    tree = cluster_tree(fitted(X), X, labels, seeds=Seeds(0))
    assert tree.cut(3) == ((0, 1), (2, 3), (4,))
    assert tree.sizes == pytest.approx((1500.0,) * 5)


def test_the_drawing() -> None:
    tree = ClusterTree((0, 1, 2), (5.0, 1.0, 1200.0), (Merge(0, 1, 0.2, 6), Merge(2, 3, 0.9, 1206)))
    assert tree.text({0: "young", 2: "rich\x1b[0m"}, width=43).split("\n") == [
        "rich\\x1b[0m  1,200 rows ───────────────┐",
        "                                       ├─",
        "young            5 rows ───┐           │",
        "                           ├───────────┘",
        "Cluster 1         1 row ───┘",
    ]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(0, 1000), st.integers(10, 120))
def test_every_drawing_is_whole(k: int, seed: int, width: int) -> None:
    rng = np.random.RandomState(seed)
    alive, joins = list(range(k)), []
    for number, height in enumerate(np.sort(rng.random(k - 1)), k):
        left, right = (alive.pop(rng.randint(len(alive))) for _ in range(2))
        joins.append((left, right, float(height)))
        alive.append(number)
    lines = draw_tree([f"c{leaf}" for leaf in range(k)], [1.0] * k, joins, width).split("\n")
    assert len(lines) == 2 * k - 1
    drawn = "".join(lines)
    assert [drawn.count(corner) for corner in "┐┘├"] == [k - 1] * 3
    assert sorted(line.split()[0] for line in lines[::2]) == sorted(f"c{leaf}" for leaf in range(k))
