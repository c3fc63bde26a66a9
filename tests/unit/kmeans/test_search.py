"""The search on data that a sample or the moves misjudge: samples by hand, then never above a plain run."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans as PlainKMeans

from deepkmeans import KMeans
from deepkmeans.kmeans import fit_kmeans, restarts
from deepkmeans.kmeans.assignment import near_enough, nearest, squared_norms
from deepkmeans.kmeans.population import together
from deepkmeans.kmeans.problem import prepare
from deepkmeans.kmeans.rows import norms
from deepkmeans.kmeans.sampling import drawn
from deepkmeans.runtime.collective import SingleProcess

ALONE = SingleProcess()


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_an_outlier_is_in_every_sample_and_counts_once() -> None:
    """999 rows at -1 and 1 and one at 1000: nearly all of the inertia is one row's, whose chance is one by hand."""
    X = torch.ones(1000, 1, dtype=torch.float64)
    X[::2], X[999] = -1, 1000.0
    problem = prepare(X)
    for seed in range(20):
        sample = drawn(problem, 100, 2, seeded(seed), ALONE)
        for size in (30, 100):
            part = sample.first(size)
            assert part.weight is not None
            far = part.rows[:, 0] > 900
            assert int(far.sum()) == 1 and float(part.weight[far]) == 1.0
            # The others have about one share (their mean is not quite at 0), and so about one weight.
            other = part.weight[~far]
            assert float(other.max()) <= 1.01 * float(other.min()) and float(other.min()) > 1


def test_a_weighted_sample_tells_the_mass_of_all_rows() -> None:
    X = torch.from_numpy(np.random.RandomState(0).lognormal(0, 2, (5000, 2)))
    weight = torch.from_numpy(np.random.RandomState(1).randint(0, 5, 5000).astype(float))
    problem = prepare(X, weight)
    mass = []
    for seed in range(200):
        part = drawn(problem, 400, 2, seeded(seed), ALONE).first(200)
        assert part.weight is not None and bool((part.weight > 0).all())
        mass.append(float(part.weight.sum()))
    error = np.std(mass) / np.sqrt(len(mass))
    assert abs(np.mean(mass) - float(weight.sum())) < 4 * error


def test_rows_that_are_about_as_much_are_drawn_alike_and_a_sample_of_all_is_shuffled() -> None:
    problem = prepare(torch.from_numpy(np.random.RandomState(0).randn(3000, 4)))
    sample = drawn(problem, 3000, 2, seeded(), ALONE)
    assert sample.first(100).weight is None and len(sample) == 3000
    assert not torch.equal(sample.problem.rows, problem.rows)
    torch.testing.assert_close(sample.problem.rows.sort(0).values, problem.rows.sort(0).values)
    half = sorted(sample.first(1500).rows[:, 0].tolist())
    assert half != sorted(problem.rows[:1500, 0].tolist())


def test_every_round_of_a_population_lowers_the_inertia() -> None:
    """Steps beyond the means, by hand: with fixed labels the distance to the mean becomes 0.7 of what it was."""
    random = np.random.RandomState(0)
    problem = prepare(torch.from_numpy(random.lognormal(0, 1, (400, 1))))
    start = problem.rows[random.permutation(400)[:24]].view(3, 8, 1)
    inertia = torch.stack([together(problem, start, rounds).inertia for rounds in range(9)])
    assert bool((inertia[1:] <= inertia[:-1] * (1 + 1e-12)).all())


def test_an_outlier_among_the_centres_makes_no_ties_of_the_rest() -> None:
    random = np.random.RandomState(0)
    X = torch.from_numpy(random.randn(500, 3).astype(np.float32))
    centers = torch.cat([X[:5], torch.full((1, 3), 1e4)])
    asked: list[int] = []

    def exact(i: torch.Tensor, j: torch.Tensor) -> torch.Tensor:
        asked.append(len(i))
        return ((X[i].double() - centers[j].double()) ** 2).sum(1)

    _, labels, least = nearest(X, norms(X), centers, *squared_norms(centers), exact=exact)
    truth = ((X[:, None].double() - centers.double()) ** 2).sum(2)
    assert torch.equal(labels.long(), truth.argmin(1))
    assert sum(asked) < 50  # with the outlier's norm as the measure it is all 500 rows
    reach = near_enough(norms(X), least, centers.norm(dim=1).max())
    assert bool((reach >= centers.norm(dim=1)[labels.long()]).all())


