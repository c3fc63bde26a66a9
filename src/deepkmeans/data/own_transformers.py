"""A scikit-learn transformer of the user's own: recognised, cloned and seeded, and known by its state."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.base import clone
from torch import Tensor

from ..runtime import Seeds

__all__ = ["seeded_clone", "state_digest", "without_seeds"]

_DEEPEST = 12
_PLAIN = (str, bytes, bool, int, float, complex, type(None))


def seeded_clone(transformer: Any, seeds: Seeds, address: str) -> tuple[Any, list[str]]:
    """An unfitted clone, and those of its parameters ``random_state=None`` that have got a seed."""
    made = clone(transformer)
    seeded = [
        name for name, value in sorted(made.get_params().items())
        if value is None and (name == "random_state" or name.endswith("__random_state"))
    ]  # fmt: skip
    made.set_params(**{name: seeds.seed(address, name) % 2**32 for name in seeded})
    return made, seeded


def without_seeds(transformer: Any, seeded: list[str]) -> Any:
    """The transformer as it was before the fit: not fitted, and without the seeds of the fit."""
    return clone(transformer).set_params(**dict.fromkeys(seeded))


def state_digest(transformer: Any) -> str:
    """SHA-256 of what a fitted transformer has learnt: its attributes, arrays by their bytes.

    The same for the object and for its copies, by pickle too. Functions count by name, objects by their attributes; of
    private attributes numbers and texts are left out, as some hold addresses.
    """
    digest = hashlib.sha256()
    _add(digest, transformer, 0)
    return digest.hexdigest()


def _add(digest: Any, value: Any, depth: int) -> None:
    digest.update(f"<{type(value).__name__}>".encode())
    if depth > _DEEPEST or isinstance(value, (types.ModuleType, np.random.RandomState, np.random.Generator)):
        return
    if isinstance(value, (*_PLAIN, np.generic)):
        digest.update(str(value).encode())
    elif isinstance(value, np.ndarray):
        digest.update(f"{value.dtype} {value.shape}".encode())
        if value.dtype.hasobject:
            _add(digest, value.tolist(), depth + 1)
        else:
            digest.update(np.ascontiguousarray(value).tobytes())
    elif sp.issparse(value):
        coo = value.tocoo()
        for part in (coo.row, coo.col, coo.data):
            digest.update(np.ascontiguousarray(part).tobytes())
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            digest.update(f"{key}=".encode())
            _add(digest, entry, depth + 1)
    elif isinstance(value, (list, tuple)):
        for entry in value:
            _add(digest, entry, depth + 1)
    elif isinstance(value, (set, frozenset)):
        digest.update(" ".join(sorted(map(str, value))).encode())
    elif isinstance(value, type) or hasattr(value, "__name__"):
        digest.update(str(value.__name__).encode())
    elif hasattr(value, "to_numpy"):
        _add(digest, value.to_numpy(), depth + 1)
    elif isinstance(value, Tensor):
        _add(digest, value.detach().cpu().numpy(), depth + 1)
    else:
        for name, entry in sorted(_attributes(value).items()):
            if not name.startswith("_") or not isinstance(entry, _PLAIN):
                digest.update(f".{name}".encode())
                _add(digest, entry, depth + 1)


def _attributes(value: Any) -> Mapping[str, Any]:
    """What an object holds; of classes written in C what it is pickled by."""
    state = getattr(value, "__dict__", None)
    if state is None:
        try:
            state = value.__getstate__()
        except Exception:  # it has none that could be compared
            state = None
    return state if isinstance(state, Mapping) else {}
