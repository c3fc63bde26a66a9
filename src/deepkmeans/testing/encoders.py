"""What the estimators rely on in a network of one's own."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from .._quoting import short
from .._validation import Interval, validate_parameters
from ..encoders import adapt, copy_module
from ..encoders.adapter import embedding_of
from ..exceptions import InvalidParameterError
from ..runtime import plain_torch
from .broken import naming

__all__ = ["check_encoder"]


@plain_torch()
def check_encoder(encoder: nn.Module, n_inputs: int) -> None:
    """Check that a module can be the ``encoder`` of an estimator on rows of ``n_inputs`` scaled columns.

    The module stays as it is: a copy is tried.

    Raises
    ------
    AssertionError
        Naming the rule, and what the module raised, if it did: a finite embedding of shape (rows, embedding_dim), rows
        encoded independently of each other in evaluation mode, reconstructions (where there is ``decode``) of the shape
        of the rows, mean and log variance (where there is ``distribution``) of the shape of the embedding.
    InvalidParameterError
        If ``encoder`` is no module, or ``n_inputs`` no positive integer.
    """
    if not isinstance(encoder, nn.Module):
        raise InvalidParameterError(
            f"The 'encoder' parameter of check_encoder must be a torch.nn.Module. Got {short(repr(encoder))[1:-1]} "
            "instead; call a function that makes one."
        )
    validate_parameters("check_encoder", {"n_inputs": [Interval(int, 1, None)]}, {"n_inputs": n_inputs})
    module = adapt(copy_module(encoder)).eval()
    x = torch.randn(8, n_inputs, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    with torch.no_grad():
        with naming("encode", f"encode takes rows of shape (rows, {n_inputs})"):
            z = embedding_of(module, x)
            _check_tensor(z, (8, None), "encode must return an embedding of shape (rows, embedding_dim)")
            assert bool(torch.isfinite(z).all()), "encode must return finite numbers"
        with naming("rows", "encode takes each row alone"):
            alone = torch.cat([embedding_of(module, row) for row in x.split(1)])  # type: ignore[no-untyped-call]
            torch.testing.assert_close(
                alone, z, msg="in evaluation mode a row's embedding must not depend on other rows"
            )
        if callable(getattr(module, "decode", None)):
            with naming("decode", "decode takes an embedding of shape (rows, embedding_dim)"):
                decoded = module.decode(z)  # type: ignore[operator]
                _check_tensor(decoded, tuple(x.shape), "decode must return rows of the inputs' shape")
        if callable(getattr(module, "distribution", None)):
            with naming("distribution", "distribution takes rows and returns a mean and a log variance"):
                mean, log_variance = module.distribution(x)  # type: ignore[operator]
                for part in (mean, log_variance):
                    _check_tensor(part, tuple(z.shape), "distribution must return two tensors of the embedding's shape")
                torch.testing.assert_close(mean, z, msg="the mean of distribution must be what encode returns")


def _check_tensor(value: Any, shape: tuple[int | None, ...], rule: str) -> None:
    assert isinstance(value, Tensor), f"{rule}, not a {type(value).__name__}"
    same = value.dim() == len(shape) and all(
        asked in (None, side) for asked, side in zip(shape, value.shape, strict=True)
    )
    assert same, f"{rule}, not of shape {tuple(value.shape)}"
