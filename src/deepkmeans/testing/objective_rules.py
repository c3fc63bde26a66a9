"""The rules of an objective, each with what it says as its docstring: :data:`RULES`."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..estimators import DeepKMeans
from ..exceptions import InvalidParameterError
from ..objectives import Objective, make_objective
from ..types import LossOutput
from .problem import EMBEDDING_DIM, Problem

__all__ = ["RULES"]


def _parameters(objective: Objective, problem: Problem) -> None:
    """The constructor stores its parameters unchanged, a clone has them, and each can be set to another value."""
    assert "_parameters" in vars(objective), "the constructor must call super().__init__()"
    given = objective.get_params()
    fresh = make_objective(objective)
    assert fresh is not objective and type(fresh) is type(objective)
    assert _alike(fresh.get_params(), given), "the constructor must store its parameters unchanged"
    for name, value in given.items():  # as scikit-learn's clone asks: the object itself, not another that is equal
        stored = getattr(type(objective)(**given), name)
        assert stored is value, f"the constructor must store {name!r} unchanged: it took {value!r} and made {stored!r}"
    for name, value in given.items():
        for other in _others(value):
            changed = make_objective(objective).set_params(**{name: other})
            try:
                made = make_objective(changed)
            except InvalidParameterError:  # outside the domain of this parameter
                continue
            stored = made.get_params()
            assert stored[name] == other, f"the constructor must store {name!r} unchanged, also {other!r}"
            assert _alike(stored | {name: value}, given), f"setting {name!r} must leave the others as they are"
    try:
        make_objective(objective).set_params(no_such_parameter=1)
    except InvalidParameterError:
        pass
    else:
        raise AssertionError("set_params must refuse a name that is no parameter")
    assert _alike(objective.get_params(), given), "a clone must not change the objective that it was made of"


def _setup(objective: Objective, problem: Problem) -> None:
    """``setup`` makes ``centers``, a tensor of shape (n_clusters, embedding_dim)."""
    ready = make_objective(objective)
    ready.setup(problem.centers, len(problem.x))
    _check_centers(ready, problem, "setup")


def _loss(objective: Objective, problem: Problem) -> None:
    """``forward`` returns a finite scalar, with named finite terms, that has a gradient for the encoder."""
    output = problem.loss(problem.ready(objective))
    assert isinstance(output, LossOutput), f"forward must return a LossOutput, not {_kind(output)}"
    terms = {f"the term {name!r} of the loss": term for name, term in output.terms.items()}
    for what, value in {"the loss": output.total, **terms}.items():
        assert isinstance(value, Tensor), f"{what} must be a tensor, not {_kind(value)}"
        assert value.shape == () and bool(torch.isfinite(value)), f"{what} must be a finite scalar"
    assert output.total.requires_grad, "the loss must have a gradient for the encoder"
    assert _slopes(output.total, problem)[1] > 0, "the loss must have a gradient for the encoder"


def _gradient(objective: Objective, problem: Problem) -> None:
    """The gradient is the slope of the loss, seen by moving the weights of the encoder a little along it."""
    ready = problem.ready(objective)
    slopes, length = _slopes(problem.loss(ready).total, problem)
    step = 1e-2 / max(1.0, length)
    ends = []
    for sign in (1, -1):
        moved = copy.deepcopy(problem)
        with torch.no_grad():
            for parameter, slope in zip(moved.encoder.parameters(), slopes, strict=True):
                parameter.add_(slope, alpha=sign * step / length)
        ends.append(float(moved.loss(ready).total.detach()))
    seen = (ends[0] - ends[1]) / (2 * step)
    assert math.isclose(seen, length, rel_tol=0.05, abs_tol=1e-3), (
        f"the gradient must be that of the loss: along it the loss rises by {seen:.4g} a unit, where the gradient says "
        f"{length:.4g}; has a part of the loss lost its gradient?"
    )


def _centers(objective: Objective, problem: Problem) -> None:
    """Centres have shape (n_clusters, embedding_dim) and stay finite through every hook, the last epoch's included."""
    ready = make_objective(objective)
    given = problem.centers
    kept = given.clone()
    ready.setup(given, len(problem.x))
    for hook, call in (
        ("setup", lambda: None),
        ("begin_epoch", lambda: problem.begin(ready)),
        ("end_step", lambda: problem.step(ready)),
        ("the begin_epoch after the last epoch", lambda: problem.begin(ready, number=5)),
    ):
        call()
        _check_centers(ready, problem, hook)
    assert torch.equal(given, kept), "setup must take a copy of the centres: those that it was given have changed"


def _state(objective: Objective, problem: Problem) -> None:
    """``state_dict`` and a deep copy hold the whole state: checkpoints and model files have nothing else."""
    first = problem.ready(objective)
    problem.step(first)
    second = make_objective(objective)
    second.setup(torch.zeros_like(problem.centers), len(problem.x))
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    for other, how in ((second, "state_dict must hold the whole state"), (copy.deepcopy(first), "a deep copy must")):
        assert torch.equal(problem.loss(other).total, problem.loss(first).total), f"{how}: its loss is another"
        assert torch.equal(other.centers, first.centers), f"{how}: its centres are others"


def _equal_weights(objective: Objective, problem: Problem) -> None:
    """Equal sample weights change nothing."""
    ready = problem.ready(objective)
    weighted = problem.loss(ready, problem.batch(weight=torch.ones(len(problem.x), dtype=torch.float32)))
    torch.testing.assert_close(
        weighted.total, problem.loss(ready).total, msg="equal sample weights must change nothing"
    )


