"""Runs side by side: a case worked out by hand, then that they are the runs one by one."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import adjusted_rand_score

from deepkmeans.kmeans import fit_kmeans
from deepkmeans.kmeans import restarts as whole
from deepkmeans.kmeans.lloyd import converge
from deepkmeans.kmeans.problem import prepare
from deepkmeans.kmeans.runs import best_of, converge_together
from deepkmeans.runtime.collective import SingleProcess


def rows(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)[:, None]


def cloud(seed: int, n: int = 400, d: int = 5, k: int = 6, spread: float = 2.0) -> torch.Tensor:
    draw = np.random.RandomState(seed)
    return torch.from_numpy(spread * draw.randn(k, d)[draw.randint(k, size=n)] + draw.randn(n, d))


def starts(X: torch.Tensor, number: int, k: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.stack([X[torch.randperm(len(X), generator=generator)[:k]] for _ in range(number)])


def test_two_runs_by_hand() -> None:
    # Rows 0, 1, 10, 11. From 0 and 1: {0} {1, 10, 11} -> 0, 22/3; {0, 1} {10, 11} -> 1/2, 21/2; still, three rounds.
    # From 0 and 11: {0, 1} {10, 11} -> 1/2, 21/2; still, two rounds.
    problem = prepare(rows(0, 1, 10, 11))
    begin = torch.stack([problem.inside(rows(0, 1)), problem.inside(rows(0, 11))])
    ends = converge_together(problem, begin, max_iter=100, tol=0)
    for end, history in zip(ends, ([181, 1 + 64 / 9 + 121 / 9, 1], [2, 1]), strict=True):
        torch.testing.assert_close(problem.outside(end.centers), rows(0.5, 10.5))
        assert end.history == pytest.approx(history)
        assert end.converged and end.n_relocated == 0
    assert best_of(problem, ends) is ends[0]  # the earliest of equals


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("spherical", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_runs_are_those_that_one_by_one_would_be(weighted: bool, spherical: bool, dtype: torch.dtype) -> None:
    X = cloud(1).to(dtype)
    if spherical:
        X = X / torch.linalg.vector_norm(X, dim=1, keepdim=True)
    weight = torch.from_numpy(np.random.RandomState(2).randint(1, 4, len(X))).to(dtype) if weighted else None
    problem = prepare(X, weight, spherical=spherical)
    begin = problem.inside(starts(X, 5, 6))
    for rounds, tol in ((3, 0.0), (100, 1e-4)):
        ends = converge_together(problem, begin, max_iter=rounds, tol=tol)
        alone = [converge(problem, start, max_iter=rounds, tol=tol, collective=SingleProcess()) for start in begin]
        for end, other in zip(ends, alone, strict=True):
            assert (len(end.history), end.converged) == (len(other.history), other.converged)
            assert end.history == pytest.approx(other.history, rel=1e-5)
            torch.testing.assert_close(end.centers, other.centers, rtol=1e-3, atol=1e-4)
            torch.testing.assert_close(end.known, other.known, rtol=1e-3, atol=1e-4)


def test_a_run_with_an_empty_cluster_is_done_by_itself() -> None:
    # All rows are nearest to 0; row 9 is farthest and becomes the centre of the second cluster.
    problem = prepare(rows(0, 1, 9))
    begin = torch.stack([problem.inside(rows(0, 1000)), problem.inside(rows(0, 9))])
    ends = converge_together(problem, begin, max_iter=100, tol=1e-4)
    assert [end.n_relocated for end in ends] == [1, 0]
    for end in ends:
        torch.testing.assert_close(problem.outside(end.centers), rows(0.5, 9))


def test_two_centres_in_one_place_are_told_apart_as_in_one_run() -> None:
    problem = prepare(cloud(3, n=60))
    begin = problem.inside(starts(problem.X, 2, 4))
    begin[0, 2] = begin[0, 1]
    ends = converge_together(problem, begin, max_iter=100, tol=1e-4)
    alone = converge(problem, begin[0], max_iter=100, tol=1e-4, collective=SingleProcess())
    assert ends[0].n_relocated == alone.n_relocated >= 1
    torch.testing.assert_close(ends[0].centers, alone.centers)


def test_the_best_run_is_the_one_of_lowest_inertia() -> None:
    X = cloud(4, spread=3.0)
    problem = prepare(X)
    ends = converge_together(problem, problem.inside(starts(X, 8, 6)), max_iter=300, tol=1e-4)
    inertia = [float(torch.cdist(X, problem.outside(end.centers)).square().amin(1).sum()) for end in ends]
    assert max(inertia) > 1.01 * min(inertia)
    best = torch.cdist(X, problem.outside(best_of(problem, ends).centers)).square().amin(1).sum()
    assert float(best) == pytest.approx(min(inertia))


@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_a_fit_is_the_same_with_and_without(monkeypatch: pytest.MonkeyPatch, init: str) -> None:
    X, fits = cloud(5, n=700), []
    for together in (True, False):
        monkeypatch.setattr(whole, "pays", lambda problem, k, together=together: together)
        fits.append(fit_kmeans(X, 6, init=init, n_init=40, generator=torch.Generator().manual_seed(0)))
    assert fits[0].inertia == pytest.approx(fits[1].inertia, rel=1e-6)
    assert adjusted_rand_score(fits[0].labels, fits[1].labels) > 0.99
