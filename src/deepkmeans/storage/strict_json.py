"""JSON as a model file holds it: every text has one meaning, and every size a limit.

Refused on reading: duplicate keys, ``NaN`` and ``Infinity``, numbers outside 64 bits or the floats, nesting
deeper than :data:`MAX_DEPTH`, more than :data:`MAX_VALUES` values. Floats that are not finite are written as
``{"$float": "nan" | "inf" | "-inf"}`` and read back as they were, so that a history with a diverged epoch
can be saved.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_VALUES", "StrictJSONError", "as_stored", "dump", "parse"]

MAX_BYTES = 32 * 2**20
MAX_DEPTH = 32
MAX_VALUES = 2_000_000

_FLOAT = "$float"
_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class StrictJSONError(ValueError):
    """A text or a value that breaks the rules of this module."""


def dump(document: Mapping[str, Any]) -> bytes:
    """``document`` as ASCII JSON on one line, keys in their order; NumPy scalars as numbers, tuples as lists.

    Raises
    ------
    StrictJSONError
        Names the path of the first value that is not None, bool, a number, str, list, tuple or dict.
    """
    text = json.dumps(_plain(document, "", 0), allow_nan=False, separators=(",", ":"))
    data = text.encode("ascii")
    _check_size(data)
    return data


def as_stored(document: Mapping[str, Any]) -> dict[str, Any]:
    """``document`` as it will be read from a file; errors as :func:`dump`."""
    return parse(dump(document))


def parse(data: bytes) -> dict[str, Any]:
    """The object that the JSON text ``data`` stands for.

    Raises
    ------
    StrictJSONError
        If the text is not JSON, breaks a rule of this module or is not an object.
    """
    _check_size(data)
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
    except RecursionError:
        raise StrictJSONError(f"it is nested deeper than {MAX_DEPTH} levels") from None
    except StrictJSONError:
        raise
    except ValueError as error:
        raise StrictJSONError(f"it is not JSON ({error})") from None
    if not isinstance(value, dict):
        raise StrictJSONError("it is not a JSON object")
    _check_depth(value)
    return value


def _check_size(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise StrictJSONError(f"it has {len(data):,} bytes; at most {MAX_BYTES:,} are allowed")
    # Counted before parsing, as an empty list costs 3 bytes in the file and 56 in memory.
    values = sum(data.count(mark) for mark in (b",", b"[", b"{"))
    if values > MAX_VALUES:
        raise StrictJSONError(f"it has about {values:,} values; at most {MAX_VALUES:,} are allowed")


def _plain(value: Any, path: str, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise StrictJSONError(f"{path[:80]} is nested deeper than {MAX_DEPTH} levels")
    if value is None or isinstance(value, (bool, str)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise StrictJSONError(f"{path or 'the top level'} has the key {key!r}, which is not a str")
        if _FLOAT in value:
            raise StrictJSONError(
                f"{path or 'the top level'} has the key {_FLOAT!r}, which stands for floats that are not finite"
            )
        inner = {key: f"{path}[{key!r}]" if path else key for key in value}
        return {str(key): _plain(entry, inner[key], depth + 1) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry, f"{path}[{position}]", depth + 1) for position, entry in enumerate(value)]
    if type(value).__module__ == "numpy" and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        if not -(2**63) <= int(value) < 2**64:
            raise StrictJSONError(f"{path} is an integer outside 64 bits")
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        if math.isfinite(number):
            return number
        return {_FLOAT: "nan" if number != number else "inf" if number > 0 else "-inf"}
    raise StrictJSONError(
        f"{path} is a {type(value).__name__}; only None, bool, numbers, str, lists and dicts can be written"
    )


def _object(pairs: list[tuple[str, Any]]) -> Any:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise StrictJSONError(f"the key {double[:80]!r} occurs twice in one object")
    if _FLOAT in result:
        if len(result) != 1 or not isinstance(result[_FLOAT], str) or result[_FLOAT] not in _NOT_FINITE:
            raise StrictJSONError(f"the key {_FLOAT!r} is not followed by 'nan', 'inf' or '-inf' alone")
        return _NOT_FINITE[result[_FLOAT]]
    return result


def _refuse_constant(text: str) -> Any:
    raise StrictJSONError(f"the number {text} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise StrictJSONError(f"the number {text[:40]} is larger than any float")
    return number


def _integer(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**64:
        raise StrictJSONError(f"the integer {text[:40]} is outside 64 bits")
    return int(text)


def _check_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        if depth > MAX_DEPTH:
            raise StrictJSONError(f"it is nested deeper than {MAX_DEPTH} levels")
        following: list[Any] = []
        for entry in level:
            inner = entry.values() if isinstance(entry, dict) else entry
            following.extend(item for item in inner if isinstance(item, (dict, list)))
        level, depth = following, depth + 1
