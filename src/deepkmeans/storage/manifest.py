"""Check that a model file is undamaged from its bytes alone, without torch and before any object is built.

Every byte of the file is checked: the manifest by its schema, the tensors by their SHA-256, and the bytes around both
by comparison with what :mod:`.archive` writes.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Literal, NoReturn

from .. import __version__
from ..exceptions import CheckpointError, ModelFileError
from .archive import MANIFEST, TENSORS, Entry, frame, read_local_header, why_foreign
from .strict_json import MAX_BYTES, StrictJSONError, parse

__all__ = ["FORMAT", "Kind", "RefusedError", "read_document", "read_verified", "refusals"]

#: Raised when older versions could not read the new files; :mod:`deepkmeans.persistence` reads the earlier ones.
FORMAT = 4

Kind = Literal["model", "checkpoint"]

_LOCAL_HEADER_BYTES = 30 + len(MANIFEST)


class RefusedError(Exception):
    """Why a file is refused; :func:`refusals` adds its name and the public class."""


@contextmanager
def refusals(path: str | os.PathLike[str], kind: Kind) -> Iterator[None]:
    """Turn errors of the block into :class:`ModelFileError` or :class:`CheckpointError`, with the path in front."""
    wrong = CheckpointError if kind == "checkpoint" else ModelFileError
    shown = os.fspath(path)
    try:
        yield
    except RefusedError as refused:
        raise wrong(f"{shown}: {refused}") from refused.__cause__
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise wrong(f"{shown}: there is no such file; check the path") from error
        raise wrong(f"{shown}: cannot be read ({error.strerror or error})") from error


def read_document(path: str | os.PathLike[str], *, kind: Kind) -> dict[str, Any]:
    """The document of an undamaged file; errors as :func:`.container.read_container`."""
    with refusals(path, kind):
        document: dict[str, Any] = read_verified(path, kind)[0]["document"]
        return document


def read_verified(path: str | os.PathLike[str], kind: Kind) -> tuple[dict[str, Any], bytes]:
    """The manifest and the bytes of the tensors of an undamaged file of that kind.

    Raises
    ------
    RefusedError, OSError
    """
    with _open_regular(path) as file:
        manifest, payload = _read(file)
    _check_kind(manifest, kind)
    return manifest, payload


def _damaged(what: str) -> NoReturn:
    raise RefusedError(f"the file is damaged ({what}); copy it again or restore it from a backup")


def _open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    # Checked before opening: opening a named pipe would wait for ever.
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise RefusedError("it is a folder; name the file in it")
    if not stat.S_ISREG(mode):
        raise RefusedError("it is not a regular file; name a file that save() wrote")
    return open(path, "rb")


def _read(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """The manifest and the bytes of the tensors, after every byte of the file has been accounted for."""
    size = os.fstat(file.fileno()).st_size
    start = file.read(_LOCAL_HEADER_BYTES)
    if (why := why_foreign(start)) is not None:
        raise RefusedError(why)
    entry = read_local_header(start)
    assert entry is not None
    if entry.size > min(MAX_BYTES, size):
        _damaged(f"it ends inside {MANIFEST} or states a wrong size for it")
    data = file.read(entry.size)
    if len(data) != entry.size or zlib.crc32(data) != entry.crc:
        _damaged(f"the checksum of {MANIFEST} does not hold")
    try:
        manifest = parse(data)
    except StrictJSONError as error:
        raise RefusedError(f"the file is damaged or forged: {MANIFEST} is refused, {error}") from error
    _check_format(manifest)
    part = _check_schema(manifest)

    placeholder_head, placeholder_tail = frame(data, Entry(TENSORS, part["bytes"], 0))
    expected = len(placeholder_head) + part["bytes"] + len(placeholder_tail)
    if size != expected:
        change = "shorter" if size < expected else "longer"
        difference = abs(size - expected)
        _damaged(f"it is {difference:,} byte{'s' * (difference != 1)} {change} than it was written")
    rest = file.read(len(placeholder_head) - _LOCAL_HEADER_BYTES - len(data))
    payload = file.read(part["bytes"])
    end = file.read(len(placeholder_tail) + 1)
    head, tail = frame(data, Entry(TENSORS, len(payload), zlib.crc32(payload)))
    if hashlib.sha256(payload).hexdigest() != part["sha256"]:
        _damaged(f"the checksum of {TENSORS} does not hold")
    if start + data + rest != head or end != tail:
        _damaged("its zip headers are not those it was written with")
    return manifest, payload


def _check_format(manifest: dict[str, Any]) -> None:
    number = manifest.get("format")
    if type(number) is not int or number < 1:
        raise RefusedError(f"it is not a deepkmeans file ({MANIFEST} has no format number)")
    if number > FORMAT:
        versions = manifest.get("versions")
        writer = versions.get("deepkmeans") if isinstance(versions, dict) else None
        by = f" by deepkmeans {writer[:40]}" if isinstance(writer, str) and writer.isprintable() else ""
        raise RefusedError(
            f"it was written in format {number}{by}; deepkmeans {__version__} reads formats up to {FORMAT}; "
            "upgrade with: pip install --upgrade deepkmeans"
        )


def _check_schema(manifest: dict[str, Any]) -> dict[str, Any]:
    """Refuse any key, type or range that no format has; return the record of the tensors."""

    def require(holds: bool, what: str) -> None:
        if not holds:
            raise RefusedError(f"the file is damaged or forged: in {MANIFEST}, {what}")

    def keys(value: Any, names: set[str], where: str) -> None:
        require(isinstance(value, dict), f"{where} is not an object")
        for name in sorted(value.keys() ^ names):
            require(False, f"{where} has the unknown key {name[:80]!r}" if name in value else f"{where} lacks {name!r}")

    keys(manifest, {"format", "kind", "versions", "parts", "document"}, "the top level")
    require(manifest["kind"] in ("model", "checkpoint"), "'kind' is neither 'model' nor 'checkpoint'")
    versions = manifest["versions"]
    require(isinstance(versions, dict) and "deepkmeans" in versions and len(versions) <= 64, "'versions' is not valid")
    for name, version in versions.items():
        short = isinstance(version, str) and len(name) <= 100 and len(version) <= 100
        require(short and version.isprintable(), "'versions' is not valid")  # messages show them
    keys(manifest["parts"], {TENSORS}, "'parts'")
    part: dict[str, Any] = manifest["parts"][TENSORS]
    keys(part, {"bytes", "sha256"}, f"{TENSORS!r}")
    require(type(part["bytes"]) is int and 0 <= part["bytes"] < 2**60, "'bytes' is not a size")
    digest = part["sha256"]
    require(
        isinstance(digest, str) and len(digest) == 64 and all(letter in "0123456789abcdef" for letter in digest),
        "'sha256' is not a digest",
    )
    require(isinstance(manifest["document"], dict), "'document' is not an object")
    return part


def _check_kind(manifest: dict[str, Any], kind: Kind) -> None:
    if manifest["kind"] != kind:
        cure = {
            "model": "it is a checkpoint, not a model; continue it with Checkpoint(folder, resume=True)",
            "checkpoint": "it is a model, not a checkpoint; open it with load()",
        }
        raise RefusedError(cure[kind])
    writer = manifest["versions"]["deepkmeans"]
    if kind == "checkpoint" and writer.split(".")[:2] != __version__.split(".")[:2]:
        minor = ".".join(writer.split(".")[:2])
        raise RefusedError(
            f"it was written by deepkmeans {writer[:40]} and this is {__version__}; a checkpoint continues only in its "
            f"own minor version: install deepkmeans=={minor[:40]}.* or start the fit again"
        )
    if kind == "checkpoint" and manifest["format"] != FORMAT:
        raise RefusedError(
            f"it was written in format {manifest['format']} by an earlier deepkmeans {writer[:40]}; a checkpoint "
            f"continues only in its own format, which is {FORMAT} here: start the fit again in an empty folder"
        )
