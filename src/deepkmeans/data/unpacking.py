"""Unpack compressed files, and the one member of a zip archive, into a temporary file of limited size."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from ..exceptions import DeepKMeansError, InvalidDataError, InvalidParameterError
from .column_choice import listed, one_line
from .memory_limit import size_text
from .request import Request

__all__ = ["unpacked"]

_OPENERS: dict[str, Callable[[Path], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_BLOCK = 2**20


def unpacked(request: Request, folder: Path, known: tuple[str, ...]) -> Path:
    """The content as a file in ``folder``, named after what it holds; ``known``: the extensions that can be read."""
    suffix = request.kind
    try:
        if suffix == ".zip":
            return _member(request, folder, known)
        with _OPENERS[suffix](request.path) as stream:
            return _copied(request, stream, folder / f"unpacked{request.path.with_suffix('').suffix.lower()}")
    except DeepKMeansError:
        raise
    except (EOFError, OSError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, RuntimeError, ValueError) as error:
        if getattr(error, "errno", None) is not None:  # of the disk
            raise
        raise InvalidDataError(
            f"{request.file}: is damaged or not what its name says ({one_line(error)}); write it again"
        ) from error


def _copied(request: Request, stream: Any, path: Path) -> Path:
    allowed, size = request.limit.allowed, 0
    with path.open("wb") as file:
        while chunk := stream.read(_BLOCK):
            size += len(chunk)
            if size > allowed:
                raise InvalidDataError(
                    f"{request.file}: unpacks to more than {size_text(allowed)} (the file has "
                    f"{size_text(request.limit.stored)}); if that is what it should hold, raise the limit with "
                    f"max_memory={-(-2 * size // 2**20)} * 2**20"
                )
            file.write(chunk)
    if size == 0:
        raise InvalidDataError(f"{request.file}: holds nothing; at least one row is needed")
    return path


def _member(request: Request, folder: Path, known: tuple[str, ...]) -> Path:
    with zipfile.ZipFile(request.path) as archive:
        files = [
            entry for entry in archive.infolist()
            if not entry.is_dir() and not any(part.startswith((".", "__MACOSX")) for part in _parts(entry.filename))
        ]  # fmt: skip
        readable = [entry for entry in files if PurePosixPath(entry.filename).suffix.lower() in known]
        names = [entry.filename for entry in readable]
        wanted = request.format.member
        if wanted is not None and wanted not in names:
            raise InvalidParameterError(
                f"{request.file} has no member {wanted!r:.80} that can be read; it holds {listed(names) or 'none'}."
            )
        chosen = readable if wanted is None else [entry for entry in readable if entry.filename == wanted]
        if len(chosen) != 1:
            held = (
                f"holds {len(chosen)} files that can be read ({listed(names)})"
                if chosen
                else (f"holds no file that can be read ({listed(entry.filename for entry in files) or 'none at all'})")
            )
            cure = "name one with member=" if chosen else f"accepted are {', '.join(known)}"
            raise InvalidDataError(f"{request.file}: {held}; {cure}")
        if wanted is None and len(files) > 1:
            request.notes.append(f"of its {len(files)} members, {names[0]!r} is read")
        suffix = PurePosixPath(chosen[0].filename).suffix.lower()
        with archive.open(chosen[0]) as stream:
            return _copied(request, stream, folder / f"unpacked{suffix}")


def _parts(name: str) -> tuple[str, ...]:
    return PurePosixPath(name.replace("\\", "/")).parts
