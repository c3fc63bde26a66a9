"""Models as files (``save`` and ``load``), and runs as folders: the results of a fit with its data and settings.

``save`` and ``load`` need torch and load on first use (PEP 562), so that a run is looked at without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_names
from .run_folder import RunFolder
from .run_layout import RunLayout

if TYPE_CHECKING:
    from ..estimators.model_file import load, save

__all__ = ["RunFolder", "RunLayout", "load", "save"]

__getattr__ = lazy_names(__name__, dict.fromkeys(("load", "save"), "..estimators.model_file"))
