"""Texts: one a line of a ``.txt`` file, or one a file of a folder; and how they are distinguished from a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .._quoting import printable
from ..exceptions import InvalidDataError
from .column_choice import one_line
from .file_kinds import texts_of
from .request import Request
from .text_cells import is_value
from .text_encoding import find_encoding
from .text_json import refuse_json
from .text_layout import first_lines
from .text_lines import split_lines
from .text_separator import BLANKS, cells_of, find_comment, find_quote, find_separator

__all__ = ["are_texts", "read_folder", "read_lines", "text_lines"]

#: Most words of a cell, in the mean, where commas cut lines alike and no column holds numbers.
_WORDS = 3
#: Fewer words of a cell, where they cut lines into different numbers of cells, are a table with an accident.
_FEW = 1.5
#: Least share of lines that a separator cuts alike, by the separator.
_ALIKE = {",": 0.95, ":": 0.95}


def are_texts(request: Request) -> bool:
    """Whether the lines are texts, judged by the first: no separator cuts them into the same number of cells."""
    encoding, _ = find_encoding(Request(request.path, request.choice, request.limit, request.kind, request.format))
    lines, whole = first_lines(request.path, request.file, encoding)
    refuse_json(request.file, "".join(lines))
    comment = find_comment(lines)
    lines = [line for line in lines if line.strip() and not (comment and line.lstrip().startswith(comment))]
    quote, _ = find_quote(lines)
    separator = find_separator(lines, whole, "\t", quote)
    records = list(cells_of(lines, separator, quote))
    widths = [len(record) for record in records]
    width = max(set(widths), key=widths.count, default=1)
    below = records[1:101]
    if width == 1:
        kinds = [is_value(line, commas=True) for line in lines[1:101]]
        return kinds.count(True) <= kinds.count(False)
    words = [len(cell.split()) for record in records for cell in record]
    if widths.count(width) < _ALIKE.get(separator, 0.8) * len(widths):
        return sum(words) >= _FEW * len(words)
    full = [record for record in below if len(record) == width]
    numeric = any(
        5 * [is_value(record[j], commas=separator != ",") for record in full].count(True) >= 4 * len(full) > 0
        for j in range(width)
    )
    return not (separator == BLANKS or numeric or separator in "\t;|" or sum(words) <= _WORDS * len(words))


def text_lines(request: Request) -> tuple[list[str], str, str]:
    """The lines of a file without their ends, its encoding, and how its lines end."""
    encoding, n_lines = find_encoding(request)
    request.limit.check(2 * request.limit.stored + 60 * n_lines, f"a text of up to {n_lines} lines")
    with open(request.path, encoding=encoding, newline="") as file:
        content = file.read().removeprefix("\ufeff")
    lines = split_lines(content)
    end = next((mark for mark in ("\r\n", "\n", "\r") if mark in content), "\n")
    return lines[:-1] if lines[-1] == "" else lines, encoding, end


def read_lines(request: Request) -> dict[str, Any]:
    """Every line that is not blank as a text."""
    texts = [line.strip() for line in text_lines(request)[0]]
    filled = [text for text in texts if text]
    if not filled:
        raise InvalidDataError(f"{request.file}: the file is empty; at least one text is needed")
    blank = len(texts) - len(filled)
    if blank:
        request.notes.append(f"{blank} blank {'line is' if blank == 1 else 'lines are'} left out")
    return _contents(filled, None)


def read_folder(request: Request) -> dict[str, Any]:
    """The content of every ``.txt`` of a folder, in the order of their names, which become the index."""
    texts, names = [], []
    request.limit.check(4 * request.limit.stored, "the texts of a folder")
    for path in texts_of(request.path):
        choice = replace(request.choice, file=f"{request.file}/{printable(path.name)}")
        one = Request(path, choice, request.limit, ".txt", request.format)
        try:
            encoding, _ = find_encoding(one)
            with open(path, encoding=encoding) as file:
                text = file.read().lstrip("\ufeff").strip()
        except UnicodeError as error:
            raise InvalidDataError(
                f"{one.file}: cannot be decoded ({one_line(error)}); save it as UTF-8, or name its encoding with "
                "encoding="
            ) from error
        texts.append(text)
        names.append(path.stem)
    empty = texts.count("")
    if empty == len(texts):
        raise InvalidDataError(f"{request.file}: none of {len(texts)} files holds a text; at least one is needed")
    if empty:
        request.notes.append(f"{empty} of {len(texts)} files {'is' if empty == 1 else 'are'} empty")
    return _contents(texts, np.array(names))


def _contents(texts: Sequence[str], index: np.ndarray | None) -> dict[str, Any]:
    return {"X": list(texts), "feature_names": None, "labels": None, "index": index, "columns": []}
