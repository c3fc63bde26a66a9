"""Data sets of the user, laid out as FOLDER/NAME/NAME.npz."""

from __future__ import annotations

import difflib
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..exceptions import InvalidDataError

__all__ = ["load_folder"]


def load_folder(folder: str | os.PathLike[str], name: str) -> tuple[NDArray[np.float32], NDArray[np.int64] | None]:
    """Read ``FOLDER/NAME/NAME.npz``: the array ``X`` and, when there is one, the array ``y``.

    Parameters
    ----------
    folder : path
        The folder that holds one folder per data set.
    name : str
        The data set.

    Returns
    -------
    X : ndarray of shape (n_samples, n_features), float32
        Images and other arrays with more axes are flattened, row by row.
    y : ndarray of shape (n_samples,), int64, or None
        Classes, counted from 0 in the order of their sorted names.

    Raises
    ------
    InvalidDataError
        If the file is missing or no .npz file, has no ``X``, or ``X`` is not numeric or not as long as ``y``.
    """
    path = Path(folder) / name / f"{name}.npz"
    if not path.is_file():
        raise InvalidDataError(f"There is no file {path}{_alternatives(Path(folder), name)}")
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            keys = list(file.files)
            X = file["X"] if "X" in keys else None
            y = file["y"] if "y" in keys else None
    except (EOFError, OSError, TypeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise InvalidDataError(f"{path} cannot be read as a .npz file of plain arrays: {error}") from error
    if X is None:
        raise InvalidDataError(
            f"{path} has no array 'X', only {', '.join(keys) or 'nothing'}; save it with numpy.savez(path, X=...)."
        )
    if X.dtype.kind not in "biuf" or X.ndim < 2:
        raise InvalidDataError(
            f"The array 'X' of {path} must hold numbers and have at least 2 axes, rows first; "
            f"it is {X.dtype} of shape {X.shape}."
        )
    if y is None:
        return _flat(X), None
    if y.shape != X.shape[:1]:
        raise InvalidDataError(
            f"In {path}, 'X' has {X.shape[0]} rows and 'y' has shape {y.shape}; give one label a row."
        )
    return _flat(X), np.unique(y, return_inverse=True)[1].astype(np.int64)


def _flat(X: NDArray[np.generic]) -> NDArray[np.float32]:
    return np.ascontiguousarray(X.reshape(len(X), -1), dtype=np.float32)


def _alternatives(folder: Path, name: str) -> str:
    if not folder.is_dir():
        return f"; the folder {folder} does not exist either."
    names = sorted(entry.name for entry in folder.iterdir() if (entry / f"{entry.name}.npz").is_file())
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f" (did you mean {near[0]!r}?)"
    return f"; {folder} holds: {', '.join(names) or 'no data set laid out as NAME/NAME.npz'}."
