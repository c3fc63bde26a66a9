"""k-means||: one row of each heap, weights heard, as good as k-means++, distinct rows."""

import numpy as np
import torch

from deepkmeans.kmeans.oversampling import parallel_rows
from deepkmeans.kmeans.problem import prepare
from deepkmeans.kmeans.seeding import plusplus_rows


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def heaps(n=400, k=20):
    random = np.random.RandomState(0)
    own = np.arange(n) % k
    return torch.from_numpy(50 * random.randn(k, 3)[own] + 0.1 * random.randn(n, 3)), own


def test_one_row_of_each_heap():
    X, own = heaps()
    for seed in range(5):
        assert len({own[i] for i in parallel_rows(prepare(X), 20, seeded(seed))[0].tolist()}) == 20


def test_weightless_rows_are_never_taken_and_copies_make_up_for_too_few():
    X, own = heaps()
    weight = torch.from_numpy((own < 5).astype(float))
    chosen = parallel_rows(prepare(X, weight), 5, seeded(), starts=3)
    assert chosen.shape == (3, 5)
    assert all({own[i] for i in row.tolist()} == {0, 1, 2, 3, 4} for row in chosen)
    few = torch.zeros(30, 2, dtype=torch.float64)
    few[:10] = 1.0
    assert set(few[parallel_rows(prepare(few), 4, seeded())[0]][:, 0].tolist()) == {0.0, 1.0}


def test_the_potential_is_that_of_plusplus():
    X = torch.from_numpy(np.random.RandomState(1).randn(2000, 4))

    def potential(choose):
        rows = [choose(prepare(X), 30, seeded(s))[0] for s in range(8)]
        return float(np.mean([((X[:, None] - X[i]) ** 2).sum(2).amin(1).sum() for i in rows]))

    assert potential(parallel_rows) < 1.05 * potential(lambda *a: plusplus_rows(*a, n_local_trials=1))
