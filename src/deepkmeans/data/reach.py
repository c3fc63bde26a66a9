"""How far from the training rows a row may be: so far that the squares of its scaled cells do not overflow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from ..exceptions import InvalidDataError
from ..kmeans.rows import safe_range
from .magnitudes import column_name, peaks

if TYPE_CHECKING:
    from .scaling import Scaling

__all__ = ["check_scaled"]


def check_scaled(scaled: Tensor, X: Any, scaling: Scaling, names: Any = None) -> None:
    """Refuse rows ``X`` (n, d) of which ``scaled`` (n, p) holds infinity, or numbers whose squares are hardly numbers.

    Networks multiply what they see by their weights, layer after layer, so there is room for that. O(n p).
    """
    most = safe_range(scaled.dtype)[1]
    values = scaled.flatten()
    if float(values @ values) < most**2 or not scaled.numel():
        return
    with np.errstate(over="ignore", invalid="ignore"):
        far = np.fmax(peaks(X), 0) / scaling.scale.numpy()
    column = int(far.argmax())
    kind = str(scaled.dtype).removeprefix("torch.")
    name, value = f"olumn {column_name(names, column)} of X", f"goes up to {peaks(X)[column]:.3g}"
    if scaling.kind == "none":
        raise InvalidDataError(
            f"scaling='none' leaves c{name}, which {value}, at numbers whose squares {kind} cannot hold; use "
            "scaling='auto' or 'standard', or other units."
        )
    raise InvalidDataError(
        f"C{name} {value}, so far from the rows of the fit that {kind} cannot hold its square; correct or drop the "
        "rows that hold it, or fit on rows like them."
    )
