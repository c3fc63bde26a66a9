"""Refuse JSON in a file named as a text table: its first line would be taken for names."""

from __future__ import annotations

import json

from ..exceptions import InvalidDataError

__all__ = ["refuse_json"]


def refuse_json(file: str, text: str) -> None:
    """Refuse a file whose beginning, ``text``, is that of JSON: one value, or one on every line."""
    text = text.lstrip("\ufeff \t\r\n")
    if not text.startswith(("{", "[")):
        return
    lines = False
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        if error.pos < len(text.rstrip()) and not error.msg.startswith("Unterminated string"):
            return  # not JSON; otherwise the text was cut off, here or by its writer
    except RecursionError:
        pass
    else:
        rest = text[end:].lstrip(" \t")
        lines = rest.strip() != ""
        if lines and not (rest[0] in "\r\n" and rest.lstrip()[0] in "{["):
            return
    raise InvalidDataError(
        f"{file}: is not a text table but JSON{' lines' if lines else ''}; save it as .csv, for example with "
        f"pandas.read_json(FILE{', lines=True' if lines else ''}).to_csv('table.csv', index=False)"
    )
