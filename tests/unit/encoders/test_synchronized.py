"""Batch normalisation over several processes is that of one process which holds all rows."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from deepkmeans.encoders.synchronized import SynchronizedBatchNorm, synchronized
from deepkmeans.runtime import SingleProcess
from tests.threads_collective import ThreadCollective, run_in_threads


def network(convolutional: bool) -> nn.Module:
    torch.manual_seed(0)
    layers = (
        [nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.Linear(12, 4), nn.BatchNorm1d(4)]
        if convolutional
        else [nn.Linear(5, 4), nn.BatchNorm1d(4, momentum=None), nn.Tanh(), nn.Linear(4, 3)]
    )
    return nn.Sequential(*layers).double()


@pytest.mark.parametrize("convolutional", [False, True])
@pytest.mark.parametrize("first", [3, 8, 0])
def test_shards_are_normalised_as_the_whole(convolutional: bool, first: int) -> None:
    whole = network(convolutional)
    shape = (8, 2, 4, 4) if convolutional else (8, 5)
    x = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    replicas = [copy.deepcopy(whole) for _ in range(2)]
    outputs = []
    for _ in range(3):  # running statistics accumulate
        outputs.append(whole(x))
    outputs[-1].square().sum().backward()

    def job(collective: ThreadCollective) -> torch.Tensor:
        twin = synchronized(replicas[collective.rank], collective)
        own = x[:first] if collective.rank == 0 else x[first:]
        for _ in range(3):
            y = twin(own)
        y.square().sum().backward()
        return y.detach()

    parts = run_in_threads(2, job)
    torch.testing.assert_close(torch.cat(parts), outputs[-1].detach())
    for name, parameter in whole.named_parameters():
        gradients = [dict(replica.named_parameters())[name].grad for replica in replicas]
        torch.testing.assert_close(sum(gradients), parameter.grad, msg=name)
    for replica in replicas:  # the network that was given has the statistics
        for name, buffer in whole.named_buffers():
            torch.testing.assert_close(dict(replica.named_buffers())[name], buffer)
        torch.testing.assert_close(replica.eval()(x), copy.deepcopy(whole).eval()(x))


def test_shards_by_hand() -> None:
    layers = [nn.BatchNorm1d(1, eps=0.0).double() for _ in range(2)]

    def job(collective: ThreadCollective) -> torch.Tensor:
        own = torch.tensor([[1.0], [3.0]] if collective.rank == 0 else [[8.0]], dtype=torch.float64)
        return SynchronizedBatchNorm(layers[collective.rank], collective)(own).detach()

    one, two = run_in_threads(2, job)
    deviation = (26 / 3) ** 0.5  # of 1, 3, 8, whose mean is 4
    torch.testing.assert_close(one, torch.tensor([[-3.0], [-1.0]], dtype=torch.float64) / deviation)
    torch.testing.assert_close(two, torch.tensor([[4.0]], dtype=torch.float64) / deviation)
    assert layers[0].running_mean.item() == pytest.approx(0.4)
    assert layers[1].running_var.item() == pytest.approx(0.9 + 0.1 * 13)


def test_weights_are_shared_and_modes_follow() -> None:
    given = network(False)
    twin = run_in_threads(2, lambda collective: synchronized(given, collective))[0]
    assert twin is not given
    assert {id(p) for p in twin.parameters()} == {id(p) for p in given.parameters()}
    assert {id(b) for b in twin.buffers()} == {id(b) for b in given.buffers()}
    twin.eval()
    x = torch.randn(4, 5, dtype=torch.float64)
    torch.testing.assert_close(twin(x), given.eval()(x))


def test_one_process_keeps_its_network() -> None:
    given = network(False)
    assert synchronized(given, SingleProcess()) is given
