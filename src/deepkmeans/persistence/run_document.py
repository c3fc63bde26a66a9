"""``run.json``, checked before it is used; each defect is an error of one line."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..exceptions import ModelFileError
from ..storage.strict_json import MAX_BYTES, StrictJSONError, parse

__all__ = ["FIT_AGAIN", "LAYOUT", "check_regular", "fingerprint", "read_document"]

#: Version of the layout and of run.json's keys.
LAYOUT = 1
#: The cure of a damaged file.
FIT_AGAIN = "fit again with force=True"


def read_document(path: Path) -> dict[str, Any]:
    """``run.json``, its keys of the types that its readers rely on.

    Raises
    ------
    ModelFileError
        If there is none, or it is damaged (nulls included, where no fit writes one), of a newer layout, or no
        description of a run.
    """
    try:
        check_regular(path)
        with path.open("rb") as file:
            document = parse(file.read(MAX_BYTES + 1))
    except FileNotFoundError:
        if not os.path.lexists(path.parent):
            raise ModelFileError(f"{path.parent} does not exist; give the folder of a run") from None
        go_on = ", or resume the fit" if any(path.parent.glob("checkpoints/checkpoint-*.ckpt")) else ""
        raise ModelFileError(
            f"{path.parent} holds no run.json: it is not a run, or its fit did not end; fit again{go_on}"
        ) from None
    except StrictJSONError as error:
        raise ModelFileError(f"{path} is damaged ({error}); {FIT_AGAIN}") from error
    except NotADirectoryError:
        given = path.parent
        name = str(given.parent) if (given.parent / path.name).is_file() else "that holds its run.json"
        raise ModelFileError(f"{given} is a file; a run is a folder: name the folder {name}") from None
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read ({error.strerror or error}); {FIT_AGAIN}") from error
    layout = document.get("layout", LAYOUT)
    if type(layout) is int and layout > LAYOUT:
        raise ModelFileError(
            f"{path} was written by a newer version (layout {layout}, this one reads {LAYOUT}); "
            "upgrade with: pip install --upgrade deepkmeans"
        )
    for where, keys in (("", _KEYS), ("data", _DATA_KEYS)):
        part = document if not where else document.get(where) or {}
        for key, (words, holds) in keys.items():
            null_stands = where == "data" and key != "rows"  # a fit writes it where there is nothing to say
            if key in part and not (holds(part[key]) or (part[key] is None and null_stands)):
                name = f"{where}.{key}" if where else key
                raise ModelFileError(f"{path} is damaged ({name} must be {words}); {FIT_AGAIN}")
    return document


def fingerprint(path: Path) -> str:
    """SHA-256 of a file's bytes; of a folder that of the names and bytes of all files in it that can be rows."""
    import hashlib

    if path.is_dir():
        from ..data.media.folders import digested_files

        digest = hashlib.sha256()
        for name, row in digested_files(path):
            try:
                of_file = fingerprint(row) if row.is_file() else "no file"
            except OSError:
                of_file = "unreadable"
            digest.update(f"{name}\0{of_file}\0".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_regular(path: Path) -> None:
    """Refuse what is no regular file before it is opened: a named pipe would be waited for."""
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "no regular file"
        raise ModelFileError(f"{path} is {what}; {FIT_AGAIN}, or move it away")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_list_of(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(holds, value))


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


#: What must hold of a key that is there.
_Rules = dict[str, tuple[str, Callable[[Any], bool]]]
_KEYS: _Rules = {
    "layout": ("a whole number", _is_count),
    "created": ("a text", _is_text),
    "seconds": ("a number", _is_number),
    "interrupted": ("true or false", lambda value: isinstance(value, bool)),
    "versions": ("an object", _is_object),
    "data": ("an object", _is_object),
    "seed": ("a number", _is_number),
    "parameters": ("an object", _is_object),
    "model_sha256": ("a text", _is_text),
    "n_clusters": ("a whole number", _is_count),
    "cluster_sizes": ("a list of whole numbers", _is_list_of(_is_count)),
    "n_noise": ("a whole number", _is_count),
    "warnings": ("a list of texts", _is_list_of(_is_text)),
    "report": ("an object", _is_object),
}
_NAMES = ("a list of names or positions", _is_list_of(lambda value: _is_text(value) or _is_count(value)))
_DATA_KEYS: _Rules = {
    "path": ("a text", lambda value: isinstance(value, str) and "\0" not in value),
    "sha256": ("a text", _is_text),
    "rows": ("a whole number", _is_count),
    "columns": _NAMES,
    "drop": _NAMES,
    "label_column": ("a name", _is_text),
    "header": ("true, false or the number of a line", lambda value: isinstance(value, bool) or _is_count(value)),
    "index": ("a text", _is_text),
    "identifier": ("a name", _is_text),
    "rows_left_out": ("a list of whole numbers", _is_list_of(_is_count)),
}
