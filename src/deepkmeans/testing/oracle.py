"""A case whose loss is known from elsewhere: worked out by hand, or by the authors' code or another library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..encoders import SingleInputEncoder
from ..objectives import Objective, make_objective
from ..runtime import plain_torch, seeded_torch
from ..types import SINGLE_INPUT, Batch, Epoch, LossOutput
from .broken import naming

__all__ = ["OracleCase", "check_oracle"]

#: Of the encoder's distribution: a standard deviation of e^-10, so that what is drawn is the mean.
LOG_VARIANCE = -20.0


class Halving(nn.Module):
    """The embedding of a row is the row; its reconstruction is half of it."""

    def encode(self, x: Tensor) -> Tensor:
        return x

    def decode(self, z: Tensor) -> Tensor:
        return z / 2

    def distribution(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, torch.full_like(x, LOG_VARIANCE)


@dataclass(frozen=True)
class OracleCase:
    """The loss of a few rows, known independently of the objective's code.

    The network of the case is none: a code is its row, with log-variance -20 where the encoder is variational, and
    its reconstruction is half of it. The objective is set up with ``centers``, begins its first epoch with all rows,
    and is then asked for the loss of all rows in one batch.

    Attributes
    ----------
    objective : Objective
        With the hyper-parameters of the case; it is cloned and stays as it is.
    rows : sequence of shape (n, e)
    centers : sequence of shape (k, e)
        As ``setup`` gets them.
    expected : mapping of str to float
        ``"total"``, the loss, and any of its terms by name.
    weight : sequence of shape (n,) or None
        Sample weights.
    """

    objective: Objective
    rows: Sequence[Sequence[float]]
    centers: Sequence[Sequence[float]]
    expected: Mapping[str, float]
    weight: Sequence[float] | None = None


@plain_torch()
def check_oracle(case: OracleCase) -> None:
    """Compare the loss that an objective computes with the one that is known.

    Raises
    ------
    AssertionError
        Naming the term, its value and the one expected (compared to four digits, as sums in float32 allow), or what
        the objective raised.
    """
    with naming("oracle", "The loss of the rows of the case is computed, and is the one that is known"):
        assert "total" in case.expected, "an oracle knows the total of the loss"
        output = _loss(case)
        assert isinstance(output, LossOutput), "forward must return a LossOutput"
        terms = {"total": output.total, **output.terms}
        for term, value in case.expected.items():
            assert term in terms, f"the objective has no term {term!r}; it has {', '.join(terms)}"
            got = float(terms[term].detach())
            close = abs(got - value) <= 1e-4 * max(1.0, abs(value))
            owner = type(case.objective).__name__
            assert close, f"{term} is {got:.7g}, where the oracle of {owner} has {value:.7g}"


def _loss(case: OracleCase) -> Any:
    rows = torch.tensor(case.rows, dtype=torch.float32)
    weight = None if case.weight is None else torch.tensor(case.weight, dtype=torch.float32)
    objective = make_objective(case.objective)
    objective.setup(torch.tensor(case.centers, dtype=torch.float32), len(rows))
    with seeded_torch(0):
        with torch.no_grad():
            objective.begin_epoch(Epoch(0, 5, rows, weight, torch.Generator().manual_seed(0)))
        batch = Batch(
            torch.arange(len(rows)), {SINGLE_INPUT: rows}, weight=weight, generator=torch.Generator().manual_seed(0)
        )
        return objective(SingleInputEncoder(Halving(), rows.shape[1]), batch)
