"""deepkmeans: K-Means that learns the space it clusters in.

Public names load on first use (PEP 562): importing the package imports neither torch, scikit-learn nor pandas.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .estimators import Autoencoder, DeepKMeans, KMeans
    from .persistence import load, save

__version__ = "0.1.0"

_HOME = {
    "Autoencoder": ".estimators",
    "DeepKMeans": ".estimators",
    "KMeans": ".estimators",
    "load": ".persistence",
    "save": ".persistence",
}
_ROOMS = (
    "datasets", "encoders", "exceptions", "inspection", "metrics", "model_selection", "objectives", "testing",
    "training",
)  # fmt: skip

__all__ = ["Autoencoder", "DeepKMeans", "KMeans", "__version__", "load", "save"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name], __name__), name)
    if name in _ROOMS:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_ROOMS})
