"""One function per protocol; each raises AssertionError with the rule that is broken."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from ..encoders import DenseAutoencoder, ScaledCodes, VariationalAutoencoder, adapt
from ..objectives import Objective, make_objective
from ..runtime import plain_torch, seeded_torch
from ..types import SINGLE_INPUT, Batch, Epoch, LossOutput

__all__ = ["check_encoder", "check_objective"]


@plain_torch()
def check_objective(objective: Objective, *, n_rows: int = 24, n_columns: int = 6, n_clusters: int = 4) -> None:
    """Check that an objective keeps the contract of the training loop.

    Parameters
    ----------
    objective : Objective
        Not set up; it is cloned and stays as it is.
    n_rows, n_columns, n_clusters : int
        Size of the made-up problem.

    Raises
    ------
    AssertionError
        Naming the rule: the constructor stores its parameters under their names, the loss is a finite scalar
        with a gradient for the encoder, centres have shape (k, embedding_dim) and stay finite, the state
        survives ``state_dict``, equal sample weights change nothing.
    """
    network = {"dense": DenseAutoencoder, "variational": VariationalAutoencoder}[type(objective).network]
    with seeded_torch(0):
        encoder = ScaledCodes(network(n_columns, 3, (8,), activation="tanh"), 3)
        x = torch.randn(n_rows, n_columns, dtype=torch.float32)
    fresh = make_objective(objective)
    assert fresh.get_params() == objective.get_params(), "the constructor must store its parameters unchanged"
    inputs = {SINGLE_INPUT: x}
    z = encoder.encode(inputs).detach()

    def ready() -> Objective:
        made = make_objective(objective)
        made.setup(z[:n_clusters].clone(), n_rows)
        with torch.no_grad():
            made.begin_epoch(Epoch(0, 5, z, None, torch.Generator().manual_seed(0)))
        return made

    def loss(made: Objective, weight: Any = None) -> LossOutput:
        with seeded_torch(1):
            return made(encoder, Batch(torch.arange(n_rows), inputs, weight=weight))  # type: ignore[no-any-return]

    first = ready()
    output = loss(first)
    assert isinstance(output, LossOutput), "forward must return a LossOutput"
    assert output.total.shape == () and bool(torch.isfinite(output.total)), "the loss must be a finite scalar"
    slopes = torch.autograd.grad(output.total, list(encoder.parameters()), allow_unused=True, retain_graph=True)
    reached = any(slope is not None and bool(slope.abs().sum() > 0) for slope in slopes)
    assert reached, "the loss must have a gradient for the encoder"
    same = loss(first, torch.ones(n_rows, dtype=x.dtype)).total
    torch.testing.assert_close(same, output.total.detach(), msg="equal sample weights must change nothing")
    second = ready()
    second.load_state_dict(first.state_dict())
    torch.testing.assert_close(loss(second).total, output.total, msg="state_dict must hold the whole state")
    with torch.no_grad():
        first.end_step(output, Batch(torch.arange(n_rows), inputs))
    assert first.centers.shape == (n_clusters, 3), "centers must have shape (n_clusters, embedding_dim)"
    assert bool(torch.isfinite(first.centers).all()), "centers must stay finite"


@plain_torch()
def check_encoder(encoder: nn.Module, n_inputs: int) -> None:
    """Check that a module can be the ``encoder`` of an estimator on rows of ``n_inputs`` scaled columns.

    Raises
    ------
    AssertionError
        Naming the rule: codes of shape (rows, embedding_dim), rows coded independently of each other in
        evaluation mode, reconstructions (where there is ``decode``) of the shape of the rows.
    """
    module = adapt(encoder).eval()
    x = torch.randn(8, n_inputs, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    with torch.no_grad():
        z = module.encode(x)  # type: ignore[operator]
        assert z.dim() == 2 and len(z) == 8, "encode must return codes of shape (rows, embedding_dim)"
        alone = torch.cat([module.encode(row) for row in x.split(1)])  # type: ignore[operator, no-untyped-call]
        torch.testing.assert_close(alone, z, msg="in evaluation mode a row's code must not depend on other rows")
        if callable(getattr(module, "decode", None)):
            assert module.decode(z).shape == x.shape, "decode must return rows of the inputs' shape"  # type: ignore[operator]