def _repetition(objective: Objective, problem: Problem) -> None:
    """Sample weights are copies of a row, in the state that an epoch makes, in the loss, and after a step."""
    times = 1 + torch.arange(len(problem.x)) % 3
    copies = Problem(problem.x.repeat_interleave(times, dim=0), problem.encoder, problem.n_clusters)
    weighted, repeated = make_objective(objective), make_objective(objective)
    weighted.setup(problem.centers, len(problem.x))
    repeated.setup(problem.centers, len(copies.x))
    problem.begin(weighted, weight=times.float())
    copies.begin(repeated)
    _same_state(weighted, repeated, times, "begin_epoch must count a row of weight w as w copies of it")
    if problem.draws(weighted):  # by position: other rows are given other numbers
        return
    one, other = problem.step(weighted, weight=times.float()), copies.step(repeated)
    torch.testing.assert_close(
        one.total, other.total, rtol=1e-4, atol=1e-5, msg="forward must count a row of weight w as w copies of it"
    )
    _same_state(weighted, repeated, times, "end_step must count a row of weight w as w copies of it")


def _order(objective: Objective, problem: Problem) -> None:
    """The loss of a batch does not depend on the order of its rows, unless it draws, which is by position."""
    ready = problem.ready(objective)
    if problem.draws(ready):
        return
    order = torch.randperm(len(problem.x), generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(
        problem.loss(ready, problem.batch(order)).total, problem.loss(ready).total, rtol=1e-4, atol=1e-5,
        msg="the order of rows in a batch must change nothing: look up state per row by batch.index",
    )  # fmt: skip


def _seeds(objective: Objective, problem: Problem) -> None:
    """The same generators give the same epoch, loss and step, to the last bit."""
    seen = []
    for _ in range(2):
        ready = problem.ready(objective)
        total = problem.step(ready).total.detach()
        seen.append([total, *ready.state_dict().values()])
    same = all(torch.equal(one, other) for one, other in zip(*seen, strict=True))
    assert same, "the same seed must give the same result: draw from batch.generator and epoch.generator"


def _fit(objective: Objective, problem: Problem) -> None:
    """A whole fit is finite, its labels are those of ``predict``, and the same seed repeats it."""
    generator = np.random.RandomState(0)
    groups = np.arange(12 * problem.n_clusters) % problem.n_clusters
    X = 6.0 * np.eye(problem.n_clusters, problem.x.shape[1] + problem.n_clusters)[groups]
    X += generator.normal(size=X.shape)

    def fitted() -> Any:
        model = DeepKMeans(
            problem.n_clusters, objective=objective, pretrain_epochs=2, max_epochs=2, device="cpu", random_state=0
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # two epochs converge nowhere
            return model.fit(X)

    one, other = fitted(), fitted()
    assert np.isfinite(one.cluster_centers_).all(), "the centres of a fit must be finite"
    assert np.array_equal(one.labels_, one.predict(X)), "labels_ must be what predict says of the same rows"
    assert np.array_equal(one.labels_, other.labels_), "the same random_state must give the same labels"
    assert np.array_equal(one.cluster_centers_, other.cluster_centers_), "the same random_state, the same centres"


#: In the order in which they are checked.
RULES: tuple[Callable[[Objective, Problem], None], ...] = (
    _parameters, _setup, _loss, _gradient, _centers, _state, _equal_weights, _repetition, _order, _seeds, _fit,
)  # fmt: skip


def _check_centers(ready: Objective, problem: Problem, hook: str) -> None:
    centers: Any = getattr(ready, "centers", None)
    assert isinstance(centers, Tensor), f"after {hook}, centers must be a tensor, not {_kind(centers)}"
    shape = (problem.n_clusters, EMBEDDING_DIM)
    assert centers.shape == shape, f"after {hook}, centers must have shape (n_clusters, embedding_dim)"
    assert bool(torch.isfinite(centers).all()), f"after {hook}, centers must stay finite"


def _kind(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def _alike(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


def _others(value: Any) -> list[Any]:
    """Values of the kind of ``value`` that are not it; some may be outside a parameter's domain."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [value / 2 + 0.125, 1.5 * value + 0.0625]
    return ["another"] if isinstance(value, str) else []


def _slopes(total: Tensor, problem: Problem) -> tuple[list[Tensor], float]:
    """The gradient for each parameter of the encoder, and its length."""
    parameters = list(problem.encoder.parameters())
    gradients = torch.autograd.grad(total, parameters, allow_unused=True, retain_graph=True)
    slopes = [
        torch.zeros_like(parameter) if slope is None else slope
        for parameter, slope in zip(parameters, gradients, strict=True)
    ]
    return slopes, math.sqrt(sum(float(slope.square().sum()) for slope in slopes))


def _same_state(weighted: Objective, repeated: Objective, times: Tensor, rule: str) -> None:
    state = weighted.state_dict()
    for name, value in repeated.state_dict().items():
        per_row = state[name].dim() > 0 and len(state[name]) == len(times)
        mine = state[name].repeat_interleave(times, dim=0) if per_row else state[name]
        torch.testing.assert_close(mine, value, rtol=1e-4, atol=1e-5, msg=f"{rule}: {name} is another")
