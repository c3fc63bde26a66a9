"""Blocks of HTML for notebooks: texts are escaped, colours are those of the page, light or dark."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape
from typing import Any

__all__ = ["block", "bullets", "facts", "paragraph", "picture", "table"]

_FRAME = "border-left:3px solid #0072b2;padding:2px 12px;margin:6px 0;max-width:60em;overflow-x:auto"
_CELL = "text-align:left;vertical-align:top;padding:2px 14px 2px 0;background:none"
_NUMBER = "text-align:right;padding:2px 10px;background:none"


def block(title: str, *parts: str) -> str:
    """A framed block; ``title`` is escaped, ``parts`` are HTML."""
    return f'<div style="{_FRAME}"><div style="font-weight:bold">{escape(title)}</div>{"".join(parts)}</div>'


def paragraph(text: str) -> str:
    """A text of its own."""
    return f'<p style="margin:4px 0">{escape(text)}</p>'


def facts(said: Mapping[str, str]) -> str:
    """Two columns: what, and what is said of it."""
    rows = "".join(
        f'<tr style="background:none"><th scope="row" style="{_CELL};font-weight:normal">{escape(name)}</th>'
        f'<td style="{_CELL}">{escape(text)}</td></tr>'
        for name, text in said.items()
    )
    return f'<table style="border:none"><tbody>{rows}</tbody></table>' if said else ""


def bullets(texts: Sequence[str]) -> str:
    """A list of texts; nothing where there are none."""
    lines = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<ul style="margin:4px 0;padding-left:20px">{lines}</ul>' if texts else ""


def table(
    head: Sequence[str], rows: Iterable[Sequence[Any]], marked: int | None = None, words: Collection[int] = ()
) -> str:  # fmt: skip
    """A table of texts.

    Parameters
    ----------
    head : sequence of str
    rows : iterable
    marked : int or None
        The position of a row that is bold.
    words : collection of int
        Positions of columns of words, which begin on the left; others are of numbers.
    """
    styles = [_CELL if column in words else _NUMBER for column in range(len(head))]
    top = "".join(
        f'<th scope="col" style="{style}">{escape(name)}</th>' for name, style in zip(head, styles, strict=True)
    )
    lines = [
        f'<tr style="{"font-weight:bold" if position == marked else ""}">'
        + "".join(
            f'<td style="{style}">{escape(str(cell))}</td>' for cell, style in zip(row, styles, strict=True)
        )
        + "</tr>"
        for position, row in enumerate(rows)
    ]
    return f'<table style="border:none"><thead><tr>{top}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


def picture(png: bytes, words: str) -> str:
    """An inline picture, with ``words`` for those who do not see it."""
    from base64 import b64encode

    data = b64encode(png).decode("ascii")
    return f'<img src="data:image/png;base64,{data}" alt="{escape(words)}" style="max-width:100%">'
