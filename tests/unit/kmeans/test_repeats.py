"""Rows written several times and rows of that weight are the same fit, draw by draw."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from deepkmeans import KMeans
from deepkmeans.kmeans.repeats import _MANY_ROWS, distinct

pytestmark = pytest.mark.filterwarnings("ignore:Sparse CSR tensor support")


def test_distinct_rows_by_hand() -> None:
    X = torch.tensor([[3.0, 0], [1, 1], [3, -0.0], [2, 2], [1, 1], [3, 0]])
    once = distinct(X, None, 2)
    assert once.X.tolist() == [[3, 0], [1, 1], [2, 2]] and once.place is not None and once.weight is not None
    assert once.weight.tolist() == [3, 2, 1] and once.place.tolist() == [0, 1, 0, 2, 1, 0]
    weighted = distinct(X, torch.tensor([1.0, 2, 0, 4, 2, 3]), 2)
    assert weighted.weight is None and weighted.unit == 4.0  # all weigh four
    sparse = distinct(X.to_sparse_csr(), None, 2)
    assert sparse.weight is not None and sparse.weight.tolist() == [3, 2, 1]
    few = distinct(X, None, 4)
    assert few.place is None and few.X is X


def test_rows_that_differ_in_one_bit_are_two() -> None:
    X = torch.from_numpy(np.repeat(np.random.RandomState(0).randn(200, 40), 2, axis=0).astype(np.float32))
    X[1::2, 33] = torch.nextafter(X[1::2, 33], torch.tensor(torch.inf))
    assert distinct(X, None, 2).place is None
    assert distinct(X[::2].repeat(2, 1), None, 2).place is not None


def test_few_values_in_every_order_are_told_apart() -> None:
    """All 4^6 rows of four values: keys that only add up, or weigh columns evenly, would confuse many."""
    X = torch.cartesian_prod(*[torch.tensor([0.0, 1, 2, 3])] * 6)
    assert distinct(X, None, 2).place is None
    once = distinct(X.repeat(3, 1), None, 2)
    assert torch.equal(once.X, X) and once.unit == 3.0


@pytest.mark.parametrize("constant", [False, True])  # the columns that are looked at first say nothing
def test_repetitions_are_found_among_many_rows(constant: bool) -> None:
    random = np.random.RandomState(0)
    n = _MANY_ROWS // 2 + 1000
    X = torch.from_numpy(random.randn(n, 6).astype(np.float32))
    if constant:
        X[:, [0, 1, 3, 5]] = 1.0
    assert distinct(X, None, 2).place is None
    once = distinct(torch.cat([X, X]), None, 2)
    assert once.weight is None and once.unit == 2.0 and torch.equal(once.X, X)


@pytest.mark.parametrize("layout", ["dense", "sparse"])
@pytest.mark.parametrize("options", [{}, {"refine": False}, {"metric": "cosine"}], ids=str)
@pytest.mark.parametrize("times", [1, 2, 5, 15, 50, "random"])
def test_copies_of_rows_are_weights(times: int | str, options: dict, layout: str) -> None:
    """About 300 rows, some of which are there twice from the first, and up to 15,000 copies."""
    random = np.random.RandomState(0)
    X = np.maximum(random.lognormal(0, 1, (300, 4)) * [1, 10, 0.1, 1] - [0.5, 0, 0, 1], 0).round(2)
    X[7], X[90] = X[200], X[91]
    count = random.randint(1, 60, 300) if times == "random" else np.full(300, times)
    make = sp.csr_matrix if layout == "sparse" else np.asarray
    weighted = KMeans(6, random_state=3, **options).fit(make(X), sample_weight=count.astype(float))
    order = random.permutation(count.sum())
    twice = np.repeat(np.arange(300), count)
    repeated = KMeans(6, random_state=3, **options).fit(make(X[twice]))
    np.testing.assert_array_equal(repeated.cluster_centers_, weighted.cluster_centers_)
    np.testing.assert_array_equal(repeated.labels_, weighted.labels_[twice])
    assert repeated.inertia_ == pytest.approx(weighted.inertia_, rel=1e-12)
    truth = ((X[twice] - repeated.cluster_centers_[repeated.labels_]) ** 2).sum()
    if "metric" not in options:
        assert repeated.inertia_ == pytest.approx(truth, rel=1e-9)
    shuffled = KMeans(6, random_state=3, **options).fit(make(X[twice[order]]))
    assert shuffled.inertia_ == pytest.approx(weighted.inertia_, rel=1e-3 if options.get("refine", True) else 0.5)
