"""Recordings as they are given: a folder, a list of paths, or arrays with their rates."""

from __future__ import annotations

import numbers
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..._quoting import printable, short
from ...exceptions import InvalidDataError
from ...runtime import tensor_array
from ..given_texts import is_missing, one_dimension
from .folders import RECORDINGS, refuse_empty_path, visible_files

__all__ = ["Recording", "given_recordings", "recordings_in", "shown_recording"]

#: A recording: a path, or its rate and samples; None where it is missing.
Recording = Path | tuple[int, np.ndarray] | None
#: Names beside recordings that say something of them.
_NOTES = (".csv", ".json", ".jsonl", ".md", ".parquet", ".rst", ".toml", ".tsv", ".txt", ".xml", ".yaml", ".yml")
_FORM = "give a list of (rate, samples), as scipy.io.wavfile.read returns them, or of paths"


def given_recordings(X: Any, *, asked: bool = False) -> list[Recording] | None:
    """``X`` as recordings; None for what is none.

    Parameters
    ----------
    X : str, Path, or list, tuple, series or array of one dimension
        A folder that holds more recordings than other files, those in its own folders included; paths that end as files
        of recordings do; pairs (rate, samples) of a whole number and an array (n,) or (n, channels). None and NaN are
        missing recordings.
    asked : bool
        Whether ``X`` is said to be recordings: a folder of which less than half are some, paths of any end, all of them
        missing.

    Raises
    ------
    InvalidDataError
        For a pair whose parts are exchanged, and others that can only be meant as recordings; with ``asked`` for
        everything else, too.
    """
    refuse_empty_path(X)
    if isinstance(X, (str, os.PathLike)):
        return _of_folder(Path(X), asked)
    cells = one_dimension(X)
    first = None if cells is None else next((cell for cell in cells if not _is_missing(cell)), None)
    if not (asked and cells) and not (_is_path(first) and _is_audio(first)) and not _is_pair(first):
        if asked:
            raise _no_recordings(X)
        return None
    assert cells is not None
    there = [cell for cell in cells if not _is_missing(cell)]
    if all(map(_is_path, there)):
        if not asked and not all(_is_audio(cell) for cell in there):
            return None
        return [None if _is_missing(cell) else Path(cell) for cell in cells]
    if all(map(_is_pair, there)):
        return [None if _is_missing(cell) else _pair(cell, row) for row, cell in enumerate(cells)]
    if asked:
        raise _no_recordings(X)
    return None


def recordings_in(folder: Path) -> tuple[list[Path], int]:
    """Recordings in a folder and in its own folders, in the order of their names; and how many other files there are.

    Hidden files, and those that say something of the recordings (tables, texts), count as none.
    """
    recordings, others = [], 0
    for path in visible_files(folder):
        if _is_audio(path):
            recordings.append(path)
        elif path.suffix.lower() not in _NOTES:
            others += 1
    return recordings, others


def shown_recording(recording: Recording, row: int) -> str:
    """What messages and reports call it: the name of its file, or its row."""
    return printable(recording.name) if isinstance(recording, Path) else f"row {row}"


def _of_folder(folder: Path, asked: bool) -> list[Recording] | None:
    if not os.path.isdir(folder):
        if asked:
            raise InvalidDataError(f"X is {short(folder)}, which is no folder: give a folder, or a list of paths.")
        return None
    recordings, others = recordings_in(folder)
    if not recordings and asked:
        raise InvalidDataError(
            f"The folder {short(folder)} holds no recordings ({', '.join(RECORDINGS)}) among {others:,} others."
        )
    return [*recordings] if asked or len(recordings) > others else None


def _is_audio(path: Any) -> bool:
    return os.path.splitext(os.fspath(path))[1].lower() in RECORDINGS


def _is_path(cell: Any) -> bool:
    return isinstance(cell, (str, os.PathLike))


def _is_missing(cell: Any) -> bool:
    return is_missing(cell) or (isinstance(cell, str) and not cell)


def _is_samples(value: Any) -> bool:
    return isinstance(value, (np.ndarray, torch.Tensor)) and value.ndim in (1, 2)


def _is_rate(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _is_pair(cell: Any) -> bool:
    if not isinstance(cell, (tuple, list)) or len(cell) != 2:
        return False
    return any(_is_rate(rate) and _is_samples(samples) for rate, samples in (cell, cell[::-1]))


def _pair(cell: Sequence[Any], row: int) -> Recording:
    """A rate and samples (n,) or (n, channels)."""
    rate, samples = cell
    place = f"X[{row}]"
    if not _is_rate(rate):
        raise InvalidDataError(f"{place} is (samples, rate): {_FORM}.")
    if rate != int(rate) or rate <= 0:
        raise InvalidDataError(f"The rate of {place} is {rate!r}: give a whole number of samples a second.")
    samples = tensor_array(samples, place) if isinstance(samples, torch.Tensor) else samples
    if samples.dtype.kind not in "iuf":
        raise InvalidDataError(f"The samples of {place} are of {samples.dtype}: give whole numbers or floats.")
    if samples.ndim == 2 and samples.shape[0] < samples.shape[1]:
        raise InvalidDataError(
            f"The samples of {place} are of shape {samples.shape}, more channels than samples: give them as "
            "(n_samples, n_channels), samples.T."
        )
    return int(rate), samples


def _no_recordings(X: Any) -> InvalidDataError:
    shape = f" of shape {np.shape(X)}" if hasattr(X, "shape") else ""
    return InvalidDataError(
        "X must be recordings: a folder, or a list of paths or of (rate, samples), None where one is missing. Got "
        f"{type(X).__name__}{shape} instead."
    )
