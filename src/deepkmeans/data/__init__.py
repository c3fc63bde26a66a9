"""Anything to batches: input checks, scaling, missing values, files."""

from .rows import Rows
from .scaling import SCALINGS, Scaling, fit_scaling

__all__ = ["SCALINGS", "Rows", "Scaling", "fit_scaling"]
