"""Anything to batches: input checks, scaling, missing values, files."""

from .column_kinds import row_rule
from .distinct import distinct_rows
from .images import find_image_shape
from .magnitudes import normalized_weight
from .projection import fit_projection
from .rows import Rows
from .scaling import SCALINGS, Scaling, fit_scaling
from .spaces import column_spaces, one_hot_blocks

__all__ = [
    "SCALINGS", "Rows", "Scaling", "column_spaces", "distinct_rows", "find_image_shape", "fit_projection",
    "fit_scaling", "normalized_weight", "one_hot_blocks", "row_rule",
]  # fmt: skip