def beans(seed: int = 0, n: int = 13_000) -> np.ndarray:
    """A table in classes one after the other, one column a thousand times the others, one class rare and far."""
    random = np.random.RandomState(seed)
    size = np.array([0.15, 0.10, 0.04, 0.12, 0.26, 0.14, 0.19])
    area = np.array([40e3, 70e3, 173e3, 75e3, 32e3, 54e3, 40e3])
    own = np.repeat(np.arange(7), (size * n).astype(int))
    Z = random.randn(len(own), 6)
    first = area[own] * np.exp(0.13 * Z[:, 0])
    rest = np.sqrt(first)[:, None] * [1.0, 0.7, 0.3] * np.exp(0.1 * Z[:, 1:4])
    return np.c_[first, first * (1.01 + 0.01 * Z[:, 4]), rest, 0.1 * Z[:, 5]]


@pytest.mark.parametrize("k", [7, 12])
def test_sorted_rows_with_one_large_column_end_below_every_single_fit(k: int) -> None:
    X = beans()
    single = [PlainKMeans(k, n_init=1, random_state=seed).fit(X).inertia_ for seed in range(10)]
    for seed in range(3):
        assert KMeans(k, random_state=seed).fit(X).inertia_ <= min(single) * 1.002


KINDS = {
    "raw columns": lambda r, n: np.exp(0.7 * r.randn(n, 5)) * 10.0 ** np.arange(-2, 3),
    "heavy tails": lambda r, n: r.standard_t(1.5, (n, 4)),
    "outliers": lambda r, n: r.randn(n, 3) * np.where(r.rand(n, 1) < 0.005, 1e4, 1),
    "two directions": lambda r, n: r.randn(n, 110) * np.r_[50, 20, np.full(108, 0.3)],
    "a line": lambda r, n: np.c_[1e3 * r.rand(n), r.randn(n, 2)],
    "integers": lambda r, n: r.poisson(1.0, (n, 3)).astype(float),
    "unequal": lambda r, n: 6 * r.randn(9, 3)[(own := np.sort(r.geometric(0.4, n) % 9))] + np.exp(own / 3)[:, None]
    * r.randn(n, 3),
    "sparse": lambda r, n: sp.csr_matrix(r.poisson(np.exp(r.randn(n, 1)) * r.dirichlet(np.full(30, 0.1), n))),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=4)
@given(st.integers(0, 1000), st.integers(2, 12), st.sampled_from(["float32", "float64"]))
def test_never_above_its_own_plain_start(kind: str, seed: int, k: int, dtype: str) -> None:
    X = KINDS[kind](np.random.RandomState(seed), 1500).astype(dtype)
    plain = KMeans(k, refine=False, random_state=seed).fit(X)
    assert KMeans(k, random_state=seed).fit(X).inertia_ <= plain.inertia_


def test_where_a_sample_cannot_tell_a_plain_run_takes_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than a sample, and what is lost on a sample is decided by rows of which it holds a handful."""
    random = np.random.RandomState(0)
    X = torch.from_numpy(random.standard_t(1.2, (60_000, 2)))
    rounds: list[int] = []
    solve = restarts.solve

    def counted(*args: object, **options: object) -> object:
        rounds.append(1)
        return solve(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(restarts, "solve", counted)
    blobs = torch.from_numpy(3 * random.randn(5, 2)[random.randint(5, size=60_000)] + random.randn(60_000, 2))
    fit_kmeans(blobs, 5, refine=True, generator=seeded())
    assert len(rounds) == 1
    monkeypatch.setattr("deepkmeans.kmeans.search._DOUBTFUL", 0.0)
    searched = fit_kmeans(X, 5, refine=True, generator=seeded())
    assert len(rounds) == 3
    plain = [fit_kmeans(X, 5, generator=seeded(seed)).inertia for seed in range(5)]
    assert searched.inertia <= min(plain) * 1.002
