"""Foreign modules behind one face: ``encode``, ``decode``, and codes of unit size."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from ..exceptions import InvalidParameterError
from ..runtime import autocast

__all__ = ["ScaledCodes", "adapt", "copy_module"]


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


class ScaledCodes(nn.Module):
    """An autoencoder whose codes are shifted to mean 0 and divided by one number, undone before decoding.

    After pretraining the size of the codes is an accident of the weights; clustering weights and Student
    kernels have a meaning only relative to it. Setting the mean variance of the codes to 1 makes the same
    weights work for every data set, and changes neither reconstruction nor nearest centres.

    It is also where mixed precision ends: the wrapped network computes in ``precision``, codes and
    reconstructions leave in the precision of the weights, so objectives and K-Means never see bfloat16.
    """

    precision: torch.dtype = torch.float32

    shift: Tensor
    scale: Tensor

    def __init__(self, module: nn.Module, embedding_dim: int) -> None:
        super().__init__()
        self.module = module
        self.register_buffer("shift", torch.zeros(embedding_dim))
        self.register_buffer("scale", torch.ones(()))

    @torch.no_grad()
    def fit_codes(self, z: Tensor) -> None:
        """Set shift and scale from codes z (n, embedding_dim) of the wrapped module."""
        self.shift.copy_(z.mean(0))
        spread = z.double().var(0, correction=0).mean().sqrt()
        self.scale.copy_(spread if bool(spread > 0) else torch.ones(()))

    @property
    def can_decode(self) -> bool:
        return callable(getattr(self.module, "decode", None))

    def encode(self, x: Tensor) -> Tensor:
        with autocast(x.device, self.precision):
            z = self.module.encode(x)  # type: ignore[operator]
        return (z.to(self.shift.dtype) - self.shift) / self.scale  # type: ignore[no-any-return]

    def decode(self, z: Tensor) -> Tensor:
        if not self.can_decode:
            raise InvalidParameterError(
                f"The encoder, a {_name(self.module)}, has no decode method, which this objective or method needs; "
                "give a network with encode and decode (or submodules encoder and decoder)."
            )
        with autocast(z.device, self.precision):
            x = self.module.decode(z * self.scale + self.shift)  # type: ignore[operator]
        return x.to(self.shift.dtype)  # type: ignore[no-any-return]

    def distribution(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean (B, embedding_dim) in the scaled space, and the log variance head, which is read in that space."""
        with autocast(x.device, self.precision):
            mean, log_variance = self.module.distribution(x)  # type: ignore[operator]
        return (mean.to(self.shift.dtype) - self.shift) / self.scale, log_variance.to(self.shift.dtype)

    def forward(self, x: Tensor) -> Tensor:
        return self.encode(x)
