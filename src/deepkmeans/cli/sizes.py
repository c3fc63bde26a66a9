"""Amounts of memory as they are typed."""

from __future__ import annotations

import re

from ..exceptions import InvalidParameterError

__all__ = ["parse_size"]

_UNITS = {"": 1, "B": 1} | {
    letter + end: 1024**power for power, letter in enumerate("KMGT", 1) for end in ("", "B", "IB")
}
_SIZE = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)\s*([KMGT]?I?B?)")


def parse_size(text: str | None) -> int | None:
    """Bytes from ``800M``, ``4G`` or ``4 GiB`` (units of 1024); None stays None."""
    if text is None:
        return None
    match = _SIZE.fullmatch(text.strip().upper())
    if match is None or len(text) > 40 or float(match[1]) == 0:
        raise InvalidParameterError(f"--max-memory must be a size such as 800M or 4G; got {text!r}")
    return int(float(match[1]) * _UNITS[match[2]])
