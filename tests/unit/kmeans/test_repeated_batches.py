"""The same rows again are nothing new to a stream, though their mean is one rounding away from them."""

import numpy as np
import pytest
import scipy.sparse as sp

from deepkmeans import KMeans

pytestmark = pytest.mark.filterwarnings("ignore:Number of distinct clusters")


def _seen(batches, n_clusters, **parameters):
    model, found = KMeans(n_clusters, random_state=0, **parameters), []
    for batch in batches:
        model.partial_fit(batch)
        assert np.array_equal(model.labels_, model.predict(batch))
        found.append((model.n_clusters_, model.labels_))
    return found


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("container", [np.asarray, sp.csr_matrix])
def test_one_row_again_and_again_is_one_cluster(container, dtype, metric):
    for row in ([0.1, 0.2, 0.3], np.random.RandomState(0).rand(7), np.ones(6)):
        for copies in (1, 5, 300):
            batch = container(np.tile(np.asarray(row, dtype=dtype), (copies, 1)))
            found = _seen([batch] * 12, 3, metric=metric)
            assert all(count == 1 and (labels == found[0][1][0]).all() for count, labels in found)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("decay_factor", [1.0, 0.5])
def test_two_rows_are_two_clusters_in_one_batch_or_in_turn(decay_factor, dtype, metric):
    one, two = np.random.RandomState(0).rand(2, 7).astype(dtype)
    many = [np.tile(one, (100, 1)), np.tile(two, (300, 1))]
    for batches in ([np.vstack(many)] * 6, many * 4):
        found = _seen(batches, 4, metric=metric, decay_factor=decay_factor)
        assert found[-1][0] == 2 and found[1][0] == 2
        assert np.array_equal(found[-1][1], found[1][1])


def test_a_row_many_times_is_taken_as_one_of_its_weight():
    first, fresh = np.array([[0.0, 1.0], [0.0, 2.0]]), np.array([[7.0, 3.0]])
    model = KMeans(3, random_state=0).partial_fit(first).partial_fit(np.repeat(fresh, 5, axis=0))
    assert sorted(model.counts_) == [1, 1, 5]
    weighted = KMeans(3, random_state=0).partial_fit(first).partial_fit(fresh, sample_weight=[5.0])
    assert np.array_equal(model.counts_, weighted.counts_)
    assert np.allclose(model.cluster_centers_, weighted.cluster_centers_)
