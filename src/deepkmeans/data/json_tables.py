"""JSON as text tables: one record a line, an array of records, or an object of columns."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..exceptions import DeepKMeansError, InvalidDataError
from .column_choice import one_line
from .request import Request

__all__ = ["are_lines", "cell_as_text", "json_values", "records_as_text"]

#: Levels of objects in a record whose entries become columns of their own, such as address.city.
_DEPTH = 4
_BLOCK = 2**20
_MOST_COLUMNS = 20_000


def records_as_text(request: Request, path: Path, folder: Path) -> Path:
    """The records as ``.csv`` in ``folder``: a column for every key, in the order of appearance."""
    keys: dict[str, None] = {}
    n = 0
    for record in _records(request, path):
        keys.update(dict.fromkeys(record))
        n += 1
        if len(keys) > _MOST_COLUMNS:
            raise InvalidDataError(
                f"{request.file}: its records have more than {_MOST_COLUMNS} different keys; store a table of fewer "
                "columns, or an array as .npy"
            )
    if not keys:
        raise InvalidDataError(f"{request.file}: holds no record with a value; at least one row is needed")
    request.limit.check(8 * n * len(keys), f"a table of {n} rows and {len(keys)} columns")
    target = folder / "records.csv"
    with target.open("w", encoding="utf-8", newline="", errors="replace") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(keys)
        writer.writerows([cell_as_text(record.get(key)) for key in keys] for record in _records(request, path))
    return target


def _records(request: Request, path: Path) -> Iterator[dict[str, Any]]:
    """The records, with the entries of inner objects as entries of their own."""
    number = 0
    try:
        for value in json_values(request, path):
            number += 1
            if not isinstance(value, dict):
                cure = "; texts alone are read from .txt, one a line" if isinstance(value, str) else ""
                raise ValueError(f'{value!r:.40} is no record, such as {{"text": "..."}}{cure}')
            yield _flat(value)
    except DeepKMeansError:
        raise
    except UnicodeDecodeError:
        raise InvalidDataError(f"{request.file}: is not UTF-8, as JSON is; save it as UTF-8") from None
    except RecursionError:
        raise InvalidDataError(
            f"{request.file}: record {number + 1} is nested too deeply; store a table of plain values"
        ) from None
    except json.JSONDecodeError as error:
        raise InvalidDataError(_not_json(request, error.lineno, error)) from None
    except ValueError as error:
        raise InvalidDataError(f"{request.file}: record {number}: {one_line(error)}") from None


def _not_json(request: Request, line: int, error: json.JSONDecodeError) -> str:
    return f"{request.file}: line {line} is not JSON ({error.msg}); correct it, or write the file again"


def json_values(request: Request, path: Path) -> Iterator[Any]:
    """The values of the lines, the entries of an array, or the rows of an object of columns."""
    with path.open(encoding="utf-8-sig") as text:
        lines = are_lines(text.read(_BLOCK))
        text.seek(0)
        if lines:
            for number, line in enumerate(text, 1):
                if line.strip():
                    try:
                        yield _row(json.loads(line))
                    except json.JSONDecodeError as error:
                        raise InvalidDataError(_not_json(request, number, error)) from None
            return
        request.limit.check(8 * path.stat().st_size, "the values of a JSON text, all at once,")
        value = json.load(text)
    yield from map(_row, value if isinstance(value, list) else _rows_of_object(value))


def are_lines(begin: str) -> bool:
    """Whether the first line is a value of its own, with others below it."""
    line, _, rest = begin.lstrip("\ufeff \t\r\n").partition("\n")
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return rest.strip() != ""


def _row(value: Any) -> Any:
    """A row of cells as a record whose keys are positions."""
    return {str(position): cell for position, cell in enumerate(value)} if isinstance(value, list) else value


def _rows_of_object(value: Any) -> list[Any]:
    """The rows of one object: under ``data``, in columns as lists or by row names, as pandas writes them, or one."""
    if not isinstance(value, dict):
        return [value]
    data, columns = value.get("data"), value.get("columns")
    if isinstance(data, list) and isinstance(columns, list):
        return [dict(zip(map(str, columns), row, strict=False)) if isinstance(row, list) else row for row in data]
    if isinstance(data, list) and all(isinstance(row, dict) for row in data):
        return data
    cells = list(value.values())
    if cells and all(isinstance(column, list) and len(column) == len(cells[0]) for column in cells):
        return [dict(zip(value, row, strict=True)) for row in zip(*cells, strict=True)]
    if cells and all(isinstance(column, dict) and column.keys() == cells[0].keys() for column in cells):
        return [{name: column[row] for name, column in value.items()} for row in cells[0]]
    return [value]


def _flat(record: dict[str, Any], before: str = "", depth: int = 1) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and value and depth < _DEPTH:
            cells |= _flat(value, f"{before}{key}.", depth + 1)
        else:
            cells[f"{before}{key}"] = value
    return cells


def cell_as_text(cell: Any) -> str:
    """A cell as text from which the same number is read again; a list with semicolons between its entries."""
    if cell is None:
        return ""
    if isinstance(cell, list):
        return "; ".join(cell_as_text(entry) for entry in cell)
    return (json.dumps(cell, default=str) if isinstance(cell, dict) else str(cell)).replace("\0", "")
