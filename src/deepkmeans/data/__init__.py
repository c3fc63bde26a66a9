"""Anything to batches: input checks, scaling, missing values, files."""

from .images import find_image_shape
from .projection import fit_projection
from .rows import Rows
from .scaling import SCALINGS, Scaling, fit_scaling

__all__ = ["SCALINGS", "Rows", "Scaling", "find_image_shape", "fit_projection", "fit_scaling"]
