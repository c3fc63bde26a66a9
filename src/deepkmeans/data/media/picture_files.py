"""Pictures as they are given: a folder, a list of paths, of PIL images, or of arrays."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..._quoting import printable, short
from ...exceptions import InvalidDataError
from ...runtime import tensor_array
from ..given_frames import pandas_frame
from ..given_texts import is_missing, one_dimension
from .folders import PICTURES, files_in, folder_kind, refuse_empty_path

__all__ = ["Picture", "PictureFile", "given_pictures", "is_missing_picture", "pictures_of", "shown_picture"]

#: Shorter sides have no neighbourhoods: such arrays are not taken for pictures.
_SHORTEST = 6
#: Channels of an array: grey, colour, colour with alpha.
_CHANNELS = (1, 3, 4)


@dataclass(frozen=True)
class PictureFile:
    """The file of a picture, and what reports and labels call it."""

    path: Path
    name: str


#: A file, a PIL image, an array (height, width) or (height, width, channels); None where it is missing.
Picture = Any


def given_pictures(X: Any, *, asked: bool = False) -> list[Picture] | None:
    """``X`` as pictures, one a row; None for what is none.

    Parameters
    ----------
    X : str, Path, PIL image, or list, tuple, series or array of one dimension
        A folder that holds more pictures than recordings, the folders in it included; the path of a picture; a PIL
        image; paths that end as files of pictures do, of which one exists at least; PIL images; arrays (height, width)
        or (height, width, channels). None and NaN are missing pictures.
    asked : bool
        Whether ``X`` is said to be pictures: paths of any end, arrays of any shape, all of them missing, a frame of one
        column, an array of three or four dimensions.

    Raises
    ------
    InvalidDataError
        For "", for paths of pictures none of which exists, and with ``asked`` for a folder without any.
    """
    refuse_empty_path(X)
    if isinstance(X, (str, os.PathLike)):
        return _of_path(Path(X), asked)
    if _is_pil(X):
        return [X]
    if isinstance(X, (np.ndarray, torch.Tensor)) and X.ndim > 1:
        return _of_array(_array(X)) if asked and X.ndim in (3, 4) else None
    frame = pandas_frame(X) if asked else None
    cells = one_dimension(X if frame is None or frame.shape[1] != 1 else frame.iloc[:, 0])
    if not cells:
        return None
    first = next((cell for cell in cells if not is_missing_picture(cell)), None)
    if first is None:
        return [None] * len(cells) if asked else None
    if not _may_be(first, asked):
        return None
    cells = [None if is_missing_picture(cell) else cell for cell in cells]
    if not all(cell is None or _may_be(cell, asked) for cell in cells):
        return None
    if not asked and not _look_like_pictures(cells):
        return None
    _refuse_lost_files(cells, asked)
    return [_as_item(cell) for cell in cells]


def pictures_of(path: Path) -> list[PictureFile]:
    """Of a folder its pictures, called by their place in it; of the file of a picture that alone."""
    if os.path.isdir(path):
        return [PictureFile(file, file.relative_to(path).as_posix()) for file in files_in(path, PICTURES)]
    return [PictureFile(path, path.name)]


def shown_picture(picture: Picture, row: int) -> str:
    """What messages and reports call it: its file, or its row."""
    return printable(picture.name) if isinstance(picture, PictureFile) else f"row {row}"


def _of_path(path: Path, asked: bool) -> list[PictureFile] | None:
    if os.path.isdir(path):
        if not asked and folder_kind(path) != "image":
            return None
        files = pictures_of(path)
        if not files:
            raise InvalidDataError(f"The folder {short(path)} holds no pictures ({', '.join(PICTURES)}).")
        return files
    if os.path.exists(path) and (asked or path.suffix.lower() in PICTURES):
        return pictures_of(path)
    if asked:
        raise InvalidDataError(f"There is no folder or picture {short(path)}; check the path.")
    return None


def _of_array(X: np.ndarray) -> list[Picture]:
    """Pictures (n, height, width), (n, height, width, channels); one (height, width, 3) is no row of columns."""
    return [X] if X.ndim == 3 and X.shape[2] in (3, 4) else [*X]


def is_missing_picture(cell: Any) -> bool:
    """Whether a cell is none: None, NaN or an empty text."""
    return is_missing(cell) or (isinstance(cell, str) and not cell)


def _is_pil(cell: Any) -> bool:
    """Whether it is an image of Pillow, which is not imported for this."""
    return any(kind.__module__ == "PIL.Image" and kind.__name__ == "Image" for kind in type(cell).__mro__)


def _is_array(cell: Any) -> bool:
    return isinstance(cell, (np.ndarray, torch.Tensor)) and cell.ndim in (2, 3)


def _may_be(cell: Any, asked: bool) -> bool:
    if isinstance(cell, (str, os.PathLike)):
        return asked or os.path.splitext(os.fspath(cell))[1].lower() in PICTURES
    return isinstance(cell, PictureFile) or _is_pil(cell) or _is_array(cell)


def _look_like_pictures(cells: Sequence[Any]) -> bool:
    """Arrays that are no series: of three dimensions with so many channels, or with two sides of a picture.

    Series of one number of channels and different lengths have one side in common; pictures of one width may have too,
    but are rarer, and ``InputSpec`` says so.
    """
    shapes = {tuple(cell.shape) for cell in cells if _is_array(cell)}
    flat = {shape for shape in shapes if len(shape) == 2}
    if any(not {shape[0], shape[2]} & {*_CHANNELS} for shape in shapes - flat):
        return False
    if any(min(shape) < _SHORTEST for shape in flat):
        return False
    return bool(shapes - flat) or len(flat) < 2 or len({width for _, width in flat}) > 1


def _refuse_lost_files(cells: Sequence[Any], asked: bool) -> None:
    """Refuse paths none of which leads to a file: single ones are skipped when they are read."""
    paths = [cell for cell in cells if isinstance(cell, (str, os.PathLike))]
    if not paths or len(paths) < sum(cell is not None for cell in cells):
        return
    if not any(map(os.path.exists, paths)):
        texts = "" if asked else ", or, if they are no paths, preprocessor=InputSpec(kind='text')"
        raise InvalidDataError(
            f"No path of a picture leads to a file ({len(paths):,} given), such as {short(paths[0])}: give paths as "
            f"seen from {short(os.getcwd())}{texts}."
        )


def _as_item(cell: Any) -> Picture:
    if isinstance(cell, (str, os.PathLike)):
        return PictureFile(Path(cell), os.fspath(cell))
    return _array(cell) if isinstance(cell, (torch.Tensor, np.ndarray)) else cell


def _array(X: Any) -> np.ndarray:
    """An array of numbers, also where they are in a tensor or are objects."""
    X = tensor_array(X) if isinstance(X, torch.Tensor) else X
    if X.dtype == object:
        with suppress(TypeError, ValueError):
            return np.array(X.tolist())
    return X
