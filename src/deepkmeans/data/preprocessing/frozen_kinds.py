"""Which values of ``encoder=`` are pretrained encoders, of which inputs, and the encoder itself."""

from __future__ import annotations

from typing import Any

from torch import nn

from ..._quoting import short
from ...encoders.adapter import is_network
from ...encoders.media_encoders import AudioEncoder, ImageEncoder
from ...encoders.pretrained import PretrainedEncoder
from ...encoders.text_encoder import TextEncoder
from ...exceptions import InvalidParameterError
from .encoder_inputs import KIND_WORDS
from .resolved_encoder import ResolvedEncoder
from .text_encoder_kinds import is_text_encoder

__all__ = ["as_settings", "is_frozen_encoder", "is_module_of_media", "resolve_encoder"]

_SETTINGS: dict[str, Any] = {"text": TextEncoder, "image": ImageEncoder, "audio": AudioEncoder}


def is_frozen_encoder(value: Any) -> bool:
    """Whether ``value`` is a pretrained encoder, whatever X is: one with settings, a name, an object or a function."""
    return isinstance(value, PretrainedEncoder) or is_text_encoder(value)


def is_module_of_media(value: Any) -> bool:
    """Whether ``value`` is a torch module that is a frozen encoder where X is pictures or recordings.

    One with ``encode``, or with ``encoder`` and ``decoder``, is the network that is trained, whatever X is; so is
    every other where X is numbers.
    """
    return isinstance(value, nn.Module) and not is_frozen_encoder(value) and not is_network(value)


def as_settings(value: Any, kind: str) -> Any:
    """``value`` with the usual settings for inputs of a kind, unless it has its own.

    Raises
    ------
    InvalidParameterError
        If it is an encoder of inputs of another kind.
    """
    if not isinstance(value, PretrainedEncoder):
        return _SETTINGS[kind](value)
    if value.kind != kind:
        words = KIND_WORDS[kind]
        raise InvalidParameterError(
            f"The 'encoder' parameter is of {KIND_WORDS[value.kind].several}, {type(value).__name__}(...), and X is "
            f"{words.several}: give {words.settings}(...), or leave out encoder=."
        )
    return value


def resolve_encoder(given: PretrainedEncoder) -> ResolvedEncoder:
    """The encoder that the settings name or hold, loaded.

    Raises
    ------
    InvalidParameterError
        If it is none, is not on this machine, or not fitted.
    MissingDependencyError
        If a package that it needs is missing.
    """
    if isinstance(given, TextEncoder):
        from .text_encoders import resolve_text_encoder

        return resolve_text_encoder(given)
    from .media_encoders import resolve_media_encoder

    assert isinstance(given, (ImageEncoder, AudioEncoder))
    if isinstance(given.model, PretrainedEncoder):
        raise InvalidParameterError(
            f"The 'model' parameter of {type(given).__name__} is itself {short(repr(given.model))[1:-1]}; give what "
            "that holds."
        )
    return resolve_media_encoder(given)
