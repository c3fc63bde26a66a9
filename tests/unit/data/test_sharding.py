"""Rows of which several processes hold a shard each: any of them can be taken, by all together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from deepkmeans.data import Rows, fit_scaling
from deepkmeans.data.sharding import ShardedRows, all_rows, shard_of
from deepkmeans.runtime import Collective, SingleProcess
from tests.threads_collective import run_in_threads


def rows(sparse: bool) -> Rows:
    X: Any = np.random.RandomState(0).rand(11, 3) * (np.random.RandomState(1).rand(11, 3) < 0.6)
    X = sp.csr_matrix(X) if sparse else X
    return Rows(X, fit_scaling(X), weight=np.arange(1.0, 12), device=torch.device("cpu"))


def shards(every: Rows, bounds: list[int], collective: Collective) -> Rows:
    return every.subset(torch.arange(*bounds[collective.rank : collective.rank + 2]))


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("bounds", [[0, 4, 11], [0, 0, 11], [0, 5, 6, 11]])
def test_any_rows_come_from_those_that_hold_them(sparse: bool, bounds: list[int]) -> None:
    every, index = rows(sparse), torch.tensor([9, 0, 4, 10, 3, 5])

    def job(collective: Collective) -> Any:
        part = ShardedRows(shards(every, bounds, collective), collective)
        assert len(part) == 11 and part.first == bounds[collective.rank]
        return part.take(index), part.subset(index), part.weight, part.take(torch.arange(11))

    for taken, some, weight, whole in run_in_threads(len(bounds) - 1, job):
        torch.testing.assert_close(taken, every.take(index), rtol=0, atol=0)
        torch.testing.assert_close(some.take(torch.arange(6)), every.take(index), rtol=0, atol=0)
        torch.testing.assert_close(whole, every.take(torch.arange(11)), rtol=0, atol=0)
        assert torch.equal(weight, every.weight) and torch.equal(some.weight, every.weight[index])
        assert some.scaling is every.scaling and len(some) == 6


def test_in_one_process_all_rows_are_its_own() -> None:
    every = rows(False)
    assert all_rows(every, SingleProcess()) is every
    assert shard_of(11, SingleProcess()) == (0, 11)


@pytest.mark.parametrize("sparse", [False, True])
def test_rows_of_another_dtype(sparse: bool) -> None:
    every = rows(sparse)
    double = every.to(torch.float64)
    inputs = double.take(torch.tensor([1, 0]))
    assert inputs.dtype == torch.float64 == double.weight.dtype and double.dtype == torch.float64
    torch.testing.assert_close(inputs.float(), every.take(torch.tensor([1, 0])))
    assert every.dtype == torch.float32 and next(every.chunks(4)).dtype == torch.float32
