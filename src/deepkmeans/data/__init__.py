"""Anything to batches: input checks, scaling, missing values, files.

Names load on first use (PEP 562): reading a file needs no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_names

if TYPE_CHECKING:
    from .column_kinds import row_rule
    from .distinct import distinct_rows
    from .images import find_image_shape
    from .projection import fit_projection
    from .rows import Rows
    from .scaling import SCALINGS, Scaling, fit_scaling
    from .spaces import column_spaces, one_hot_blocks

_HOME = {
    "SCALINGS": ".scaling", "Rows": ".rows", "Scaling": ".scaling", "column_spaces": ".spaces",
    "distinct_rows": ".distinct", "find_image_shape": ".images", "fit_projection": ".projection",
    "fit_scaling": ".scaling", "one_hot_blocks": ".spaces", "row_rule": ".column_kinds",
}  # fmt: skip

__all__ = [
    "SCALINGS", "Rows", "Scaling", "column_spaces", "distinct_rows", "find_image_shape", "fit_projection",
    "fit_scaling", "one_hot_blocks", "row_rule",
]  # fmt: skip

__getattr__ = lazy_names(__name__, _HOME)
