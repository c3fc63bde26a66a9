"""Low-density gaps: by hand on a graph that fits a page, on shapes with and without structure, and invariances."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.datasets import make_blobs, make_circles, make_moons
from sklearn.metrics import adjusted_rand_score

from deepkmeans.graph import GapTree, density_gaps, nearest_neighbors
from deepkmeans.graph.low_density import _between_components, _inverse_dimension, _root_deviance, _sweep_cut


def gaps(X: np.ndarray) -> GapTree:
    return density_gaps(torch.from_numpy(np.ascontiguousarray(X, dtype=np.float32)), np.random.RandomState(0))


def two_triangles(bridge: float) -> sp.csr_matrix:
    w = np.zeros((6, 6))
    for a, b in [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)]:
        w[a, b] = w[b, a] = 1
    w[2, 3] = w[3, 2] = bridge
    return sp.csr_matrix(w)


def test_deviance_by_hand():
    # Rates 0 and b: all b rows on one side, likelihood 2^-b. Equal rates: nothing.
    np.testing.assert_allclose(_root_deviance(np.array([0.0, 7.0]), np.array([9.0, 7.0])), [np.sqrt(18 * np.log(2)), 0])


def test_the_sweep_cut_by_hand():
    # Sorted from one triangle to the other the cuts are 2, 2, 0.5, 2, 2: a gap of depth 0.5 / 2 in the middle.
    found = _sweep_cut(two_triangles(0.5), 1, np.ones(6))
    assert found is not None
    T, depth, half = found
    assert set(np.flatnonzero(half)) in ({0, 1, 2}, {3, 4, 5})
    np.testing.assert_allclose(depth, 0.25)
    rows = 4 * 6 / 13  # 4 m / volume, volume 2 * (6 + 0.5)
    np.testing.assert_allclose(T, _root_deviance(np.array([0.5 * rows]), np.array([2 * rows]))[0])


def test_pieces_without_an_edge_are_split_and_crumbs_are_not():
    assert _between_components(two_triangles(0.5), 3) is None
    apart = two_triangles(0.0)
    apart.eliminate_zeros()
    assert _between_components(apart, 4) is None
    found = _between_components(apart, 3)
    assert found is not None
    assert found[1] == 0
    assert set(np.flatnonzero(found[2])) in ({0, 1, 2}, {3, 4, 5})


@pytest.mark.parametrize("d", [1, 2, 4, 8])
def test_dimension_of_a_cube(d):
    X = torch.from_numpy(np.random.RandomState(0).rand(3000, d))
    dimension = 1 / _inverse_dimension(nearest_neighbors(X, 15)[1].numpy()).mean()
    assert 0.7 * d < dimension < 1.1 * d  # the rows near the faces of the cube see fewer dimensions


def test_copies_of_rows_leave_the_dimension_alone():
    X = torch.from_numpy(np.random.RandomState(0).rand(500, 2))
    once = 1 / _inverse_dimension(nearest_neighbors(X, 10)[1].numpy()).mean()
    twice = 1 / _inverse_dimension(nearest_neighbors(torch.cat([X, X]), 20)[1].numpy()).mean()
    assert 0.7 * once < twice < 1.4 * once


@pytest.mark.parametrize("d", [1, 2, 3, 5, 20])
@pytest.mark.parametrize("kind", ["cube", "gaussian"])
@pytest.mark.parametrize("n", [120, 800])
def test_nothing_is_found_where_nothing_is(kind, d, n):
    random = np.random.RandomState(d)
    X = random.rand(n, d) if kind == "cube" else random.randn(n, d)
    assert gaps(X).n_clusters(1.0) == 1


@pytest.mark.parametrize(
    ("X", "y"),
    [
        make_moons(700, noise=0.06, random_state=0), make_circles(700, noise=0.05, factor=0.5, random_state=0),
        make_blobs(600, centers=6, n_features=5, random_state=2),
        make_blobs([300, 80, 40], n_features=3, random_state=4),
    ],
)  # fmt: skip
def test_groups_of_any_shape_are_split(X, y):
    tree = gaps(X)
    k = len(np.unique(y))
    assert tree.n_clusters(1.0) == k
    assert adjusted_rand_score(y, tree.labels(k)) > 0.98


def test_tight_groups_beside_wide_ones_in_many_columns():
    # Rows of the wide groups have rows of the tight ones for neighbours: hubs.
    random = np.random.RandomState(0)
    y = np.arange(1000) % 5
    spread = np.array([0.5, 0.8, 1.2, 1.6, 2.0])
    X = 3.2 * random.randn(5, 40)[y] / np.sqrt(2) + spread[y, None] * random.randn(1000, 40)
    tree = gaps(X)
    assert tree.n_clusters(1.0) == 5
    assert adjusted_rand_score(y, tree.labels(5)) > 0.95


def test_units_and_turns_change_nothing():
    X, _ = make_blobs(400, centers=4, n_features=3, random_state=5)
    turn = np.linalg.qr(np.random.RandomState(1).randn(3, 3))[0]
    once, again = gaps(X), gaps(100 * X @ turn)
    np.testing.assert_allclose(once.reached[:3], again.reached[:3], rtol=0.02)
    assert adjusted_rand_score(once.labels(4), again.labels(4)) > 0.99


def test_partitions_are_nested_and_the_statistic_falls():
    tree = gaps(make_blobs(500, centers=7, n_features=2, random_state=0)[0])
    assert (np.diff(tree.reached) <= 0).all()
    for k in range(1, len(tree.gaps) + 2):
        fine = tree.labels(k)
        assert len(np.unique(fine)) == k
        if k > 1:
            coarse = tree.labels(k - 1)
            assert all(len(np.unique(coarse[fine == c])) == 1 for c in range(k))


def test_few_rows_are_never_split():
    X = np.r_[np.zeros((9, 2)), np.ones((9, 2))] + 0.01 * np.random.RandomState(0).randn(18, 2)
    assert gaps(X).gaps == []


def test_an_empty_gap_can_be_called_clear_however_few_rows_it_parts():
    X = make_blobs([60, 40], centers=[[0, 0], [40, 0]], random_state=0)[0].astype(np.float32)
    plain, clear = (density_gaps(torch.from_numpy(X), np.random.RandomState(0), clear=level) for level in (0.0, 9.0))
    assert 1 <= plain.gaps[0].statistic < 9
    assert clear.gaps[0].statistic == 9
    noise = torch.from_numpy(np.random.RandomState(0).rand(300, 2).astype(np.float32))
    assert density_gaps(noise, np.random.RandomState(0), clear=9.0).n_clusters(2.0) == 1
