"""What the estimators rely on in a network of one's own."""

from __future__ import annotations

import torch
from torch import nn

from ..encoders import adapt
from ..runtime import plain_torch

__all__ = ["check_encoder"]


@plain_torch()
def check_encoder(encoder: nn.Module, n_inputs: int) -> None:
    """Check that a module can be the ``encoder`` of an estimator on rows of ``n_inputs`` scaled columns.

    Raises
    ------
    AssertionError
        Naming the rule: an embedding of shape (rows, embedding_dim), rows encoded independently of each other in
        evaluation mode, reconstructions (where there is ``decode``) of the shape of the rows.
    """
    module = adapt(encoder).eval()
    x = torch.randn(8, n_inputs, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    with torch.no_grad():
        z = module.encode(x)  # type: ignore[operator]
        assert z.dim() == 2 and len(z) == 8, "encode must return an embedding of shape (rows, embedding_dim)"
        alone = torch.cat([module.encode(row) for row in x.split(1)])  # type: ignore[operator, no-untyped-call]
        torch.testing.assert_close(alone, z, msg="in evaluation mode a row's embedding must not depend on other rows")
        if callable(getattr(module, "decode", None)):
            assert module.decode(z).shape == x.shape, "decode must return rows of the inputs' shape"  # type: ignore[operator]
