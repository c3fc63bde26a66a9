"""Scales of rows and soft labels: by hand."""

import numpy as np
import pytest
import scipy.sparse as sp

from deepkmeans.graph import affinity, diffuse, local_scale


def test_the_scale_is_the_distance_to_the_seventh_neighbour_or_the_last():
    distance = np.array([np.arange(1.0, 10), np.arange(2.0, 11)])
    np.testing.assert_array_equal(local_scale(distance), [7, 8])
    np.testing.assert_array_equal(local_scale(distance, 2), [2, 3])
    np.testing.assert_array_equal(local_scale(distance[:, :3]), [3, 4])


def test_the_scale_of_copies_is_small_and_never_zero():
    distance = np.array([[0.0, 0.0], [1.0, 4.0], [1.0, 8.0]], dtype=np.float32)
    found = local_scale(distance)
    np.testing.assert_allclose(found, [4e-6, 4, 8])
    assert found.dtype == np.float64
    assert (local_scale(np.zeros((3, 2))) > 0).all()


def test_a_neighbour_is_a_neighbour_however_far():
    # One neighbour of the last row is 1,000 scales away: exp(-1e6) is 0, and half of 1e-6 is kept.
    index, distance = np.array([[1, 2], [0, 2], [0, 1], [0, 1]]), np.array([[1.0, 1], [1, 1], [1, 1], [1e3, 1]])
    graph = affinity(index, distance).toarray()
    assert graph[3, 0] == graph[0, 3] == pytest.approx(1e-6 / 2)
    assert graph[3, 1] == pytest.approx(np.exp(-1) / 2)


def test_the_share_of_the_own_label_by_hand():
    # A chain 0 - 1 - 2 with weights 1 and 3.
    graph = sp.csr_matrix(np.array([[0.0, 1, 0], [1, 0, 3], [0, 3, 0]]))
    labels = np.array([0, 1, 1])
    np.testing.assert_allclose(diffuse(graph, labels, 2, steps=0), [[0, 1], [0.25, 0.75], [0, 1]])
    np.testing.assert_allclose(diffuse(graph, labels, 2, steps=1), [[0.25, 0.75], [0, 1], [0.25, 0.75]])
    mixed = diffuse(graph, labels, 2, steps=0, own_share=0.4)
    np.testing.assert_allclose(mixed, [[0.4, 0.6], [0.15, 0.85], [0, 1]])


@pytest.mark.parametrize("own", [0.0, 0.3, 1.0])
def test_soft_labels_are_between_the_neighbours_and_the_label(own):
    random = np.random.RandomState(0)
    w = np.triu(random.rand(12, 12), 1)
    graph, labels = sp.csr_matrix(w + w.T), random.randint(0, 3, 12)
    soft = diffuse(graph, labels, 3, own_share=own)
    np.testing.assert_allclose(soft.sum(1), 1)
    np.testing.assert_allclose(soft, own * np.eye(3)[labels] + (1 - own) * diffuse(graph, labels, 3))
