"""Batches: every row once, a generator each, and over several processes those of one."""

import numpy as np
import pytest
import torch

from deepkmeans.data import Rows, fit_scaling
from deepkmeans.data.sampling import BatchSampler, ordered_batches
from deepkmeans.data.source import JoinedRows


def rows_of(n, weight=None):
    X = np.arange(float(n))[:, None]
    return Rows(X, fit_scaling(X, "none"), weight=weight, device=torch.device("cpu"))


def shuffled(seed=0):
    return torch.Generator().manual_seed(seed)


def test_batches_cover_every_row_once_and_follow_their_generator():
    rows = rows_of(33, np.arange(1.0, 34))
    sampler = BatchSampler(rows, 8)
    batches = list(sampler.batches(shuffled()))
    assert [len(b.index) for b in batches] == [8, 8, 8, 9]  # a last batch of one row is joined to its neighbour
    order = torch.cat([b.index for b in batches])
    assert sorted(order.tolist()) == list(range(33))
    torch.testing.assert_close(torch.cat([b.inputs["x"] for b in batches])[:, 0], order.float())
    torch.testing.assert_close(torch.cat([b.weight for b in batches]), rows.weight[order])
    assert float(rows.weight.mean()) == pytest.approx(1)
    assert all(b.views is None and b.present is None for b in batches)
    assert torch.equal(order, torch.cat([b.index for b in sampler.batches(shuffled())]))
    assert not torch.equal(order, torch.cat([b.index for b in sampler.batches(shuffled(1))]))


@pytest.mark.parametrize(
    ("n", "size", "expected"), [(1, 8, [1]), (8, 8, [8]), (9, 8, [9]), (10, 8, [8, 2]), (5, 1, [1, 1, 1, 2])]
)
def test_sizes_of_batches_by_hand(n, size, expected):
    assert [len(b.index) for b in BatchSampler(rows_of(n), size).batches(shuffled())] == expected


class Group:
    """What one of several processes sees, whose shards have these lengths."""

    def __init__(self, rank, lengths):
        self.rank, self.size, self.lengths = rank, len(lengths), lengths

    def gather(self, tensor):
        assert tensor.tolist() == [self.lengths[self.rank]]
        return torch.tensor(self.lengths)


@pytest.mark.parametrize("lengths", [[50, 50], [33, 34, 33], [70, 30], [100, 2], [0, 9]])
def test_processes_share_the_batches_of_one(lengths):
    total = sum(lengths)
    alone = [batch.index.tolist() for batch in BatchSampler(rows_of(total), 12).batches(shuffled())]
    shared = [[] for _ in alone]
    for rank, length in enumerate(lengths):
        sampler = BatchSampler(rows_of(length), 12, collective=Group(rank, lengths))
        assert sampler.n_samples == total
        batches = list(sampler.batches(shuffled()))
        assert sorted(torch.cat([b.index for b in batches]).tolist()) == list(range(length))
        assert [batch.n_samples for batch in batches] == [len(index) for index in alone]
        for batch, whole in zip(batches, shared, strict=True):
            numbers = batch.index + sum(lengths[:rank])
            torch.testing.assert_close(batch.inputs["x"][:, 0], batch.index.float())
            whole += zip(batch.positions.tolist(), numbers.tolist(), strict=True)
    assert [[number for _, number in sorted(whole)] for whole in shared] == alone
    assert [sorted(position for position, _ in whole) for whole in shared] == [list(range(len(b))) for b in alone]


def test_a_share_of_a_batch_is_drawn_what_the_batch_is_drawn():
    lengths = [5, 7]
    (alone,) = BatchSampler(rows_of(12), 12).batches(shuffled(), shuffled(7))
    noise = alone.draw(torch.randn, alone.inputs["x"])
    for rank, length in enumerate(lengths):
        sampler = BatchSampler(rows_of(length), 12, collective=Group(rank, lengths))
        (share,) = sampler.batches(shuffled(), shuffled(7))
        assert torch.equal(share.draw(torch.randn, share.inputs["x"]), noise[share.positions])


def test_an_augmentation_makes_the_views_from_the_draws_of_the_epoch():
    def shift(batch):
        return {name: x + batch.draw(torch.rand, x) for name, x in batch.inputs.items()}

    sampler = BatchSampler(rows_of(20), 6, shift)
    first, again = ([b.views["x"] for b in sampler.batches(shuffled(), shuffled(7))] for _ in range(2))
    assert torch.equal(torch.cat(first), torch.cat(again))
    inputs = torch.cat([b.inputs["x"] for b in sampler.batches(shuffled())])
    away = torch.cat(first) - inputs
    assert bool(((away >= 0) & (away < 1)).all()) and float(away.std()) > 0.1


def test_ordered_batches_are_all_rows_in_order_of_any_source():
    rows = rows_of(7, np.arange(1.0, 8))
    joined = JoinedRows({"a": rows, "b": rows}, {"a": torch.arange(7) > 0, "b": torch.arange(7) < 6}, rows.weight)
    for source, names in ((rows, ["x"]), (joined, ["a", "b"])):
        batches = list(ordered_batches(source, 3))
        assert [b.index.tolist() for b in batches] == [[0, 1, 2], [3, 4, 5], [6]]
        torch.testing.assert_close(torch.cat([b.weight for b in batches]), rows.weight)
        for name in names:
            torch.testing.assert_close(torch.cat([b.inputs[name] for b in batches])[:, 0], torch.arange(7.0))
    assert [b.present["a"].tolist() for b in batches] == [[False, True, True], [True] * 3, [True]]
    assert [b.present["b"].tolist() for b in batches] == [[True] * 3, [True] * 3, [False]]
