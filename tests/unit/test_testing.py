"""The checks for other people's parts pass what is sound and name what is broken."""

import dataclasses

import pytest
import torch
from torch import nn

from deepkmeans.encoders import DenseAutoencoder
from deepkmeans.objectives import DCN, OBJECTIVES
from deepkmeans.testing import OracleCase, check_encoder, check_objective, check_oracle, objective_checks
from deepkmeans.types import LossOutput


def test_all_rules_in_one_call():
    oracle = OracleCase(DCN(weight=2.0), [[-1.0], [1.0]], [[0.0]], {"total": 0.25 + 0.5 * 2.0})
    check_objective(DCN(), oracle=oracle, n_samples=16, n_features=5, n_clusters=3)
    with pytest.raises(AssertionError, match=r"total is 1.25, where the oracle of DCN has 1.5"):
        check_objective(DCN(), oracle=dataclasses.replace(oracle, expected={"total": 1.5}))
    with pytest.raises(AssertionError, match="no term 'energy'; it has total, reconstruction, distance"):
        check_oracle(dataclasses.replace(oracle, expected={"total": 1.25, "energy": 0.0}))
    with pytest.raises(AssertionError, match="knows the total"):
        check_oracle(dataclasses.replace(oracle, expected={"distance": 1.0}))


def test_rules_have_names_of_their_own():
    names = [str(check) for check in objective_checks(DCN())]
    assert len(set(names)) == len(names) >= 10
    assert "oracle" not in names


class NoGradient(DCN):
    def forward(self, encoder, batch):
        return LossOutput(super().forward(encoder, batch).total.detach().requires_grad_())


class HalfAGradient(DCN):
    def forward(self, encoder, batch):
        total = super().forward(encoder, batch).total
        return LossOutput(0.5 * total + 0.5 * total.detach())


class Infinite(DCN):
    def forward(self, encoder, batch):
        return LossOutput(super().forward(encoder, batch).total * float("inf"))


class NoLoss(DCN):
    def forward(self, encoder, batch):
        return super().forward(encoder, batch).total


class IgnoresItsParameter(DCN):
    def __init__(self, weight=1.0):
        super().__init__(weight)
        self.weight = 2 * weight


class KnowsOneValue(DCN):
    def __init__(self, weight=1.0):
        super().__init__(1.0)


class TakesAnything(DCN):
    def set_params(self, **params):
        return self


class KeepsTheirCentres(DCN):
    def setup(self, centers, n_rows):
        super().setup(centers, n_rows)
        self.centers = centers


class LosesItsCentres(DCN):
    def end_step(self, output, batch):
        self.centers /= 0.0


class ForgetsWhatItSaw(DCN):
    seen = 0.0

    def begin_epoch(self, epoch):
        super().begin_epoch(epoch)
        self.seen = float(epoch.z.square().mean())

    def forward(self, encoder, batch):
        output = super().forward(encoder, batch)
        return LossOutput(output.total * (1 + self.seen), {}, output.z)


class AddsWeights(DCN):
    def forward(self, encoder, batch):
        output = super().forward(encoder, batch)
        return LossOutput(output.total * (1.0 if batch.weight is None else 2.0), {}, output.z)


class CountsRowsOnce(DCN):
    def begin_epoch(self, epoch):
        super().begin_epoch(type(epoch)(epoch.number, epoch.cap, epoch.z, None, epoch.generator))


class CountsByPlace(DCN):
    def forward(self, encoder, batch):
        z = encoder.encode(batch.inputs)
        place = torch.linspace(0.5, 1.5, len(z), dtype=z.dtype)
        return LossOutput(batch.mean(place * z.square().mean(dim=1)), {}, z)


class DrawsOutside(DCN):
    generator = torch.Generator().manual_seed(0)

    def forward(self, encoder, batch):
        output = super().forward(encoder, batch)
        return LossOutput(output.total * (1 + torch.rand((), generator=DrawsOutside.generator)), {}, output.z)


@pytest.mark.parametrize(
    ("broken", "check", "rule"),
    [
        (NoGradient, "loss", "gradient for the encoder"),
        (HalfAGradient, "gradient", "lost its gradient"),
        (Infinite, "loss", "finite scalar"),
        (NoLoss, "loss", "LossOutput"),
        (IgnoresItsParameter, "parameters", "store its parameters"),
        (KnowsOneValue, "parameters", "store 'weight' unchanged, also"),
        (TakesAnything, "parameters", "store 'weight' unchanged|refuse a name"),
        (KeepsTheirCentres, "centers", "take a copy"),
        (LosesItsCentres, "centers", "after end_step, centers must stay finite"),
        (ForgetsWhatItSaw, "state", "state_dict must hold the whole state"),
        (AddsWeights, "equal_weights", "equal sample weights"),
        (CountsRowsOnce, "repetition", "begin_epoch must count a row of weight w as w copies"),
        (AddsWeights, "repetition", "forward must count a row of weight w as w copies"),
        (CountsByPlace, "order", "order of rows"),
        (DrawsOutside, "seeds", "same seed must give the same result"),
        (DrawsOutside, "fit", "same random_state"),
    ],
)
def test_a_broken_objective_is_told_its_rule(broken, check, rule):
    found = {str(each): each for each in objective_checks(broken())}
    with pytest.raises(AssertionError, match=rule):
        found[check]()
    with pytest.raises(AssertionError):
        check_objective(broken())


def test_names_are_known_before_the_classes():
    assert next(iter(OBJECTIVES)) == "sequential" and len(OBJECTIVES) == len(set(OBJECTIVES.values()))
    with pytest.raises(KeyError):
        OBJECTIVES["nonsense"]
    assert "nonsense" not in OBJECTIVES


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
