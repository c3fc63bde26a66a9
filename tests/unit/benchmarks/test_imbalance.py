"""Classes of falling size, and what is said of the smallest."""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks import imbalance


def test_sizes_fall_to_the_last_share() -> None:
    y = np.repeat([7, 8, 9], [400, 500, 600])
    index = imbalance.subsample(y, 0.01, None, seed=0)
    assert len(set(index.tolist())) == len(index)
    assert sorted(np.unique(y[index], return_counts=True)[1].tolist()) == [4, 40, 400]


def test_fewer_rows_keep_the_proportions() -> None:
    y = np.arange(3000) % 3
    sizes = np.unique(y[imbalance.subsample(y, 0.01, 223, seed=1)], return_counts=True)[1]
    assert sorted(sizes.tolist()) == [2, 20, 200]


def test_the_seed_says_which_class_is_small() -> None:
    y = np.arange(3000) % 3
    smallest = {int(np.bincount(y[imbalance.subsample(y, 0.1, None, seed)]).argmin()) for seed in range(8)}
    assert smallest == {0, 1, 2}


def test_a_row_of_the_benchmark() -> None:
    options = argparse.Namespace(
        datasets=["iris"], last=[0.1], methods=["kmeans", "deepkmeans balance=1"], seeds=[0], rows=None
    )
    keys = imbalance.plan(options)
    rows = [{**key, **imbalance.measure(key, None)} for key in keys]
    assert rows[0]["rows"] == 50 + 15 + 5 and rows[0]["smallest"] == 5
    assert 0 <= rows[0]["macro_recall"] <= 1 and isinstance(rows[0]["smallest_found"], bool)
    assert not rows[1]["smallest_found"]  # equal sizes cannot have a cluster of five
    said = imbalance.table(rows, options)
    assert "macro recall" in said and "0 of 1" in said
