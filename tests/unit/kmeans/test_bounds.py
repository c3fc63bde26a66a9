"""Iterations with bounds are iterations: the same labels, centres and inertia as when every row is looked at."""

import sys

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from deepkmeans.kmeans import csr_rows
from deepkmeans.kmeans.assignment import assign, nearest_two, squared_norms
from deepkmeans.kmeans.bounds import Bounded
from deepkmeans.kmeans.lloyd import converge, lloyd
from deepkmeans.kmeans.problem import prepare
from deepkmeans.runtime.collective import SingleProcess

lloyd_module = sys.modules["deepkmeans.kmeans.lloyd"]  # the package's name of it is the function


def cloud(dtype=torch.float64, n=3000, d=5, k=12, seed=0):
    random = np.random.RandomState(seed)
    X = 2 * random.randn(k, d)[random.randint(k, size=n)] + random.randn(n, d)
    return torch.from_numpy(X).to(dtype), torch.from_numpy(X[:k] + 0.01).to(dtype)


def as_sparse(X):
    table = sp.csr_matrix(X.relu().numpy())
    return csr_rows(*(torch.from_numpy(part) for part in (table.indptr, table.indices, table.data)), table.shape)


def test_the_second_nearest_by_hand():
    rows, centers = torch.tensor([[0.0], [4], [10]]), torch.tensor([[1.0], [5], [5.0], [9]])
    squares, reach = squared_norms(centers)
    member, labels, least, second = nearest_two(rows, rows.norm(dim=1), centers, squares, reach)
    assert labels.tolist() == [0, 1, 3]
    assert (least + rows[:, 0] ** 2).tolist() == [1, 1, 1]
    assert (second + rows[:, 0] ** 2).tolist() == [25, 9, 25]  # the copy of the centre at 5 does not count
    assert member.argmax(0).tolist() == [0, 1, 3]
    assert nearest_two(rows, rows.norm(dim=1), centers[:1], *squared_norms(centers[:1]))[3].isinf().all()


@pytest.mark.parametrize("layout", ["dense", "sparse"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_every_step_is_a_full_iteration(dtype, weighted, layout):
    X, start = cloud(dtype)
    X = as_sparse(X) if layout == "sparse" else X
    weight = torch.from_numpy(np.random.RandomState(1).randint(0, 3, 3000)).to(dtype) if weighted else None
    problem = prepare(X, weight)
    centers = problem.inside(start)
    bounded = Bounded(problem, centers, torch.full((3000,), -1, dtype=torch.int32))
    assert bounded.changed == 3000
    looked = 0
    for _ in range(15):
        labels, total, mass, inertia = lloyd_module._iteration(problem, centers)
        assert torch.equal(bounded.labels, labels)
        close = {"rtol": 1e-5, "atol": 1e-3} if dtype == torch.float32 else {}
        torch.testing.assert_close(bounded.total, total, **close)
        torch.testing.assert_close(bounded.mass, mass)
        torch.testing.assert_close(bounded.inertia, inertia, rtol=1e-6 if dtype == torch.float32 else 1e-10, atol=0)
        before = bounded.labels.clone()
        centers = total / mass.clamp(min=1e-30)[:, None]
        bounded.step(centers)
        looked += bounded.changed
        assert bounded.changed == int((bounded.labels != before).sum())
    assert looked > 0


def test_a_fit_is_the_same_with_and_without(monkeypatch):
    X, start = cloud(seed=3)
    fits = []
    for least in (1, 2**62):
        monkeypatch.setattr(lloyd_module, "BOUNDED", least)
        fits.append(lloyd(X, start, tol=0.0))
    assert torch.equal(fits[0].labels, fits[1].labels)
    torch.testing.assert_close(fits[0].centers, fits[1].centers, rtol=0, atol=1e-10)
    np.testing.assert_allclose(fits[0].history, fits[1].history, rtol=1e-10)
    assert fits[0].n_iter == fits[1].n_iter


def test_an_empty_cluster_is_filled_in_the_middle_of_it(monkeypatch):
    monkeypatch.setattr(lloyd_module, "BOUNDED", 1)
    X, start = cloud(seed=4)
    start[0] = 1e3  # no row is near: the farthest row of all moves in
    problem = prepare(X)
    end = converge(
        problem, problem.inside(start), max_iter=100, tol=0.0, collective=SingleProcess(), close=True
    )  # fmt: skip
    assert end.n_relocated >= 1 and end.converged
    labels, squared = assign(X, problem.outside(end.centers))
    assert len(labels.unique()) == 12
    assert float(squared.sum()) == pytest.approx(end.history[-1])
