"""Findings of a fit that are kept in its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..exceptions import InvalidParameterError
from ..storage.strict_json import StrictJSONError, as_stored

__all__ = ["stored_findings"]


def stored_findings(findings: Mapping[str, Any], method: str) -> dict[str, Any]:
    """Findings as a file gives them back: NumPy scalars as numbers, tuples as lists.

    Raises
    ------
    InvalidParameterError
        Names ``method`` and the first value that JSON cannot hold.
    """
    try:
        return as_stored(findings)
    except StrictJSONError as error:
        raise InvalidParameterError(
            f"{method} keeps what a file can hold as JSON, and {error}; convert it first, arrays and tensors with "
            ".tolist()."
        ) from error
