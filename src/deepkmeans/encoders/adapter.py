"""Any torch module as one with ``encode`` and ``decode``, and the encoder of a single input that is made of it."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor, nn

from ..exceptions import InvalidParameterError
from ..types import SINGLE_INPUT
from .encoder import Encoder

__all__ = ["SingleInputEncoder", "adapt", "copy_module", "embedding_of", "is_network", "rows_of"]


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
    """A module that embeds rows and cannot decode."""

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
    return _Halves(module) if is_network(module) else _EncoderOnly(module)


def is_network(module: nn.Module) -> bool:
    """Whether a module says by its methods or submodules that it is a network to train, not one of layers alone."""
    halves = ("encoder", "decoder")
    return callable(getattr(module, "encode", None)) or all(callable(getattr(module, name, None)) for name in halves)


def copy_module(module: nn.Module) -> nn.Module:
    """A copy to train, so that the user's own object stays as it was given."""
    try:
        return copy.deepcopy(module)
    except Exception as error:
        raise InvalidParameterError(
            f"The 'encoder' parameter, a {type(module).__name__}, cannot be copied ({error}); "
            "give a function (n_inputs, embedding_dim) -> module instead."
        ) from error


def embedding_of(module: Any, x: Tensor) -> Any:
    """What a user's adapted module embeds rows x (B, d) to.

    A module that fails because its weights have another dtype than the rows (it was built under another default of
    torch) is converted to theirs.
    """
    try:
        return module.encode(x)
    except Exception:  # code of the user's own can fail in any way
        weights = itertools.chain(module.parameters(), module.buffers())
        if not any(weight.is_floating_point() and weight.dtype != x.dtype for weight in weights):
            raise
    return module.to(x.dtype).encode(x)


def rows_of(module: nn.Module, z: Tensor) -> Tensor:
    """What an adapted module decodes z (B, embedding_dim) to."""
    if not callable(getattr(module, "decode", None)):
        raise InvalidParameterError(
            f"The encoder, a {_name(module)}, has no decode method, which this objective or method needs; "
            "give a network with encode and decode (or submodules encoder and decoder)."
        )
    return module.decode(z)  # type: ignore[operator, no-any-return]


class SingleInputEncoder(Encoder):
    """The encoder of a single input: one network, whose embedding passes through one invertible linear map.

    Parameters
    ----------
    module : nn.Module
        With ``encode(x)`` for x (B, d), and ``decode(z)`` where rows are to be reconstructed.
    embedding_dim : int
    """

    def __init__(self, module: nn.Module, embedding_dim: int) -> None:
        super().__init__(embedding_dim)
        self.module = module

    @property
    def networks(self) -> Iterable[nn.Module]:
        return (self.module,)

    def _embed(self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None) -> Tensor:
        return self.module.encode(_single(inputs))  # type: ignore[operator, no-any-return]

    def _rows(self, z: Tensor) -> dict[str, Tensor]:
        return {SINGLE_INPUT: rows_of(self.module, z)}

    def _distribution(
        self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        return self.module.distribution(_single(inputs))  # type: ignore[operator, no-any-return]


def _single(inputs: Mapping[str, Tensor]) -> Tensor:
    """The only input; every row has it."""
    if list(inputs) != [SINGLE_INPUT]:
        raise InvalidParameterError(
            f"The encoder takes one input, {SINGLE_INPUT!r}. Got {', '.join(map(repr, inputs))} instead; several "
            "inputs need a network each."
        )
    return inputs[SINGLE_INPUT]
