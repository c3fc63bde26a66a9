"""What a file holds, unpacked and turned into what the readers of text tables, Parquet and NumPy files read."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..exceptions import InvalidDataError, InvalidParameterError
from .arrow_files import arrow_as_parquet
from .file_kinds import ARROW, COMPRESSED, JSON, SPREADSHEETS, TEXTS, kind_of
from .json_tables import records_as_text
from .memory_limit import MemoryLimit
from .request import FileFormat, Request
from .spreadsheets import sheet_as_text
from .unpacking import unpacked

__all__ = ["opened"]

#: What may be compressed.
_PACKED = (*TEXTS, *JSON, *SPREADSHEETS, ".parquet", *ARROW)


@contextlib.contextmanager
def opened(request: Request) -> Iterator[Request]:
    """The request for a file that can be read as it is; temporary files are removed at the end."""
    for name, kinds in (("sheet", SPREADSHEETS), ("member", (".zip",))):
        if getattr(request.format, name) is not None and request.kind not in (*kinds, *COMPRESSED):
            raise InvalidParameterError(f"{name}= is for {', '.join(kinds)}; got {request.file}")
    if request.kind not in (*COMPRESSED, *JSON, *SPREADSHEETS, *ARROW):
        yield request
        return
    with tempfile.TemporaryDirectory(prefix="deepkmeans-") as name:
        yield _converted(request, Path(name))


def _converted(request: Request, folder: Path) -> Request:
    path, kind = request.path, request.kind
    if kind in COMPRESSED:
        path = unpacked(request, folder, _PACKED)
        kind = kind_of(path, guess=True)
        if kind not in _PACKED:
            raise InvalidDataError(
                f"{request.file}: holds a file that cannot be read from inside another; unpack it first"
            )
        request = _moved(request, path, kind, request.format)
    if kind in SPREADSHEETS:
        path, sheet = sheet_as_text(request, path, folder)
        asked = replace(request.format, separator=",", encoding="utf-8", sheet=sheet)
        return _moved(request, path, ".csv", asked)
    if kind in JSON:
        asked = FileFormat(header=True, separator=",", encoding="utf-8", decimal=request.format.decimal, comment="",
                           skipfooter=0)  # fmt: skip
        return _moved(request, records_as_text(request, path, folder), ".csv", asked)
    if kind in ARROW:
        return _moved(request, arrow_as_parquet(request, path, folder), ".parquet", request.format)
    return request


def _moved(request: Request, path: Path, kind: str, asked: FileFormat) -> Request:
    limit = MemoryLimit(request.file, path.stat().st_size, request.limit.max_memory)
    return replace(request, path=path, kind=kind, limit=limit, format=asked)
