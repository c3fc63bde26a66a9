"""Results for which their folder has no room: kept elsewhere, and put in place when the fit is resumed.

The place is a folder of its own in the system's folder for temporary files. Its name begins with a digest of the run's
path; ``fit.json`` in it says which fit the results are of (a digest of rows, parameters and version), whatever the
rows were read from. Only folders of the same user are looked at.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from .. import __version__
from ..data.media.folders import kind_of_rows
from ..exceptions import DeepKMeansError, OutputError
from ..storage import json_text, write_text
from .run_document import read_document
from .run_parts import Part, copied_part

__all__ = ["find_kept", "fit_key", "kept_parts", "kept_text", "raise_kept", "remove_kept"]

_KEY = "fit.json"


def fit_key(model: Any, X: Any, selection: Mapping[str, Any]) -> str:
    """A digest of what decides the results of a fit: rows, their names, parameters, version."""
    names = [str(name) for name in getattr(X, "columns", ())]
    parameters = {name: value for name, value in model.get_params(deep=False).items() if name != "callbacks"}
    shape = _shape(X)
    said = {"parameters": parameters, "selection": selection, "names": names, "shape": shape, "version": __version__}
    digest = hashlib.sha256(json_text(said).encode("utf-8", "backslashreplace"))
    for part in _bytes_of(X):
        digest.update(part)
    return digest.hexdigest()


def _shape(X: Any) -> Any:
    """Of rows; of several inputs, of each by its name."""
    if isinstance(X, Mapping):
        return {name: _shape(rows) for name, rows in X.items()}
    return (len(X),) if isinstance(X, list) else X.shape


def _bytes_of(X: Any) -> Iterator[Any]:
    """The rows of an array, a sparse matrix, a frame of columns of any kind, texts, or several inputs, as bytes."""
    import numpy as np
    import scipy.sparse as sp

    if isinstance(X, Mapping):
        for rows in X.values():
            yield from _bytes_of(rows)
    elif isinstance(X, list):
        yield json.dumps(X).encode()
    elif hasattr(X, "columns") and not all(isinstance(kind, np.dtype) and kind.kind in "biuf" for kind in X.dtypes):
        for position in range(X.shape[1]):
            yield json.dumps([*map(str, X.iloc[:, position])]).encode()
    else:
        whole = X.values if kind_of_rows(X) != "table" else X
        for part in (X.data, X.indices, X.indptr) if sp.issparse(X) else (np.asarray(whole),):
            yield np.ascontiguousarray(part).view(np.uint8).data


def raise_kept(
    error: OutputError, run: Path, parts: Mapping[str, Part], *, key: Callable[[], str] | None, force: bool,
    written: Path | None, unfinished: Path,
) -> NoReturn:  # fmt: skip
    """Raise ``error`` with the place where its results are kept now.

    Parameters
    ----------
    error : OutputError
    run : Path
        The folder that could not take them.
    parts : dict
        As :func:`.run_parts.run_parts` makes it.
    key : callable or None
        Gives the :func:`fit_key`; None where nobody will ask for them.
    force : bool
        Whether putting them in place takes ``force``, too.
    written : Path or None
        Where the model may already be complete; it becomes ``unfinished`` if it can be kept nowhere else.
    unfinished : Path
    """
    place, kept = _keep(run, parts, key)
    if place is not None and len(kept) == len(parts):
        where = kept_text(place, force=force) if key else f"the complete run is in {place}"
    else:
        said = [f"{', '.join(kept)} {'is' if len(kept) == 1 else 'are'} in {place}"] if kept else []
        if "model.dkm" not in kept and written is not None and written.is_file():
            with contextlib.suppress(OSError):
                os.replace(written, unfinished)
                said.append(f"the model is in {unfinished}")
        where = "; ".join(said) or "nothing could be kept elsewhere either"
    raised = OutputError(f"{error}; {where}")
    raised.errno = error.errno
    raise raised from error


def kept_text(place: Path, *, force: bool) -> str:
    """Where a complete run is kept, and how resuming the fit, with ``force`` or without, puts it in place."""
    again = "resume=True, force=True" if force else "resume=True"
    return f"the complete run is in {place}, and {again} puts it in place once there is room"


def find_kept(run: Path, key: str | None = None) -> Path | None:
    """The place where the complete results of the fit of this key are kept (None: of any fit), if there is one."""
    folders = []
    with contextlib.suppress(OSError):
        for entry in os.scandir(tempfile.gettempdir()):
            if re.fullmatch(re.escape(_prefix(run)) + r"\w+", entry.name) and _is_own(entry):
                folders.append(Path(entry.path))
    for place in sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, DeepKMeansError):
            of_fit = json.loads((place / _KEY).read_bytes())["key"]
            if key in (None, of_fit) and not read_document(place / "run.json").get("interrupted", False):
                return place
    return None


def kept_parts(place: Path) -> dict[str, Part]:
    """The files of a kept run, to be written where they belong."""
    names = ("model.dkm", "history.jsonl", "labels.csv", "run.json")
    return {name: copied_part(place / name) for name in names if (place / name).is_file()}


def remove_kept(place: Path) -> None:
    """Remove a place whose files were put where they belong."""
    with contextlib.suppress(OSError):
        for name in (*kept_parts(place), _KEY):
            os.unlink(place / name)
        place.rmdir()


def _keep(run: Path, parts: Mapping[str, Part], key: Callable[[], str] | None) -> tuple[Path | None, list[str]]:
    """A new place, and the names of the files that it could take."""
    kept: list[str] = []
    try:
        place = Path(tempfile.mkdtemp(prefix=_prefix(run)))  # 0700
    except OSError:
        return None, kept
    *others, last = parts
    for name in (*others, last):
        if name == last and len(kept) < len(others):
            break  # a folder that holds a run.json is complete
        with contextlib.suppress(OSError):
            parts[name](place / name)
            kept.append(name)
    if len(kept) == len(parts) and key is not None:
        with contextlib.suppress(OSError):
            write_text(place / _KEY, json_text({"key": key(), "run": str(run)}) + "\n")
    if not kept:
        with contextlib.suppress(OSError):
            place.rmdir()
        return None, kept
    return place, kept


def _prefix(run: Path) -> str:
    return f"deepkmeans-{hashlib.sha256(os.fsencode(run)).hexdigest()[:16]}-"


def _is_own(entry: os.DirEntry[str]) -> bool:
    if not entry.is_dir(follow_symlinks=False):
        return False
    return os.name == "nt" or entry.stat(follow_symlinks=False).st_uid == os.getuid()
