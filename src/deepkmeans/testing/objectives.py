"""What the loop, prediction and model files rely on in an objective: one rule a function, each by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._validation import Interval, takes, validate_parameters
from ..exceptions import InvalidParameterError
from ..objectives import Objective, make_objective
from ..runtime import plain_torch
from .broken import naming
from .objective_rules import RULES
from .oracle import OracleCase, check_oracle
from .problem import Problem, make_problem

__all__ = ["ObjectiveCheck", "check_objective", "objective_checks"]


@dataclass(frozen=True)
class ObjectiveCheck:
    """One rule, to be called; its ``name`` is also its text."""

    name: str
    call: Callable[[], None]

    def __call__(self) -> None:
        """Raise AssertionError, which names the rule, where it is broken."""
        self.call()

    def __str__(self) -> str:
        return self.name


def objective_checks(
    objective: Any,
    *,
    oracle: OracleCase | None = None,
    n_samples: int = 24,
    n_features: int = 6,
    n_clusters: int = 4,
) -> list[ObjectiveCheck]:
    """Every rule that an objective keeps, as something to call: made to parametrize a test.

    Parameters
    ----------
    objective : Objective, class, function or str
        As for ``DeepKMeans``. An instance is not set up; it is cloned and stays as it is.
    oracle : OracleCase or None, default=None
        A loss that is known from elsewhere, to compare with.
    n_samples, n_features, n_clusters : int
        Size of the made-up problem: at least 2 clusters, and more samples than clusters.

    Raises
    ------
    InvalidParameterError
        If an argument is none of these. What is wrong with the objective itself is said by the checks.
    """
    _check_sizes(n_samples, n_features, n_clusters)
    make = _maker(objective)

    def of(rule: Callable[[Objective, Problem], None]) -> ObjectiveCheck:
        name = rule.__name__.removeprefix("_")

        def call() -> None:
            with plain_torch(), naming(name, rule.__doc__ or ""):
                made = make()
                rule(made, make_problem(made, n_samples, n_features, n_clusters))

        return ObjectiveCheck(name, call)

    known = [] if oracle is None else [ObjectiveCheck("oracle", lambda: check_oracle(oracle))]
    return [of(rule) for rule in RULES] + known


def check_objective(
    objective: Any,
    *,
    oracle: OracleCase | None = None,
    n_samples: int = 24,
    n_features: int = 6,
    n_clusters: int = 4,
) -> None:
    """Check that an objective keeps the contract of the training loop: every rule of :func:`objective_checks`.

    Parameters
    ----------
    objective : Objective, class, function or str
        As for ``DeepKMeans``. An instance is not set up; it is cloned and stays as it is.
    oracle : OracleCase or None, default=None
        A loss that is known from elsewhere, to compare with.
    n_samples, n_features, n_clusters : int
        Size of the made-up problem.

    Raises
    ------
    AssertionError
        Naming the first rule that is broken, and what the objective raised, if it did.
    InvalidParameterError
        As :func:`objective_checks`.
    """
    checks = objective_checks(
        objective, oracle=oracle, n_samples=n_samples, n_features=n_features, n_clusters=n_clusters
    )
    for check in checks:
        check()


def _maker(objective: Any) -> Callable[[], Objective]:
    """What gives the objective to be checked; a class or function is called by the check, which says if it fails."""
    if isinstance(objective, Objective):
        return lambda: objective
    if not (callable(objective) and takes(objective)):
        named = make_objective(objective)  # refuses what is no name
        return lambda: named

    def made() -> Objective:
        result = objective()
        assert isinstance(result, Objective), f"a function must return an Objective, not a {type(result).__name__}"
        return result

    return made


def _check_sizes(n_samples: int, n_features: int, n_clusters: int) -> None:
    sizes = {"n_samples": n_samples, "n_features": n_features, "n_clusters": n_clusters}
    least = {"n_samples": 3, "n_features": 1, "n_clusters": 2}
    validate_parameters("objective_checks", {name: [Interval(int, low, None)] for name, low in least.items()}, sizes)
    if n_clusters >= n_samples:
        raise InvalidParameterError(
            f"The 'n_samples' parameter of objective_checks must be larger than n_clusters ({n_clusters}). Got "
            f"{n_samples} instead."
        )
