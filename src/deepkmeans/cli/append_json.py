"""JSON with one key more in each record: the text as it is where it holds records, in lines or in an array."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..storage import atomic_write
from .append_rows import Cells, check_count, cluster_name
from .file_options import FileOptions

__all__ = ["json_lines", "json_text_again"]

_BLANKS = re.compile(r"[ \t\r\n]*")
_MARK = b"\xef\xbb\xbf"


def json_lines(target: Path, source: Path, cells: Cells, how: FileOptions) -> str:
    """A record a line."""
    values, text = _content(source, how)
    check_count(len(values), cells, source)
    name = _name(values)
    if _are_lines(text):
        return _write(target, source, _each_line(text, cells, name), name)
    lines = (json.dumps(_with(value, name, label), ensure_ascii=False) + "\n"
             for value, label in zip(values, cells, strict=True))  # fmt: skip
    return _write(target, source, lines, name)


def json_text_again(target: Path, source: Path, cells: Cells, how: FileOptions) -> str:
    """One JSON text of the same shape."""
    values, text = _content(source, how)
    check_count(len(values), cells, source)
    name = _name(values)
    if _are_lines(text):
        records = (line.rstrip("\r\n") for line in _each_line(text, cells, name))
        joined = ",\n".join(record for record in records if record)
        return _write(target, source, iter(["[", joined, "]\n"]), name)
    value = json.loads(text)
    if isinstance(value, list):
        return _write(target, source, _each_entry(text, cells, name), name)
    whole = json.dumps(_columns_with(value, name, list(cells)), ensure_ascii=False, indent=_indent(text))
    return _write(target, source, iter([whole, "\n" if text.endswith("\n") else ""]), name)


def _content(source: Path, how: FileOptions) -> tuple[list[Any], str]:
    """The rows, and the text that holds them."""
    from ..data.files import opened_file
    from ..data.json_tables import json_values

    with opened_file(source, **how.arguments()) as request:
        values = list(json_values(request, source))
    return values, source.read_bytes().decode("utf-8-sig")


def _name(values: list[Any]) -> str:
    return cluster_name({str(key) for value in values for key in value})


def _are_lines(text: str) -> bool:
    from ..data.json_tables import are_lines

    return are_lines(text)


def _write(target: Path, source: Path, parts: Iterator[str], name: str) -> str:
    with source.open("rb") as file:
        mark = file.read(len(_MARK)) == _MARK
    with atomic_write(target) as written:
        written.write(_MARK if mark else b"")
        for part in parts:
            written.write(part.encode())
    return name


def _each_line(text: str, cells: Cells, name: str) -> Iterator[str]:
    labels = iter(cells)
    for line in re.split(r"(?<=\n)", text):
        body = line.rstrip()
        yield _spliced(body, name, next(labels)) + line[len(body) :] if body else line


def _each_entry(text: str, cells: Cells, name: str) -> Iterator[str]:
    """The text of an array, cut where an entry ends."""
    decode: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().raw_decode
    begin = text.index("[") + 1
    yield text[:begin]
    for label in cells:
        start = _after_blanks(text, begin)
        if text[start] == ",":
            start = _after_blanks(text, start + 1)
        _, end = decode(text, start)
        yield text[begin:start] + _spliced(text[start:end], name, label)
        begin = end
    yield text[begin:]


def _after_blanks(text: str, place: int) -> int:
    match = _BLANKS.match(text, place)
    assert match is not None
    return match.end()


def _spliced(record: str, name: str, label: int | None) -> str:
    """The text of a record, an object or an array, with an entry more, which begins as its first one does."""
    body = record[:-1].rstrip()
    first = record[1 : _after_blanks(record, 1)]
    entry = json.dumps(label) if record[0] == "[" else f"{json.dumps(name)}: {json.dumps(label)}"
    if len(body) > 1:
        entry = f",{first if first.strip(' ') else ' '}{entry}"
    return body + entry + record[len(body) :]


def _with(value: Any, name: str, label: int | None) -> Any:
    return [*value, label] if isinstance(value, list) else {**value, name: label}


def _columns_with(value: dict[str, Any], name: str, labels: list[int | None]) -> dict[str, Any]:
    """An object that holds rows under "data", or columns as lists or by the names of rows, or is one record."""
    data, columns = value.get("data"), value.get("columns")
    if isinstance(data, list) and (isinstance(columns, list) or all(isinstance(row, dict) for row in data)):
        rows = [_with(row, name, label) for row, label in zip(data, labels, strict=True)]
        return {**value, **({"columns": [*columns, name]} if isinstance(columns, list) else {}), "data": rows}
    cells = list(value.values())
    if cells and all(isinstance(column, list) and len(column) == len(cells[0]) for column in cells):
        return {**value, name: labels}
    if cells and all(isinstance(column, dict) and column.keys() == cells[0].keys() for column in cells):
        return {**value, name: dict(zip(cells[0], labels, strict=True))}
    return {**value, name: labels[0]}


def _indent(text: str) -> int | None:
    """The blanks before the first entry of an object, where it begins a line."""
    match = re.match(r"\s*\{\r?\n( *)", text)
    return len(match[1]) if match else None
