"""The checks for other people's objectives pass what is sound and name what is broken."""

import dataclasses

import pytest
import torch

from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.objectives import DCN, OBJECTIVES, Objective
from deepkmeans.testing import OracleCase, check_objective, check_oracle, objective_checks
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


class NoCentres(DCN):
    def setup(self, centers, n_rows):
        pass


class CentresAreNone(NoCentres):
    centers = None


class LossIsAFloat(DCN):
    def forward(self, encoder, batch):
        return LossOutput(1.0)


class TermIsAFloat(DCN):
    def forward(self, encoder, batch):
        return LossOutput(super().forward(encoder, batch).total, {"own": 1.0})


class NoForward(Objective):
    pass


class ForgetsAParameter(DCN):
    def __init__(self, weight=1.0, other=2.0):
        super().__init__(weight)


class ConvertsAParameter(DCN):
    def __init__(self, weight=1.0, sizes=(1.5, 2)):
        super().__init__(weight)
        self.sizes = sizes[:1] + sizes[1:]  # equal, and another object


class NoStrategy(DCN):
    strategy = None


class NoInit(DCN):
    def __init__(self, weight=1.0):
        self.weight = weight


class FailsWithoutWords(DCN):
    def forward(self, encoder, batch):
        raise AssertionError


@pytest.mark.parametrize(
    ("broken", "words", "raised"),
    [
        (NoCentres, "setup: after setup, centers must be a tensor, not None", AssertionError),
        (CentresAreNone, "setup: after setup, centers must be a tensor, not None", AssertionError),
        (LossIsAFloat, "loss: the loss must be a tensor, not a float", AssertionError),
        (TermIsAFloat, "loss: the term 'own' of the loss must be a tensor, not a float", AssertionError),
        (NoForward, "loss: forward returns a finite .* raised .*: .* does not define forward", InvalidParameterError),
        (ForgetsAParameter, "parameters: .* raised .*: .* must store its parameter 'other'", InvalidParameterError),
        (ConvertsAParameter, r"parameters: the constructor must store 'sizes' unchanged", AssertionError),
        (IgnoresItsParameter, "parameters: the constructor must store its parameters unchanged", AssertionError),
        (NoStrategy, "parameters: .* raised .*: The 'strategy' of the objective NoStrategy", InvalidParameterError),
        (NoInit, r"parameters: the constructor must call super\(\)\.__init__\(\)", AssertionError),
        (FailsWithoutWords, "loss: .* trying it raised AssertionError", AssertionError),
    ],
)
def test_whatever_a_broken_objective_raises_is_named_by_its_rule(broken, words, raised):
    with pytest.raises(AssertionError, match=f"^{words}") as caught:
        check_objective(broken())
    assert isinstance(caught.value.__cause__, raised)


def test_an_oracle_tells_what_the_objective_raised():
    case = OracleCase(CentresAreNone(), [[-1.0], [1.0]], [[0.0]], {"total": 1.0})
    with pytest.raises(AssertionError, match="^oracle: The loss .* raised "):
        check_oracle(case)


def test_an_objective_is_given_as_an_estimator_takes_it():
    names = [str(check) for check in objective_checks(DCN())]
    for given in ("dcn", DCN, lambda: DCN(weight=2.0)):
        checks = objective_checks(given)
        assert [str(check) for check in checks] == names
        checks[names.index("loss")]()
    for refuse in (check_objective, objective_checks):
        for wrong in ("nonsense", 3, None):
            with pytest.raises(InvalidParameterError, match="'objective' parameter"):
                refuse(wrong)
    with pytest.raises(AssertionError, match="parameters: a function must return an Objective, not a int"):
        check_objective(lambda: 3)


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"n_samples": 4, "n_clusters": 5}, r"'n_samples' parameter .* larger than n_clusters \(5\). Got 4"),
        ({"n_samples": 4, "n_clusters": 4}, "'n_samples' parameter .* larger than n_clusters"),
        ({"n_clusters": 1}, "'n_clusters' parameter"),
        ({"n_features": 0}, "'n_features' parameter"),
        ({"n_samples": 3.5}, "'n_samples' parameter"),
    ],
)
def test_a_problem_that_cannot_be_made_is_refused_without_a_word_of_the_objective(sizes, words):
    for refuse in (check_objective, objective_checks):
        with pytest.raises(InvalidParameterError, match=words):
            refuse(DCN(), **sizes)
