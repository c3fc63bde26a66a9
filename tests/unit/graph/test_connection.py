"""Parts of a neighbour graph joined again: by hand."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from scipy.sparse.csgraph import connected_components

from deepkmeans.graph import affinity, connect, local_scale, nearest_neighbors


def chain(*parts, n=None):
    """A graph whose parts are chains of edges of weight 1."""
    n = 1 + max(max(part) for part in parts) if n is None else n
    w = np.zeros((n, n))
    for part in parts:
        for a, b in zip(part, part[1:], strict=False):
            w[a, b] = w[b, a] = 1
    return sp.csr_matrix(w)


def line(*places):
    return torch.tensor(places, dtype=torch.float64)[:, None]


def n_parts(graph):
    return connected_components(graph, directed=False)[0]


def test_two_parts_are_joined_where_they_are_nearest():
    X, scale = line(0, 1, 2, 4, 5), np.array([1.0, 1.0, 1.0, 2.0, 1.0])
    before = chain([0, 1, 2], [3, 4])
    found = connect(before, X, scale).toarray()
    expected = before.toarray()
    expected[2, 3] = expected[3, 2] = np.exp(-4 / (1 * 2))
    np.testing.assert_allclose(found, expected)
    assert n_parts(before) == 2  # the graph that was given is left alone


def test_two_far_parts_stay_apart():
    before = chain([0, 1, 2], [3, 4])
    found = connect(before, line(0, 1, 2, 5, 6), np.ones(5))  # exp(-9) is next to nothing
    assert (found != before).nnz == 0
    assert n_parts(connect(before, line(0, 1, 2, 4.6, 5.6), np.ones(5))) == 1  # exp(-6.76) = 0.00116 is not


def test_a_graph_of_one_part_is_given_back():
    graph = chain([0, 1, 2])
    assert connect(graph, line(0, 1, 2), np.ones(3)) is graph


def test_parts_are_joined_to_the_nearest_and_a_far_one_is_left():
    # Three parts in a row, and one far off: two edges, however many rounds.
    X = line(0, 1, 3, 4, 6, 7, 100, 101)
    found = connect(chain([0, 1], [2, 3], [4, 5], [6, 7]), X, np.full(8, 2.0)).toarray()
    assert n_parts(sp.csr_matrix(found)) == 2
    joined = {
        (int(a), int(b)) for a, b in np.argwhere(np.triu(found)) if (a, b) not in {(0, 1), (2, 3), (4, 5), (6, 7)}
    }
    assert joined == {(1, 2), (3, 4)}
    np.testing.assert_allclose(found, found.T)


def test_pairs_of_parts_that_join_need_a_second_round():
    # 0-1 and 2-3 lie close, so do 4-5 and 6-7, with the largest part at the far end of a wide gap between the two.
    X = line(0, 1, 2, 3, 7, 8, 9, 10, 11, 12)
    found = connect(chain([0, 1], [2, 3], [4, 5], [6, 7, 8, 9]), X, np.full(10, 3.0))
    assert n_parts(found) == 1
    assert found[3, 4] == pytest.approx(np.exp(-16 / 9)) and found[1, 2] == found[5, 6] == pytest.approx(np.exp(-1 / 9))


def test_whole_numbers_with_more_ties_than_neighbours_make_one_graph():
    # A grid of copies: each row's nearest three are its own copies' neighbours alone.
    X = torch.from_numpy(np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), -1).reshape(-1, 2).repeat(4, 0))
    X = X + 1e-3 * torch.randn(X.shape, generator=torch.Generator().manual_seed(0), dtype=X.dtype)
    index, distance = (part.numpy() for part in nearest_neighbors(X, 3))
    graph = affinity(index, distance)
    assert n_parts(graph) == 36
    assert n_parts(connect(graph, X, np.full(len(X), 1.0))) == 1
    assert n_parts(connect(graph, X, local_scale(distance))) == 36  # on the scale of the copies they are far apart
