"""Rows of weight 0 and columns without entries change nothing: they are left out and put back."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from deepkmeans import KMeans
from deepkmeans.kmeans import csr_rows
from deepkmeans.kmeans.support import columns_used, constant_columns, rows_counted, without_constants


def _rows(n=400):
    random = np.random.RandomState(3)
    rows = random.randn(n, 3) + 3 * random.randint(0, 6, (n, 1))
    return rows, random.randint(0, 3, n).astype(float)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("container", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize("init", ["random", "k-means||", "k-means++"])
def test_weight_zero_is_absence_from_every_draw(init, container, metric):
    rows, weight = _rows()
    for refine in (False, "auto"):
        model = KMeans(4, init=init, n_init=1, refine=refine, metric=metric, random_state=0)
        whole = model.fit(container(rows), sample_weight=weight)
        found = (whole.inertia_, whole.cluster_centers_, whole.labels_, whole.counts_)
        assert np.array_equal(found[2], whole.predict(container(rows)))
        part = model.fit(container(rows[weight > 0]), sample_weight=weight[weight > 0])
        assert found[0] == pytest.approx(part.inertia_) and np.allclose(found[1], part.cluster_centers_)
        assert np.array_equal(found[2][weight > 0], part.labels_) and np.array_equal(found[3], part.counts_)


def test_weight_zero_is_absence_beside_given_centres():
    rows, weight = _rows()
    rows[weight == 0] *= 1e6
    model = KMeans(4, init=rows[weight > 0][:4])
    whole = model.fit(rows, sample_weight=weight).cluster_centers_
    part = model.fit(rows[weight > 0], sample_weight=weight[weight > 0]).cluster_centers_
    assert np.allclose(whole, part)


def test_rows_of_no_weight_stay_where_clusters_need_them():
    weight = torch.tensor([1.0, 0.0, 0.0])
    assert rows_counted(None, 1) is None and rows_counted(weight, 2) is None
    assert rows_counted(weight, 1).tolist() == [0] and rows_counted(torch.ones(3), 1) is None


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_columns_without_entries_change_nothing(metric):
    rows, weight = _rows()
    rows, places = np.where(rows > 1, rows, 0), [7, 500, 2**15 - 1]
    wide = sp.lil_matrix((len(rows), 2**15))
    wide[:, places] = rows
    wide = wide.tocsr()
    model = KMeans(4, metric=metric, random_state=0).fit(wide, sample_weight=weight)
    assert model.cluster_centers_.shape == (4, 2**15) and np.array_equal(model.labels_, model.predict(wide))
    assert not np.delete(model.cluster_centers_, places, axis=1).any()
    narrow = KMeans(4, metric=metric, random_state=0).fit(sp.csr_matrix(rows), sample_weight=weight)
    assert model.inertia_ == pytest.approx(narrow.inertia_)
    model.partial_fit(wide)
    narrow.partial_fit(sp.csr_matrix(rows))
    assert model.inertia_ == pytest.approx(narrow.inertia_) and np.array_equal(model.labels_, model.predict(wide))


def test_a_given_centre_keeps_its_columns():
    wide = sp.csr_matrix((np.ones(4), ([0, 1, 2, 3], [0, 0, 1, 1])), shape=(4, 2**15))
    init = np.zeros((2, 2**15))
    init[0, 9], init[1, 1] = 5.0, 1.0
    # The first centre is farther from all rows than the second: its one column without rows counts.
    tensor = torch.sparse_csr_tensor([0, 1, 2, 3, 4], [0, 0, 1, 1], [1.0] * 4, size=(4, 2**15), dtype=torch.float64)
    assert columns_used(tensor, torch.from_numpy(init)).tolist() == [0, 1, 9]
    model = KMeans(2, init=init, max_iter=1, tol=0)
    with pytest.warns(UserWarning, match="max_iter"):
        model.fit(wide)
    dense = KMeans(2, init=init, max_iter=1, tol=0)
    with pytest.warns(UserWarning, match="max_iter"):
        dense.fit(wide.toarray())
    assert np.array_equal(model.labels_, dense.labels_) and np.allclose(model.cluster_centers_, dense.cluster_centers_)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_columns_of_nothing_but_zeros(metric):
    with pytest.warns(UserWarning, match="distinct clusters"):
        model = KMeans(2, metric=metric).fit(sp.csr_matrix((5, 2**15)))
    assert model.n_clusters_ == 1 and not model.cluster_centers_.any()


@pytest.mark.parametrize(("dtype", "level"), [(np.float64, 1.3e20), (np.float64, -1.3e100), (np.float32, 1.7e7)])
@pytest.mark.parametrize("first", ["fit", "partial_fit"])
@pytest.mark.parametrize("given", [False, True])
def test_a_column_of_one_number_does_not_count_however_large(dtype, level, first, given):
    draw = np.random.RandomState(0)
    rows = draw.randn(997, 3) + 8 * np.eye(3)[np.arange(997) % 3]
    X = np.c_[rows, np.full(997, level)].astype(dtype)
    plain, whole = sp.csr_matrix(X[:, :3]), sp.csr_matrix(X)
    expected = getattr(KMeans(3, init=X[:3, :3] if given else "k-means++", random_state=0), first)(plain[:500])
    model = getattr(KMeans(3, init=X[:3] if given else "k-means++", random_state=0), first)(whole[:500])
    for step in range(3):
        np.testing.assert_array_equal(model.labels_, expected.labels_)
        np.testing.assert_allclose(model.cluster_centers_[:, :3], expected.cluster_centers_, rtol=1e-5, atol=1e-5)
        assert set(model.cluster_centers_[:, 3]) == {X[0, 3]}
        assert model.inertia_ == pytest.approx(expected.inertia_, rel=1e-4)
        for form in (whole, X):
            np.testing.assert_array_equal(model.predict(form), expected.predict(plain))
        if step < 2:
            part = slice(500, None) if step else slice(0, 300)
            model.partial_fit(whole[part])
            expected.partial_fit(plain[part])


def test_which_columns_hold_one_number():
    dense = np.array([[2.0, 3, 0, 0, -7, 1], [2, 3, 0, 5, -7, 1], [2, 4, 0, 0, -7, 0]])
    X = sp.csr_matrix(dense)
    rows = csr_rows(*(torch.from_numpy(part) for part in (X.indptr, X.indices, X.data)), X.shape)
    found = constant_columns(rows)
    assert found.tolist() == [2, 0, 0, 0, -7, 0]
    np.testing.assert_array_equal(without_constants(rows, found).to_dense(), dense - found.numpy())
    empty = sp.csr_matrix((3, 2))
    none = csr_rows(*(torch.from_numpy(part) for part in (empty.indptr, empty.indices, empty.data)), (3, 2))
    assert constant_columns(none).tolist() == [0, 0]


def test_a_column_whose_number_changes_from_batch_to_batch_counts():
    draw = np.random.RandomState(0)
    X = np.c_[draw.randn(60, 2) + 8 * np.eye(2)[np.arange(60) % 2], np.ones(60)]
    Y = X + [0, 0, 3]
    dense, sparse = (
        KMeans(2, random_state=0).partial_fit(make(X)).partial_fit(make(Y)) for make in (np.array, sp.csr_matrix)
    )
    np.testing.assert_allclose(sparse.cluster_centers_, dense.cluster_centers_)
    assert dense.cluster_centers_[0, 2] == pytest.approx(2.5)
