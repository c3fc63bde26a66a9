"""What can be an encoder of texts, recognised without importing the library that it is of."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from torch import nn

from ...encoders.text_encoder import TextEncoder

__all__ = ["class_name", "encoding_method", "is_instance", "is_text_encoder", "takes_one"]


def is_text_encoder(value: Any) -> bool:
    """Whether ``value`` can be the encoder of texts, as :class:`~deepkmeans.encoders.TextEncoder` lists them.

    Networks that train on rows of numbers are none, nor functions of two arguments, which make such networks.
    """
    if isinstance(value, str):
        return value != "auto"
    if isinstance(value, (TextEncoder, Path)):
        return True
    if is_instance("sentence_transformers", "SentenceTransformer", value):
        return True
    if isinstance(value, (nn.Module, type)) or value is None:
        return False
    return encoding_method(value) is not None or takes_one(value)


def is_instance(package: str, name: str, value: Any) -> bool:
    """Whether ``value`` is an instance of a class of a package, or of its child; the package is not imported."""
    return any(base.__name__ == name and base.__module__.split(".")[0] == package for base in type(value).__mro__)


def encoding_method(value: Any) -> str | None:
    return next((name for name in ("encode", "transform") if callable(getattr(value, name, None))), None)


def takes_one(value: Any) -> bool:
    """Whether ``value`` is a function that needs exactly one argument."""
    if not callable(value):
        return False
    try:
        arguments = inspect.signature(value).parameters.values()
    except (ValueError, TypeError):  # some functions written in C have no signature
        return False
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    needed = [each for each in arguments if each.default is each.empty and each.kind not in several]
    return len(needed) == 1 and needed[0].kind is not inspect.Parameter.KEYWORD_ONLY


def class_name(value: Any) -> str:
    """The name of a function, or of the class of an object, printable and short."""
    name = getattr(value, "__qualname__", None) or type(value).__qualname__
    return "".join(letter for letter in str(name) if letter.isprintable())[:200] or "encoder"
