"""Hyper-parameters in words that tell apart whatever differs: by what a checkpoint knows its fit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor, nn

from .._validation import takes

__all__ = ["exact_repr"]


def exact_repr(value: Any) -> str:
    """``repr``, with arrays, tensors and weights of modules, which it shortens or omits, as digests of their bytes.

    Objects with ``get_params`` and dataclasses are written with all their hyper-parameters, and lists, tuples, sets and
    mappings with all their entries.
    """
    name = type(value).__name__
    digested = _digested(value)
    if digested is not None:
        return digested
    get_params = getattr(value, "get_params", None)
    if callable(get_params) and not isinstance(value, type) and takes(get_params, False):
        return f"{name}({_named(get_params(False).items())})"
    if is_dataclass(value) and not isinstance(value, type):
        inner = _named((field.name, getattr(value, field.name, None)) for field in fields(value))
        return f"{type(value).__qualname__}({inner})"
    if isinstance(value, nn.Module):
        return f"{value!r} {exact_repr(dict(value.state_dict()))}"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{exact_repr(key)}: {exact_repr(entry)}" for key, entry in value.items())
        return f"{{{inner}}}" if type(value) is dict else f"{name}({{{inner}}})"
    if isinstance(value, (list, tuple, set, frozenset)):
        return _collection(value)
    return repr(value)


def _named(entries: Iterable[tuple[str, Any]]) -> str:
    return ", ".join(f"{name}={exact_repr(entry)}" for name, entry in entries)


def _collection(value: Any) -> str:
    entries = [exact_repr(entry) for entry in value]
    if isinstance(value, (set, frozenset)):
        entries.sort()  # the order of a set of texts is another one in each process
    inner = ", ".join(entries) + ("," if isinstance(value, tuple) and len(entries) == 1 else "")
    plain: dict[type, tuple[str, str]] = {list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}")}
    left, right = plain.get(type(value), (f"{type(value).__name__}([", "])"))
    return f"{left}{inner}{right}" if entries or type(value) in (list, tuple) else repr(value)


def _digested(value: Any) -> str | None:
    """An array or tensor of any kind as the digest of its bytes, None for anything else."""
    if isinstance(value, np.ma.MaskedArray):
        return f"masked({exact_repr(np.asarray(value.filled()))}, {exact_repr(np.ma.getmaskarray(value))})"
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:  # its bytes are addresses
            return f"array({value.shape}, {exact_repr(value.tolist())})"
        return _digest("array", value.dtype, value.shape, np.ascontiguousarray(value).tobytes())
    if sp.issparse(value):
        coo = value.tocoo()
        return f"{value.format}({value.shape}, {_collection([coo.row, coo.col, coo.data])})"
    if isinstance(value, Tensor):
        plain = value.detach().cpu()
        plain = plain if plain.layout == torch.strided else plain.to_dense()
        plain = plain.dequantize() if plain.is_quantized else plain.resolve_conj().resolve_neg()
        data = plain.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes() if plain.numel() else b""
        return _digest("tensor", value.dtype, tuple(value.shape), data)
    if type(value).__module__.partition(".")[0] == "pandas" and hasattr(value, "to_numpy") and hasattr(value, "axes"):
        return f"{type(value).__name__}({_collection([value.to_numpy(), *(axis.to_numpy() for axis in value.axes)])})"
    return None


def _digest(kind: str, dtype: Any, shape: tuple[int, ...], data: bytes) -> str:
    return f"{kind}({dtype}, {shape}, {hashlib.sha256(data).hexdigest()})"
