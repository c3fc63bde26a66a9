"""From files, arrays and frames to batches: input checks, missing values, scaling.

Names load on first use (PEP 562): reading a file needs no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_names

if TYPE_CHECKING:
    from .column_kinds import row_rule
    from .distinct import distinct_rows
    from .images import find_image_shape
    from .magnitudes import normalized_weight
    from .pipeline import InputPipeline
    from .prepared_rows import Preparation, PreparedRows, PreparedSample
    from .projection import fit_projection
    from .rows import Rows
    from .scaling import SCALINGS, Scaling
    from .scaling_fit import fit_scaling
    from .spaces import column_spaces, one_hot_blocks
    from .validation import CheckedInput, check_input
    from .weights import Sample

_HOME = {
    "SCALINGS": ".scaling", "CheckedInput": ".validation", "InputPipeline": ".pipeline",
    "Preparation": ".prepared_rows", "PreparedRows": ".prepared_rows", "PreparedSample": ".prepared_rows",
    "Rows": ".rows", "Sample": ".weights", "Scaling": ".scaling", "check_input": ".validation",
    "column_spaces": ".spaces", "distinct_rows": ".distinct", "find_image_shape": ".images",
    "fit_projection": ".projection", "fit_scaling": ".scaling_fit", "normalized_weight": ".magnitudes",
    "one_hot_blocks": ".spaces", "row_rule": ".column_kinds",
}  # fmt: skip

__all__ = [
    "SCALINGS", "CheckedInput", "InputPipeline", "Preparation", "PreparedRows", "PreparedSample", "Rows", "Sample",
    "Scaling", "check_input", "column_spaces", "distinct_rows", "find_image_shape", "fit_projection", "fit_scaling",
    "normalized_weight", "one_hot_blocks", "row_rule",
]  # fmt: skip

__getattr__ = lazy_names(__name__, _HOME)
