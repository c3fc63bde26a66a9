"""Every registered objective keeps every rule of the public harness, and agrees with an oracle of its own."""

import ast
import importlib
import importlib.util
import inspect
import re

import pytest
import torch

from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.objectives import OBJECTIVES, make_objective
from deepkmeans.testing import check_oracle, objective_checks
from deepkmeans.testing.problem import make_problem

ORACLES = "tests.oracles.objectives.test_"


@pytest.fixture(params=OBJECTIVES)
def name(request):
    return request.param


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, id=f"{name}-{check}")
        for name in OBJECTIVES
        for check in objective_checks(OBJECTIVES[name]())
    ],
)
def test_rule(check):
    check()


def test_an_objective_agrees_with_its_oracle(name):
    """A loss known from elsewhere, in ``tests/oracles/objectives/test_NAME.py``, as ``ORACLE``."""
    if importlib.util.find_spec(ORACLES + name) is None:
        pytest.fail(f"the objective {name!r} has no oracle: write {(ORACLES + name).replace('.', '/')}.py with ORACLE")
    case = importlib.import_module(ORACLES + name).ORACLE
    assert type(case.objective) is OBJECTIVES[name], f"ORACLE of {name!r} is about another objective"
    check_oracle(case)


@pytest.mark.parametrize("name", ["vade", "deepcluster"])
def test_without_noise_the_order_of_rows_changes_nothing(name):
    """The two that draw, which the rule about order excuses."""
    objective = OBJECTIVES[name]()
    problem = make_problem(OBJECTIVES["vade"](), 24, 6, 4)
    problem.encoder.module.log_variance.bias.data.fill_(-40.0)
    if name == "deepcluster":
        objective.noise = 0.0
    ready = problem.ready(objective)
    order = torch.randperm(24, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(
        problem.loss(ready, problem.batch(order)).total, problem.loss(ready).total, rtol=1e-5, atol=1e-5
    )


def test_what_is_printed_makes_the_same_objective(name):
    cls = OBJECTIVES[name]
    made = cls()
    for parameter, value in made.get_params().items():
        if isinstance(value, float):
            made.set_params(**{parameter: value / 2})
    call = ast.parse(repr(made), mode="eval").body
    assert isinstance(call, ast.Call) and ast.unparse(call.func) == cls.__name__
    again = cls(**{keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords})
    assert again.get_params() == made.get_params()


def test_unknown_parameters_are_refused_by_name(name):
    with pytest.raises(InvalidParameterError, match="Invalid parameter 'nonsense'"):
        OBJECTIVES[name]().set_params(nonsense=1)


def test_a_name_an_instance_and_a_factory_give_fresh_objectives(name):
    instance = OBJECTIVES[name]()
    made = [make_objective(name), make_objective(instance), make_objective(OBJECTIVES[name])]
    assert {type(m) for m in made} == {OBJECTIVES[name]}
    assert all(m is not instance for m in made)


def test_every_parameter_is_documented(name):
    text = inspect.getdoc(OBJECTIVES[name])
    described = re.findall(r"^(\w+(?:, \w+)*) : ", text, flags=re.MULTILINE)
    assert {part for line in described for part in line.split(", ")} == set(OBJECTIVES[name]().get_params())


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
