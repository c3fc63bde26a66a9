"""Check what a path is before a library is loaded for it: a folder, a device, an empty file, a file of which kind."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from .._quoting import printable
from .._validation import did_you_mean
from ..exceptions import InvalidDataError
from .media.folders import PICTURES, RECORDINGS, files_in, folder_kind

__all__ = [
    "ARRAYS", "ARROW", "COMPRESSED", "JSON", "SPREADSHEETS", "STDIN_FILE", "STDIN_FOLDER", "SUFFIXES", "TEXTS",
    "check_file", "file_name", "is_standard_input", "kind_of", "kind_of_content", "media_kind", "shown_path",
    "texts_of",
]  # fmt: skip

TEXTS = (".csv", ".tsv", ".tab", ".psv", ".txt", ".dat", ".data")
JSON = (".jsonl", ".ndjson", ".json")
SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
ARROW = (".feather", ".arrow", ".ipc")
ARRAYS = (".npy", ".npz")
COMPRESSED = (".gz", ".bz2", ".xz", ".zip")
SUFFIXES = (*TEXTS, *JSON, *SPREADSHEETS, ".parquet", *ARROW, *ARRAYS, *COMPRESSED)
#: Files that are a row each, by what they are.
_MEDIA = {"image": PICTURES, "audio": RECORDINGS}
#: What an address begins with; as a path it has one slash.
_ADDRESS = re.compile(r"(https?|ftps?|s3|gs|hdfs|abfss?|sftp|hf):/")
#: Prefix of the temporary folder, and name of the file in it, where the command keeps standard input.
STDIN_FOLDER, STDIN_FILE = "deepkmeans-stdin-", "stdin.csv"

_PARQUET, _NUMPY, _ZIP, _OLE, _ARROW = b"PAR1", b"\x93NUMPY", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"ARROW1"
_PACKED = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ": ".xz"}
#: First bytes of files that are mistaken for another kind, what they are, and what to do.
_MAGIC = {
    _ZIP: "a spreadsheet or zip archive (name it after its kind: .xlsx, .zip, .npz)",
    _OLE: "an old spreadsheet (name it .xls)",
    b"\x1f\x8b": "compressed (name it .csv.gz, or unpack it with gunzip)",
    b"BZh": "compressed (name it .csv.bz2, or unpack it with bunzip2)",
    b"\xfd7zXZ": "compressed (name it .csv.xz, or unpack it with unxz)",
    b"\x28\xb5\x2f\xfd": "compressed (unpack it with unzstd)",
    b"%PDF-": "a PDF (save the table in it as .csv)",
    b"\x89HDF\r\n": "an HDF5 file (save its array as .npy)",
    b"SQLite format 3": "a database (export the table as .csv)",
    _ARROW: "an Arrow or Feather file (name it .feather)",
    _PARQUET: "a Parquet file (rename it to .parquet)",
    _NUMPY: "a NumPy file (rename it to .npy)",
    b"\x89PNG\r\n": "a picture (name it .png)",
    b"\xff\xd8\xff": "a picture (name it .jpg)",
    b"GIF8": "a picture (name it .gif)",
}
#: The same for markup, in lower case, after leading blanks.
_MARKUP = {
    b"<!doctype html": "a web page (was it a download that needs a login?)",
    b"<html": "a web page (was it a download that needs a login?)",
    b"<?xml": "an XML file (export the table in it as .csv)",
    b"{\\rtf": "a text with formats (save the table in it as .csv)",
    b"version https://git-lfs": "a pointer of Git LFS (fetch the file itself with git lfs pull)",
}
_EXPECTED_MAGIC = {
    ".parquet": (_PARQUET,), ".npy": (_NUMPY,), ".npz": (_ZIP, b"PK\x05\x06"), ".zip": (_ZIP, b"PK\x05\x06"),
    **{suffix: (magic,) for magic, suffix in _PACKED.items()}, **dict.fromkeys(SPREADSHEETS, (_ZIP, _OLE)),
    **dict.fromkeys(ARROW, (_ARROW, b"FEA1")),
}  # fmt: skip
_NAMES = {
    ".parquet": "a Parquet file", ".npy": "a NumPy file", ".npz": "a NumPy archive", ".zip": "a zip archive",
    ".gz": "a gzip file", ".bz2": "a bzip2 file", ".xz": "an xz file", **dict.fromkeys(SPREADSHEETS, "a spreadsheet"),
    **dict.fromkeys(ARROW, "an Arrow or Feather file"),
}  # fmt: skip


def is_standard_input(path: Path) -> bool:
    """Whether the command keeps standard input in this file."""
    return path.name == STDIN_FILE and path.parent.name.startswith(STDIN_FOLDER)


def kind_of(path: Path, *, guess: bool = False) -> str:
    """The extension of such files: that of the name, unless it says nothing or the file is standard input.

    With ``guess``, a file of an unknown extension is judged by its first bytes, too.
    """
    suffix = path.suffix.lower()
    if not is_standard_input(path) and (suffix in SUFFIXES or not guess):
        return suffix
    return kind_of_content(path)


def kind_of_content(path: Path) -> str:
    """The extension of such files as the first bytes of this one say."""
    with path.open("rb") as file:
        head = file.read(4096)
    magic = {
        **_PACKED, _PARQUET: ".parquet", _ARROW: ".feather", _NUMPY: ".npy", _OLE: ".xls", _ZIP: _kind_of_zip(head),
    }  # fmt: skip
    binary = any(byte < 9 or 13 < byte < 32 for byte in head)  # a column may be called PAR1
    kinds = [kind for begin, kind in magic.items() if head.startswith(begin) and (binary or not begin.isalnum())]
    if kinds:
        return kinds[0]
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return ".jsonl" if text[:1] in (b"{", b"[") and text[1:].lstrip()[:1] in (b'"', b"{", b"[") else ".txt"


def _kind_of_zip(head: bytes) -> str:
    if b".npy" in head[:64]:
        return ".npz"
    return ".xlsx" if any(part in head for part in (b"[Content_Types].xml", b"xl/", b"_rels/")) else ".zip"


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
        if _ADDRESS.match(str(path)):
            raise InvalidDataError(
                f"{shown}: is an address, and addresses are not read; download the file, or pipe it to the command: "
                "curl ... | deepkmeans fit -"
            ) from None
        raise InvalidDataError(f"{shown}: there is no such file{_near(path)}; check the path") from None
    except (OSError, ValueError) as error:
        raise InvalidDataError(f"{shown}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if stat.S_ISDIR(status.st_mode):
        return _folder_size(path)
    if media_kind(path) and stat.S_ISREG(status.st_mode):
        return status.st_size  # what is in it, its reader says
    if not stat.S_ISREG(status.st_mode):
        raise InvalidDataError(
            f"{shown}: is not a regular file; write its content to one first, or pipe a text table to the command, "
            "which reads it as -"
        )
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidDataError(
            f"{name}: the extension {suffix!r} is not known; accepted are {', '.join(SUFFIXES)}; name the file after "
            "its kind"
        )
    if status.st_size == 0:
        raise InvalidDataError(f"{name}: the file is empty; at least one row is needed")
    try:
        with path.open("rb") as file:
            head = file.read(256)
    except OSError as error:
        raise InvalidDataError(f"{shown}: cannot be read ({error.strerror or error})") from None
    if is_standard_input(path):
        suffix = kind_of(path)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    binary = suffix not in TEXTS or any(byte < 9 or 13 < byte < 32 for byte in head)  # a column may be called PAR1
    kinds = {magic: kind for magic, kind in _MAGIC.items() if binary or not magic.isalnum()}
    other = next((kind for magic, kind in kinds.items() if head.startswith(magic)), None)
    other = other or next((kind for magic, kind in _MARKUP.items() if text.startswith(magic)), None)
    if suffix in TEXTS and other is not None:
        raise InvalidDataError(f"{name}: is not a text table but {other}")
    if suffix in _EXPECTED_MAGIC and not head.startswith(_EXPECTED_MAGIC[suffix]):
        _refuse_other(name, suffix, head, other)
    return status.st_size


def _folder_size(path: Path) -> int:
    """Bytes of the texts, pictures or recordings in a folder."""
    try:
        kind = media_kind(path)
        files = texts_of(path) if kind is None else files_in(path, _MEDIA[kind])
        return sum(file.lstat().st_size for file in files)
    except OSError as error:
        raise InvalidDataError(f"{shown_path(path)}: cannot be read ({error.strerror or error})") from None


def media_kind(path: Path, kind: str = "auto") -> str | None:
    """ "image" or "audio", of which a path is a file, or a folder holds files; None of tables and texts.

    A folder holds them where ``kind`` says so, or where that is "auto" and most of its files are such.
    """
    if not path.is_dir():
        suffix = path.suffix.lower()
        named = next((name for name, suffixes in _MEDIA.items() if suffix in suffixes), None)
        return None if is_standard_input(path) else named
    if kind != "auto":
        return kind if kind in _MEDIA else None
    most = folder_kind(path)
    return most if most is not None and len(files_in(path, _MEDIA[most])) >= len(_texts(path)) else None


def _texts(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix.lower() == ".txt" and file.is_file())


def texts_of(folder: Path) -> list[Path]:
    """The files ``.txt`` in a folder, in the order of their names.

    Raises
    ------
    InvalidDataError
        If there are none.
    """
    files = _texts(folder)
    if not files:
        raise InvalidDataError(
            f"{shown_path(folder)}: is a folder; name a file in it (or put texts into it, each in a file .txt, or "
            "pictures, or recordings)"
        )
    return files


def _refuse_other(name: str, suffix: str, head: bytes, other: str | None) -> None:
    if suffix in ARRAYS and head.startswith(b"\x80"):
        raise InvalidDataError(
            f"{name}: holds pickled Python objects, which are never loaded; store an array of numbers, for example "
            "with numpy.save(path, X.astype('float32'))"
        )
    if suffix == ".npy" and head.startswith(_ZIP):
        other = "an archive of several arrays (rename it to .npz and store the rows under 'X')"
    kind = _NAMES[suffix]
    what = f" but {other}" if other else "; write it again, or name it after its kind"
    raise InvalidDataError(f"{name}: is damaged or not {kind}{what}")


def _near(path: Path) -> str:
    if path.is_symlink():
        return f", as the link points to {printable(os.path.realpath(path))}"
    try:
        return did_you_mean(path.name, (entry.name for entry in path.parent.iterdir()))
    except (OSError, ValueError):
        return ""
