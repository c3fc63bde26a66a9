"""Check what a path is before a library is loaded for it: a folder, a device, an empty file, a file of which kind."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from .._quoting import printable
from .._validation import did_you_mean
from ..exceptions import InvalidDataError

__all__ = [
    "ARRAYS", "STDIN_FILE", "STDIN_FOLDER", "SUFFIXES", "TEXTS", "check_file", "file_name", "is_standard_input",
    "shown_path",
]  # fmt: skip

TEXTS = (".csv", ".tsv")
ARRAYS = (".npy", ".npz")
SUFFIXES = (*TEXTS, ".parquet", *ARRAYS)
#: Prefix of the temporary folder, and name of the file in it, where the command keeps standard input.
STDIN_FOLDER, STDIN_FILE = "deepkmeans-stdin-", "stdin.csv"

_PARQUET, _NUMPY, _ZIP = b"PAR1", b"\x93NUMPY", b"PK\x03\x04"
#: First bytes of files that are mistaken for another kind, what they are, and what to do.
_MAGIC = {
    _ZIP: "a spreadsheet or zip archive (save it as .csv, or rename an .npz)",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet (save it as .csv)",
    b"\x1f\x8b": "compressed (unpack it with gunzip)",
    b"BZh": "compressed (unpack it with bunzip2)",
    b"\xfd7zXZ": "compressed (unpack it with unxz)",
    b"\x28\xb5\x2f\xfd": "compressed (unpack it with unzstd)",
    b"%PDF-": "a PDF (save the table in it as .csv)",
    b"\x89HDF\r\n": "an HDF5 file (save its array as .npy)",
    b"SQLite format 3": "a database (export the table as .csv)",
    b"ARROW1": "an Arrow or Feather file (save it as .parquet)",
    _PARQUET: "a Parquet file (rename it to .parquet)",
    _NUMPY: "a NumPy file (rename it to .npy)",
}
#: The same for markup, in lower case, after leading blanks.
_MARKUP = {
    b"<!doctype html": "a web page (was it a download that needs a login?)",
    b"<html": "a web page (was it a download that needs a login?)",
    b"<?xml": "an XML file (export the table in it as .csv)",
    b"{\\rtf": "a text with formats (save the table in it as .csv)",
    b"version https://git-lfs": "a pointer of Git LFS (fetch the file itself with git lfs pull)",
}
_EXPECTED_MAGIC = {".parquet": (_PARQUET,), ".npy": (_NUMPY,), ".npz": (_ZIP, b"PK\x05\x06")}


def is_standard_input(path: Path) -> bool:
    """Whether the command keeps standard input in this file."""
    return path.name == STDIN_FILE and path.parent.name.startswith(STDIN_FOLDER)


def file_name(path: Path) -> str:
    """The name of a data file for messages."""
    return "standard input" if is_standard_input(path) else printable(path.name)


def shown_path(path: Path) -> str:
    """The path of a data file for messages."""
    return "standard input" if is_standard_input(path) else printable(path)


def check_file(path: Path) -> int:
    """The size of a data file in bytes.

    Raises
    ------
    InvalidDataError
        If the file does not exist, is not a regular file, is empty, or begins like a file of another kind.
    """
    shown, name = shown_path(path), file_name(path)
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise InvalidDataError(f"{shown}: there is no such file{_near(path)}; check the path") from None
    except (OSError, ValueError) as error:
        raise InvalidDataError(f"{shown}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if stat.S_ISDIR(status.st_mode):
        raise InvalidDataError(f"{shown}: is a folder; name a file in it")
    if not stat.S_ISREG(status.st_mode):
        raise InvalidDataError(
            f"{shown}: is not a regular file; write its content to one first, or pipe a text table to the command, "
            "which reads it as -"
        )
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidDataError(
            f"{name}: the extension {suffix!r} is not known; accepted are {', '.join(SUFFIXES)} "
            "(save a spreadsheet as .csv, unpack a compressed file)"
        )
    if status.st_size == 0:
        raise InvalidDataError(f"{name}: the file is empty; at least one row is needed")
    try:
        with path.open("rb") as file:
            head = file.read(256)
    except OSError as error:
        raise InvalidDataError(f"{shown}: cannot be read ({error.strerror or error})") from None
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    binary = suffix not in TEXTS or any(byte < 9 or 13 < byte < 32 for byte in head)  # a column may be called PAR1
    kinds = {magic: kind for magic, kind in _MAGIC.items() if binary or not magic.isalnum()}
    other = next((kind for magic, kind in kinds.items() if head.startswith(magic)), None)
    other = other or next((kind for magic, kind in _MARKUP.items() if text.startswith(magic)), None)
    if suffix in TEXTS and other is not None:
        raise InvalidDataError(f"{name}: is not a text table but {other}")
    if suffix not in TEXTS and not head.startswith(_EXPECTED_MAGIC[suffix]):
        _refuse_other(name, suffix, head, other)
    return status.st_size


def _refuse_other(name: str, suffix: str, head: bytes, other: str | None) -> None:
    if suffix in ARRAYS and head.startswith(b"\x80"):
        raise InvalidDataError(
            f"{name}: holds pickled Python objects, which are never loaded; store an array of numbers, for example "
            "with numpy.save(path, X.astype('float32'))"
        )
    if suffix == ".npy" and head.startswith(_ZIP):
        other = "an archive of several arrays (rename it to .npz and store the rows under 'X')"
    kind = {".parquet": "a Parquet file", ".npy": "a NumPy file", ".npz": "a NumPy archive"}[suffix]
    what = f" but {other}" if other else "; write it again, or name it after its kind"
    raise InvalidDataError(f"{name}: is damaged or not {kind}{what}")


def _near(path: Path) -> str:
    if path.is_symlink():
        return f", as the link points to {printable(os.path.realpath(path))}"
    try:
        return did_you_mean(path.name, (entry.name for entry in path.parent.iterdir()))
    except (OSError, ValueError):
        return ""
