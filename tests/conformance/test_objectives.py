"""One suite for every registered objective: what the loop relies on."""

import copy
import inspect
from pathlib import Path

import pytest
import torch
from sklearn.base import clone

from deepkmeans.encoders import ScaledCodes, VariationalAutoencoder
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.objectives import OBJECTIVES, Objective, make_objective
from deepkmeans.types import Batch, Epoch

N, D, E, K = 24, 6, 3, 4


@pytest.fixture(params=sorted(OBJECTIVES))
def name(request):
    return request.param


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return ScaledCodes(VariationalAutoencoder(D, E, (8,), activation="tanh"), E)


def ready(name, encoder, x):
    objective = OBJECTIVES[name]()
    z = encoder.encode({"x": x}).detach()
    objective.setup(z[:K].clone(), len(x))
    with torch.no_grad():
        objective.begin_epoch(Epoch(0, 5, z, None, torch.Generator().manual_seed(0)))
    return objective


@pytest.fixture
def x():
    return torch.randn(N, D, generator=torch.Generator().manual_seed(5))


def loss(objective, encoder, x, index=None, weight=None):
    index = torch.arange(len(x)) if index is None else index
    torch.manual_seed(9)
    return objective(encoder, Batch(index, {"x": x[index]}, weight=weight))


def test_loss_is_a_finite_scalar_that_reaches_the_encoder(name, encoder, x):
    out = loss(ready(name, encoder, x), encoder, x)
    assert out.total.shape == () and torch.isfinite(out.total)
    assert all(torch.isfinite(term) for term in out.terms.values())
    out.total.backward()
    assert encoder.module.down[0].weight.grad.abs().sum() > 0


def test_centres_have_the_promised_shape_and_stay_finite_after_a_step(name, encoder, x):
    objective = ready(name, encoder, x)
    out = loss(objective, encoder, x)
    with torch.no_grad():
        objective.end_step(out, Batch(torch.arange(N), {"x": x}))
    assert objective.centers.shape == (K, E)
    assert torch.isfinite(objective.centers).all()


def test_state_survives_a_round_trip(name, encoder, x):
    objective = ready(name, encoder, x)
    other = OBJECTIVES[name]()
    other.setup(torch.zeros(K, E), N)
    other.load_state_dict(copy.deepcopy(objective.state_dict()))
    torch.testing.assert_close(loss(other, encoder, x).total, loss(objective, encoder, x).total, rtol=0, atol=0)


def test_equal_weights_change_nothing(name, encoder, x):
    objective = ready(name, encoder, x)
    plain, weighted = loss(objective, encoder, x), loss(objective, encoder, x, weight=torch.ones(N))
    torch.testing.assert_close(plain.total, weighted.total)


def test_order_of_rows_changes_nothing(name, encoder, x):
    objective = ready(name, encoder, x)
    if name in ("vade", "deepcluster"):  # their noise is drawn by position
        objective.eval()
        encoder.module.log_variance.bias.data.fill_(-40.0)
        if name == "deepcluster":
            objective.noise = 0.0
    order = torch.randperm(N, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(
        loss(objective, encoder, x, order).total, loss(objective, encoder, x).total, rtol=1e-5, atol=1e-6
    )


def test_parameters_follow_scikit_learns_rules(name):
    objective = OBJECTIVES[name]()
    assert clone(objective).get_params() == objective.get_params()
    for parameter, value in objective.get_params().items():
        changed = OBJECTIVES[name]().set_params(**{parameter: value})
        assert getattr(changed, parameter) == value
    with pytest.raises(InvalidParameterError, match="Invalid parameter 'nonsense'"):
        objective.set_params(nonsense=1)
    assert name in ("sequential",) or "(" in repr(objective)


def test_a_name_an_instance_and_a_factory_give_fresh_objectives(name):
    instance = OBJECTIVES[name]()
    made = [make_objective(name), make_objective(instance), make_objective(OBJECTIVES[name])]
    assert {type(m) for m in made} == {OBJECTIVES[name]}
    assert all(m is not instance for m in made)


def test_no_objective_without_a_paper_and_an_oracle(name):
    module = inspect.getmodule(OBJECTIVES[name])
    assert "Differs from" in module.__doc__
    oracles = (Path(__file__).parents[1] / "oracles" / "test_objectives_by_hand.py").read_text()
    assert f"{OBJECTIVES[name].__name__}(" in oracles
    assert issubclass(OBJECTIVES[name], Objective)


def test_hyper_parameters_outside_their_domains_are_refused_by_name(name):
    for parameter in OBJECTIVES[name]().get_params():
        for value in (-1, "x", None, float("nan")):
            words = f"The '{parameter}' parameter of {OBJECTIVES[name].__name__} must be .* Got {value!r} instead"
            wrong = OBJECTIVES[name]().set_params(**{parameter: value})
            for given in (wrong, lambda wrong=wrong: wrong):  # an instance, and a function that returns one
                with pytest.raises(InvalidParameterError, match=words):
                    make_objective(given)


def test_a_method_of_ones_own_may_have_other_parameters(name):
    class Own(OBJECTIVES[name]):
        def __init__(self, mine=None):
            super().__init__()
            self.mine = mine

    assert make_objective(Own("anything")).mine == "anything"
