"""deepkmeans: K-Means that learns the space it clusters in.

Public names load on first use (PEP 562): importing the package imports neither torch, scikit-learn nor pandas.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ._lazy import lazy_names

if TYPE_CHECKING:
    from .data.input_spec import InputSpec
    from .estimators import Autoencoder, DeepKMeans, KMeans
    from .persistence import load, save

__version__ = "0.1.0"

_HOME = {
    "Autoencoder": ".estimators",
    "DeepKMeans": ".estimators",
    "InputSpec": ".data.input_spec",
    "KMeans": ".estimators",
    "load": ".persistence",
    "save": ".persistence",
}
_ROOMS = (
    "datasets", "encoders", "exceptions", "fitting", "inspection", "metrics", "model_selection", "objectives",
    "plotting", "report", "testing", "training",
)  # fmt: skip

__all__ = ["Autoencoder", "DeepKMeans", "InputSpec", "KMeans", "__version__", "load", "save"]


_find = lazy_names(__name__, _HOME)


def __getattr__(name: str) -> Any:
    return importlib.import_module(f".{name}", __name__) if name in _ROOMS else _find(name)


def __dir__() -> list[str]:
    return sorted({*__all__, *_ROOMS})
