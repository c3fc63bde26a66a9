"""What a model takes, by its document, before it is loaded: so that rows are read as in its fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..data.stored_input import StoredInput

__all__ = ["stored_input", "stored_inputs", "stored_media"]


def stored_input(document: Mapping[str, Any]) -> str:
    """What a model takes: "text", "image", "audio", "series", "table" of columns of any kind, or "auto" of numbers."""
    return _kind(_preprocessing(document.get("state")))


def stored_media(document: Mapping[str, Any]) -> Any:
    """Height, width and channels of the pictures that a model takes, or what makes rows of recordings; None of others.

    Of what is odd it is None, too: ``load`` will say what is wrong.
    """
    state = document.get("state")
    stored = _preprocessing(state)
    if stored is None and isinstance(state, dict) and isinstance(state.get("pictures"), dict):
        return _shape(state["pictures"].get("shape"))  # of the arrays of a fit in Python
    return _media(stored)


def stored_inputs(document: Mapping[str, Any]) -> dict[str, StoredInput] | None:
    """The inputs of a model of several, or of one that has a name, as columns of a table; None of others.

    Those that no table can hold, as their columns have no names, are left out.
    """
    state = document.get("state")
    if not isinstance(state, dict):
        return None
    names, parts = state.get("input_names"), state.get("inputs")
    if isinstance(parts, list):
        every = [part for part in parts if isinstance(part, dict) and isinstance(part.get("name"), str)]
        made = {part["name"]: _input(part["name"], part) for part in every}
        return {name: each for name, each in made.items() if each is not None}
    if isinstance(names, list) and len(names) == 1 and isinstance(names[0], str):
        one = _input(names[0], state)
        return None if one is None or one.kind == "table" else {names[0]: one}
    return None


def _input(name: str, part: Mapping[str, Any]) -> StoredInput | None:
    preprocessing = _preprocessing(part)
    kind = _kind(preprocessing)
    if kind in ("text", "image", "audio"):
        return StoredInput(kind, [name], _media(preprocessing))
    columns = part.get("names")
    if isinstance(preprocessing, dict):
        columns = _sources(preprocessing.get("schema")) or preprocessing.get("columns")
    if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
        return None
    return StoredInput("table", list(dict.fromkeys(columns)))


def _sources(schema: Any) -> list[Any] | None:
    """Names of the columns that were used."""
    if not isinstance(schema, dict) or not schema.get("named"):
        return None
    from ..data.schema import Schema
    from ..storage.schema import MismatchError

    try:
        return list(Schema.from_document(schema).kept_sources)
    except MismatchError:
        return None


def _preprocessing(part: Any) -> Any:
    return part.get("preprocessing") if isinstance(part, dict) else None


def _kind(preprocessing: Any) -> str:
    kind = preprocessing.get("kind") if isinstance(preprocessing, dict) else None
    kind = kind.removeprefix("frozen ") if isinstance(kind, str) else None
    if kind in ("text", "image", "audio", "series"):
        return str(kind)
    return {None: "auto", "frozen": "text"}.get(kind, "table")


def _shape(sides: Any) -> tuple[int, int, int] | None:
    if not isinstance(sides, list) or len(sides) != 3:
        return None
    odd = not all(type(side) is int and 0 < side <= 4096 for side in sides) or sides[2] not in (1, 3)
    return None if odd else (sides[0], sides[1], sides[2])


def _media(stored: Any) -> Any:
    kind = _kind(stored)
    if kind == "image":
        return _shape([stored.get(name) for name in ("height", "width", "channels")])
    if kind == "audio":
        from ..data.preprocessing.audio import AudioPreprocessor
        from ..storage.schema import MismatchError

        try:
            AudioPreprocessor.check_parts(stored, {})
        except MismatchError:
            return None
        return AudioPreprocessor.from_parts(stored, {})
    return None
