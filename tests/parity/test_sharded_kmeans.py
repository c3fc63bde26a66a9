"""Two processes that each hold half of the rows find what one finds that holds all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from deepkmeans.kmeans import csr_rows, fit_kmeans
from tests.subprocesses import PATIENCE, environment

SHARD = """
import sys, numpy as np, scipy.sparse as sp, torch
from deepkmeans.kmeans import csr_rows, fit_kmeans
from deepkmeans.runtime import ProcessGroup
folder, rank, size, k, options = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), eval(sys.argv[5])
torch.set_num_threads(1)
torch.distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=size)
data = np.load(f"{folder}/data.npz")
X, cut = data["X"], len(data["X"]) * 2 // 5  # shards of different lengths
own = slice(0, cut) if rank == 0 else slice(cut, None)
rows = sp.csr_matrix(X[own])
rows = csr_rows(*(torch.from_numpy(a) for a in (rows.indptr, rows.indices, rows.data)), rows.shape) if options.pop(
    "sparse", False) else torch.from_numpy(X[own])
weight = torch.from_numpy(data["weight"][own]) if options.pop("weighted", False) else None
start = torch.from_numpy(data["start"]) if options.pop("given", False) else options.pop("init", "k-means++")
found = fit_kmeans(rows, k, init=start, weight=weight, generator=torch.Generator().manual_seed(0),
                   collective=ProcessGroup(), **options)
np.savez(f"{folder}/out{rank}.npz", centers=found.centers, labels=found.labels, inertia=found.inertia,
         n_iter=found.n_iter)
torch.distributed.destroy_process_group()
"""


def sharded(folder: Path, k: int, options: dict) -> tuple[np.ndarray, np.ndarray, float]:
    """Centres, labels and inertia of two processes."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SHARD, str(folder), str(rank), "2", str(k), repr(options)], env=environment()
        )
        for rank in range(2)
    ]
    assert [process.wait(timeout=PATIENCE) for process in processes] == [0, 0]
    one, two = (np.load(folder / f"out{rank}.npz") for rank in range(2))
    np.testing.assert_array_equal(one["centers"], two["centers"])
    assert one["inertia"] == two["inertia"]
    return one["centers"], np.concatenate([one["labels"], two["labels"]]), float(one["inertia"])


def texts(random: np.random.RandomState, n: int, words: int, k: int) -> np.ndarray:
    """Counts (n, words) of texts of about 40 words, half of them those of one of k topics."""
    topic = random.dirichlet(np.full(words, 0.02), k)[random.choice(k, n)]
    return random.poisson(20 * topic + 20 / words).astype(float)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("float64", {"refine": True}),
        ("float32", {"refine": True}),
        ("float64", {"refine": True, "weighted": True}),
        ("float64", {"refine": True, "sparse": True}),
        ("float64", {"refine": True, "sparse": True, "words": 400}),
        ("float64", {"refine": True, "metric": "cosine"}),
        ("float64", {"init": "k-means||", "n_init": 2}),
        ("float64", {"given": True}),
    ],
    ids=str,
)
def test_two_processes_find_what_one_finds(tmp_path: Path, kind: str, options: dict) -> None:
    options = dict(options)
    random = np.random.RandomState(0)
    n, d, k = 60_000, 8, 12
    X = 3 * random.randn(k, d)[random.choice(k, n, p=random.dirichlet(np.full(k, 3.0)))] + random.randn(n, d)
    if options.get("sparse"):  # no row twice: one process would count it once, with its weight
        X = np.maximum(X, 0)
        X[~X.any(1), 0] = random.rand(int((~X.any(1)).sum()))
    X = X.astype(kind)
    if words := options.pop("words", None):  # many columns, of which few directions keep little
        X, n = texts(random, 5_000, words, k), 5_000
    weight = random.randint(0, 3, n).astype(kind)
    start = X[:k].copy()
    start[0] = 1000.0  # far from all rows: an empty cluster, which takes the farthest row of either shard
    np.savez(tmp_path / "data.npz", X=X, weight=weight, start=start)
    k_stands_out = words is None  # of texts there may be solutions that are nearly as good
    centers, labels, inertia = sharded(tmp_path, k, options)
    rows = torch.from_numpy(X)
    own = {name: value for name, value in options.items() if name in ("refine", "metric", "init", "n_init")}
    if options.get("sparse"):
        table = sp.csr_matrix(X)
        rows = csr_rows(*(torch.from_numpy(a) for a in (table.indptr, table.indices, table.data)), table.shape)
    if options.get("given"):
        own["init"] = torch.from_numpy(start)
    alone = fit_kmeans(
        rows, k, weight=torch.from_numpy(weight) if options.get("weighted") else None,
        generator=torch.Generator().manual_seed(0), **own,
    )  # fmt: skip
    if options.get("init") == "k-means||":  # starts of shards come from a sample of all rows
        assert inertia == pytest.approx(alone.inertia, rel=0.05)
        return
    if options.get("given"):
        np.testing.assert_allclose(centers, alone.centers, atol=1e-10)
    if k_stands_out:
        # A search stops near its optimum, at a distance that rounding may change; clusters are numbered alike.
        np.testing.assert_allclose(centers, alone.centers, atol=0.02)
        assert (labels == alone.labels.numpy()).mean() >= 0.999
    assert inertia == pytest.approx(alone.inertia, rel=1e-4 if k_stands_out else 1e-2)
