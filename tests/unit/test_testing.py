"""The checks for other people's parts pass ours and name what is broken."""

import pytest
import torch
from torch import nn

from deepkmeans.encoders import DenseAutoencoder
from deepkmeans.objectives import DCN, OBJECTIVES
from deepkmeans.testing import check_encoder, check_objective
from deepkmeans.types import LossOutput


@pytest.mark.parametrize("name", sorted(OBJECTIVES))
def test_our_objectives_pass(name):
    check_objective(OBJECTIVES[name]())


class NoGradient(DCN):
    def forward(self, encoder, batch):
        return LossOutput(super().forward(encoder, batch).total.detach().requires_grad_())


class Infinite(DCN):
    def forward(self, encoder, batch):
        return LossOutput(super().forward(encoder, batch).total * float("inf"))


class IgnoresItsParameter(DCN):
    def __init__(self, weight=1.0):
        super().__init__(weight)
        self.weight = 2 * weight


@pytest.mark.parametrize(
    ("broken", "rule"),
    [(NoGradient, "gradient"), (Infinite, "finite scalar"), (IgnoresItsParameter, "store its parameters")],
)
def test_a_broken_objective_is_told_its_rule(broken, rule):
    with pytest.raises(AssertionError, match=rule):
        check_objective(broken())


def test_networks():
    check_encoder(DenseAutoencoder(5, 2, (4,)), 5)

    class Mixes(nn.Module):
        def encode(self, x):
            return x - x.mean(0)

    with pytest.raises(AssertionError, match="must not depend on other rows"):
        check_encoder(Mixes(), 5)
    with pytest.raises(AssertionError, match="inputs' shape"):
        bad = DenseAutoencoder(5, 2)
        bad.decode = lambda z: torch.zeros(len(z), 3)
        check_encoder(bad, 5)
