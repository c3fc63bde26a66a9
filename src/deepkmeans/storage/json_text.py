"""Results as JSON text for everybody: strict, and safe to look at on a terminal."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from .._quoting import json_safe

__all__ = ["json_text"]


def json_text(document: Mapping[str, Any], *, indent: int | None = None) -> str:
    """Strict JSON: NaN and infinities, which JSON has not, become null; NumPy scalars and arrays become plain."""
    return json_safe(json.dumps(_plain(document), ensure_ascii=False, allow_nan=False, indent=indent))


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
