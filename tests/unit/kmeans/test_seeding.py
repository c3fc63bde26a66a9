"""Starting centres and restarts."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from deepkmeans.kmeans import csr_rows, fit_kmeans, kmeans_plusplus
from deepkmeans.kmeans.problem import prepare
from deepkmeans.kmeans.seeding import random_rows

pytestmark = pytest.mark.filterwarnings("ignore:Sparse CSR tensor support")  # of torch's own conversion, below


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def three_heaps() -> torch.Tensor:
    draw = np.random.RandomState(0)
    return torch.from_numpy(np.repeat([[0.0, 0], [100, 0], [0, 100]], 40, axis=0) + draw.randn(120, 2))


def test_plusplus_takes_one_row_of_each_heap() -> None:
    X = three_heaps()
    for seed in range(50):
        centers, index = kmeans_plusplus(X, 3, generator=seeded(seed))
        assert sorted((index // 40).tolist()) == [0, 1, 2]
        assert torch.equal(centers, X[index])


def test_the_first_centre_follows_the_weights() -> None:
    X = torch.tensor([[0.0], [1], [2]])
    weight = torch.tensor([1.0, 0, 3])
    first = [int(kmeans_plusplus(X, 1, weight=weight, generator=seeded(seed))[1]) for seed in range(2000)]
    share = np.bincount(first, minlength=3) / 2000
    assert share[1] == 0
    assert share[2] == pytest.approx(0.75, abs=0.04)  # four standard deviations


def test_the_second_centre_follows_the_squared_distances() -> None:
    # From row 0, rows 1 and 2 lie at squared distances 1 and 9: drawn with probabilities 0.1 and 0.9.
    X, weight = torch.tensor([[0.0], [1], [3]]), torch.tensor([1.0, 1e-9, 1e-9])
    second = [
        int(kmeans_plusplus(X, 2, weight=weight, generator=seeded(seed), n_local_trials=1)[1][1])
        for seed in range(2000)
    ]
    assert np.mean(np.array(second) == 2) == pytest.approx(0.9, abs=0.03)


def test_more_trials_are_greedier() -> None:
    X = torch.from_numpy(np.random.RandomState(1).randn(400, 2))

    def potential(trials: int | None) -> float:
        runs = [kmeans_plusplus(X, 20, generator=seeded(s), n_local_trials=trials)[0] for s in range(20)]
        return float(np.mean([((X[:, None] - c) ** 2).sum(2).amin(1).sum() for c in runs]))

    assert potential(None) < 0.9 * potential(1)


def test_random_rows_are_distinct_and_weighted() -> None:
    X = torch.arange(4.0)[:, None]
    problem = prepare(X, torch.tensor([1.0, 1, 6, 0]))
    drawn = [random_rows(problem, 2, seeded(seed))[0].tolist() for seed in range(2000)]
    assert all(len(set(pair)) == 2 and 3 not in pair for pair in drawn)
    assert np.mean([pair[0] == 2 for pair in drawn]) == pytest.approx(0.75, abs=0.04)


@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_the_order_of_rows_does_not_matter(init: str) -> None:
    X = torch.from_numpy(np.random.RandomState(2).randn(300, 4))
    shuffle = torch.randperm(300, generator=seeded(5))
    one = fit_kmeans(X, 6, init=init, generator=seeded())
    other = fit_kmeans(X[shuffle], 6, init=init, generator=seeded())
    assert torch.equal(one.labels[shuffle], other.labels)
    torch.testing.assert_close(one.centers, other.centers)


def test_weights_equal_repetition_from_the_first_draw() -> None:
    X = torch.from_numpy(np.random.RandomState(3).randn(100, 3))
    counts = torch.from_numpy(np.random.RandomState(3).randint(0, 4, 100))
    weighted = fit_kmeans(X, 5, weight=counts.double(), n_init=3, generator=seeded())
    repeated = fit_kmeans(X.repeat_interleave(counts, 0), 5, n_init=3, generator=seeded())
    assert torch.equal(weighted.labels.repeat_interleave(counts), repeated.labels)
    assert weighted.inertia == pytest.approx(repeated.inertia, rel=1e-12)


@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_sparse_starts_where_dense_does_not_but_ends_as_well(init: str) -> None:
    X = three_heaps()
    X[X.abs() < 3] = 0
    csr = X.to_sparse_csr()
    rows = csr_rows(csr.crow_indices(), csr.col_indices(), csr.values(), (120, 2))
    one = fit_kmeans(X, 3, init=init, n_init=10, generator=seeded())
    other = fit_kmeans(rows, 3, init=init, n_init=10, generator=seeded())
    assert other.inertia == pytest.approx(one.inertia, rel=1e-12)


def test_restarts_keep_the_best_and_given_centres_run_once() -> None:
    X = torch.from_numpy(np.random.RandomState(4).randn(300, 2))
    generator = seeded()
    single = [fit_kmeans(X, 12, generator=generator) for _ in range(8)]
    best = fit_kmeans(X, 12, n_init=8, generator=seeded())
    assert best.inertia == min(run.inertia for run in single)
    assert len({run.inertia for run in single}) > 1
    untouched = seeded().get_state()
    generator = seeded()
    given = [fit_kmeans(X, 3, init=X[:3], n_init=n, generator=generator) for n in (1, 5)]
    assert given[0].inertia == given[1].inertia
    assert torch.equal(generator.get_state(), untouched)


def test_same_seed_same_bits_and_no_global_state() -> None:
    X = torch.from_numpy(np.random.RandomState(5).randn(500, 3).astype(np.float32))
    before = torch.get_rng_state(), np.random.get_state()[1].tolist()
    one, other = (fit_kmeans(X, 7, n_init=2, generator=seeded(9)) for _ in range(2))
    assert torch.equal(one.centers, other.centers)
    assert torch.equal(one.labels, other.labels)
    assert one.history == other.history
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == np.random.get_state()[1].tolist()
