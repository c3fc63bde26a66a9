"""Foreign modules behind one face: ``encode``, ``decode``, and codes in coordinates fit for K-Means."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import torch
from torch import Tensor, nn

from ..exceptions import InvalidParameterError
from ..runtime import autocast

__all__ = ["ScaledCodes", "adapt", "codes_of", "copy_module"]


class _Halves(nn.Module):
    """A module made of two submodules ``encoder`` and ``decoder``, as textbook Keras and torch autoencoders are."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def encode(self, x: Tensor) -> Tensor:
        return self.module.encoder(x)  # type: ignore[no-any-return, operator]

    def decode(self, z: Tensor) -> Tensor:
        return self.module.decoder(z)  # type: ignore[no-any-return, operator]

    def forward(self, x: Tensor) -> Tensor:
        return self.encode(x)


class _EncoderOnly(nn.Module):
    """A module that maps rows to codes and cannot go back."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def encode(self, x: Tensor) -> Tensor:
        return self.module(x)  # type: ignore[no-any-return]

    def forward(self, x: Tensor) -> Tensor:
        return self.encode(x)


def _name(module: nn.Module) -> str:
    return type(module.module if isinstance(module, (_Halves, _EncoderOnly)) else module).__name__


def adapt(module: Any) -> nn.Module:
    """Return a module with ``encode`` and, if it can, ``decode``.

    Accepted: an ``nn.Module`` with ``encode`` (and ``decode``); one with submodules ``encoder`` and
    ``decoder`` (a Keras 3 model on its torch backend is one); a plain module, which is then the encoder alone.
    """
    if not isinstance(module, nn.Module):
        raise InvalidParameterError(
            f"The 'encoder' parameter must be 'auto', a torch.nn.Module with encode and decode, or a function "
            f"(n_inputs, embedding_dim) -> module. Got {type(module).__name__} instead (a Keras model must run on "
            "Keras' torch backend: set KERAS_BACKEND=torch before importing keras)."
        )
    if callable(getattr(module, "encode", None)):
        return module
    if callable(getattr(module, "encoder", None)) and callable(getattr(module, "decoder", None)):
        return _Halves(module)
    return _EncoderOnly(module)


def copy_module(module: nn.Module) -> nn.Module:
    """A trained copy is ours, the user's own object stays as it was given."""
    try:
        return copy.deepcopy(module)
    except Exception as error:
        raise InvalidParameterError(
            f"The 'encoder' parameter, a {type(module).__name__}, cannot be copied ({error}); "
            "give a function (n_inputs, embedding_dim) -> module instead."
        ) from error


def codes_of(module: Any, x: Tensor) -> Any:
    """What a user's adapted module returns for rows x (B, d); built while torch's default dtype was not that of the
    rows, and unable to take them for it, its weights are brought to theirs."""
    try:
        return module.encode(x)
    except Exception:  # code of the user's own can fail in any way; for the second time it is told
        weights = itertools.chain(module.parameters(), module.buffers())
        if not any(weight.is_floating_point() and weight.dtype != x.dtype for weight in weights):
            raise
    return module.to(x.dtype).encode(x)


class ScaledCodes(nn.Module):
    """An autoencoder whose codes pass through one invertible linear map, undone before decoding.

    After pretraining the coordinates of the codes are an accident of the weights; clustering weights, Student
    kernels and K-Means itself have a meaning only relative to them. ``z = (h(x) - shift) @ metric`` with the metric
    of :func:`~deepkmeans.kmeans.fit_whitened_kmeans` has mean variance 1 and clusters of the same spread in all
    directions, so the same weights work for every data set; reconstructions stay as they were.

    It is also where mixed precision ends: the wrapped network computes in ``precision``, codes and
    reconstructions leave in the precision of the weights, so objectives and K-Means never see bfloat16.
    """

    precision: torch.dtype = torch.float32

    shift: Tensor
    metric: Tensor
    inverse: Tensor

    def __init__(self, module: nn.Module, embedding_dim: int) -> None:
        super().__init__()
        self.module = module
        self.register_buffer("shift", torch.zeros(embedding_dim, dtype=torch.float32))
        # Not torch.eye: on the meta device, where load() plans a network, it imports 5 s of symbolic mathematics.
        square = torch.zeros(embedding_dim, embedding_dim, dtype=torch.float32)
        self.register_buffer("metric", square.fill_diagonal_(1.0))
        self.register_buffer("inverse", self.metric.clone())

    @torch.no_grad()
    def set_metric(self, shift: Tensor, metric: Tensor) -> None:
        """Take the map ``(z - shift) @ metric``, shift (e,) and metric (e, e), for codes z of the wrapped module."""
        self.shift.copy_(shift)
        self.metric.copy_(metric)
        self.inverse.copy_(torch.linalg.inv(metric.double()))

    @property
    def multiplications(self) -> int | None:
        """Multiplications that one row costs, if the wrapped module says so; else about one a weight."""
        return getattr(self.module, "multiplications", None)

    @property
    def can_decode(self) -> bool:
        return callable(getattr(self.module, "decode", None))

    def compute_in(self, precision: torch.dtype) -> ScaledCodes:
        """Itself, the wrapped network computing in this precision."""
        self.precision = precision
        return self

    def finish(self) -> ScaledCodes:
        """Itself after training: in float32, evaluating, without gradients."""
        self.compute_in(torch.float32).eval().requires_grad_(False)
        return self

    def encode(self, x: Tensor) -> Tensor:
        with autocast(x.device, self.precision):
            z = self.module.encode(x)  # type: ignore[operator]
        return (z.to(self.shift.dtype) - self.shift) @ self.metric  # type: ignore[no-any-return]

    def decode(self, z: Tensor) -> Tensor:
        if not self.can_decode:
            raise InvalidParameterError(
                f"The encoder, a {_name(self.module)}, has no decode method, which this objective or method needs; "
                "give a network with encode and decode (or submodules encoder and decoder)."
            )
        with autocast(z.device, self.precision):
            x = self.module.decode(z @ self.inverse + self.shift)  # type: ignore[operator]
        return x.to(self.shift.dtype)  # type: ignore[no-any-return]

    def distribution(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean (B, embedding_dim) in the scaled space, and the log variance head, which is read in that space."""
        with autocast(x.device, self.precision):
            mean, log_variance = self.module.distribution(x)  # type: ignore[operator]
        return (mean.to(self.shift.dtype) - self.shift) @ self.metric, log_variance.to(self.shift.dtype)

    def forward(self, x: Tensor) -> Tensor:
        return self.encode(x)
