"""The grown trees against every split tried by hand, and what refinement promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.inspection.binned_rows import BinnedRows, bin_rows
from deepkmeans.inspection.bins import fit_bins
from deepkmeans.inspection.threshold_splits import CRITERIA, best_split, gini
from deepkmeans.inspection.threshold_tree import Split, ThresholdTree
from deepkmeans.inspection.tree_growth import grow_further, one_leaf_a_cluster
from deepkmeans.inspection.tree_refinement import refine
from deepkmeans.inspection.tree_simplification import simplified


def binned(X: np.ndarray, most_groups: int = 255) -> BinnedRows:
    bins = fit_bins(X)
    return bin_rows(bins.of(X), np.ones(len(X)), bins.missing, most_groups)


def table(seed: int, n: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.RandomState(seed)
    y = rng.randint(0, 4, n)
    X = np.round(rng.normal(0, 1, (n, 3)) + np.eye(4, 3)[y] * 2, 1)
    X[rng.random(X.shape) < 0.1] = np.nan
    return X, np.unique(y, return_inverse=True)[1], rng.randint(1, 4, n).astype(float)


@pytest.mark.parametrize("criterion", [gini, *CRITERIA])
@pytest.mark.parametrize("seed", range(3))
def test_the_best_split_is_the_best_of_all(criterion, seed: int) -> None:  # type: ignore[no-untyped-def]
    X, y, weight = table(seed)
    rows, total = binned(X), np.bincount(y, weight)
    found = best_split(rows, np.arange(len(X)), y, weight, criterion)
    costs = []
    for feature in range(X.shape[1]):
        for threshold in np.unique(X[~np.isnan(X[:, feature]), feature]):
            for missing_left in (False, True):
                left = np.where(np.isnan(X[:, feature]), missing_left, X[:, feature] <= threshold)
                costs.append(criterion(np.bincount(y[left], weight[left], 4)[None], total)[0])
    assert found is not None
    assert found[1] == pytest.approx(min(costs))


def test_few_groups_of_bins_come_near_the_best() -> None:
    x = np.random.RandomState(0).permutation(1000).astype(float)
    rows = binned(np.stack([x, -x, x % 7], axis=1), most_groups=16)
    split, cost = best_split(rows, np.arange(1000), (x > 613).astype(int), np.ones(1000), gini) or (None, 1.0)
    assert cost == 0.0
    assert split == Split(0, 613, False)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_trees_keep_what_they_promise(seed: int) -> None:
    X, y, weight = table(seed, n=60)
    rows = binned(X)
    for criterion in CRITERIA:
        tree = one_leaf_a_cluster(rows, y, weight, criterion)
        assert sorted(label for label in tree.labels if label >= 0) == sorted({*tree.labels} - {-1})
        both = tree, refine(tree, rows, y, weight)
        right = [np.bincount(y, weight * (each.predict(rows.bins) == y), 4) for each in both]
        assert right[1].sum() >= right[0].sum() - 1e-9
        assert (right[1] >= np.minimum(right[0], np.bincount(y, weight, 4) / 2) - 1e-9).all()
    sizes = []
    for grown in grow_further(tree, rows, y, weight, 12):
        sizes.append(grown.n_leaves)
        simple = simplified(grown, rows.bins)
        assert (simple.predict(rows.bins) == grown.predict(rows.bins)).all()
        assert simple.n_leaves <= grown.n_leaves
    assert sizes == list(range(tree.n_leaves, tree.n_leaves + len(sizes))) and sizes[-1] <= 12


@pytest.mark.parametrize("seed", range(40))
def test_halves_that_are_equal_but_for_rounding(seed: int) -> None:
    """Half of a cluster on either side of a threshold, in weights whose sums depend on their order."""
    rng = np.random.RandomState(seed)
    y = np.repeat([0, 1, 2, 3], 20)
    X = rng.randint(0, 6, (80, 4)).astype(float)
    for criterion in CRITERIA:
        tree = one_leaf_a_cluster(binned(X), y, np.repeat(rng.random(4) + 0.1, 20), criterion)
        assert 1 <= tree.n_leaves <= 4


def test_simplified_drops_empty_and_equal_halves() -> None:
    bins = np.array([[0], [1], [2], [3]], dtype=np.int32)
    tree = ThresholdTree((None,), ((-1, -1),), (0,), 4).divided(0, Split(0, 1, False), (0, 1))
    tree = tree.divided(1, Split(0, 0, False), (0, 0)).divided(2, Split(0, 3, False), (1, 0))
    assert tree.n_leaves == 4
    simple = simplified(tree, bins)
    assert simple.n_leaves == 2
    assert simple.predict(bins).tolist() == tree.predict(bins).tolist() == [0, 0, 1, 1]
