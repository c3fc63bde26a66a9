"""Pictures, recordings and series as their user knows them: each read once, with what one sees or hears of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..data.given import GivenInput
from ..data.media.array_units import unit_of
from ..data.media.audio_files import Recording, given_recordings, shown_recording
from ..data.media.picture_files import Picture, PictureFile, shown_picture
from ..data.media.picture_units import rgb_image
from ..data.media.pictures import Pictures, read_pictures
from ..data.media.recordings import Recordings
from ..data.media.unreadable import UnreadablePictureError
from ..data.preprocessing.audio import read_recordings
from ..data.preprocessing.series import series_of
from ..exceptions import InvalidDataError
from .original import OriginalRows
from .picture_measures import picture_columns
from .series_measures import series_columns
from .sound_measures import sound_columns

__all__ = ["media_rows", "read_once", "rows_of_pictures"]

def read_once(X: Any, preprocessor: Any, as_given: Callable[[Any], GivenInput | None] | None = None) -> Any:
    """Pictures and recordings in memory, as the preprocessor of a fit reads them; other rows as they are.

    ``as_given`` checks rows against the fit; None: the caller has, or does.
    """
    kind = getattr(preprocessor, "kind", "")
    if kind == "image":
        given = preprocessor.taken(X) if as_given is None else as_given(X)
        return X if given is None else preprocessor.read(given)
    if kind == "audio" and not isinstance(X, Recordings):
        given = None if as_given is None else as_given(X)
        recordings = given_recordings(X, asked=True) if given is None else given.rows
        return X if recordings is None else read_recordings(recordings, preprocessor)
    return X


def media_rows(given: GivenInput, preprocessor: Any) -> OriginalRows:
    """Pictures, recordings or series ``given`` to a model of ours whose ``preprocessor`` may be another's.

    One that does not hold them as rows, such as a pretrained encoder, is none: pictures and recordings are then read at
    the size that they have in common.
    """
    kind = getattr(preprocessor, "kind", "")
    if given.kind == "series":
        return _rows_of_series(given, preprocessor)
    if given.kind == "image":
        if isinstance(given.rows, Pictures):
            pictures = given.rows
        else:
            pictures = preprocessor.read(given) if kind == "image" else read_pictures(_in_one_unit(given.rows))
        names = [
            item.name if isinstance(item, PictureFile) else shown_picture(None, row) if item is None else None
            for row, item in enumerate(pictures.items)
        ]
        in_memory = all(item is None or isinstance(item, np.ndarray) for item in pictures.items)
        named = None if in_memory else _all_named(names)
        unit = pictures.unit if pictures.unit is not None and pictures.unit.is_known else None
        return rows_of_pictures(pictures.arrays, None if unit is None else (unit.black, unit.white), named)
    recordings = given.rows
    if not isinstance(recordings, Recordings):
        recordings = read_recordings(recordings, preprocessor if kind == "audio" else None)
    spectrogram = recordings.preprocessor.spectrogram
    decibels = recordings.values.reshape(-1, spectrogram.n_mels, spectrogram.frames)
    return OriginalRows(
        len(given), sound_columns(recordings.items, decibels, spectrogram),
        pictures=decibels[:, ::-1], recordings=recordings.items, names=_names_of(recordings.items),
    )  # fmt: skip


def rows_of_pictures(
    pictures: np.ndarray, unit: tuple[float, float] | None = None, names: tuple[str, ...] | None = None
) -> OriginalRows:
    """Pictures (n, height, width) or (n, height, width, channels); ``unit`` is black and white, None: the least and the
    largest pixel of all."""
    if unit is None:
        least, most = (float(end.reduce(pictures, axis=None)) for end in (np.fmin, np.fmax))
        unit = (least, most) if np.isfinite([least, most]).all() else (0.0, 1.0)
    return OriginalRows(len(pictures), picture_columns(pictures, *unit), pictures=pictures, names=names)


def _in_one_unit(pictures: Sequence[Picture]) -> list[Picture]:
    """Pictures that a pretrained encoder takes each by itself: where they have no one unit, as it sees them."""
    try:
        unit_of(pictures)
    except InvalidDataError:
        return [_seen(picture) if isinstance(picture, np.ndarray) else picture for picture in pictures]
    return [*pictures]


def _seen(picture: np.ndarray) -> Picture:
    try:
        return rgb_image(picture)
    except UnreadablePictureError:
        return picture


def _rows_of_series(given: GivenInput, preprocessor: Any) -> OriginalRows:
    series = preprocessor.inverse(preprocessor.transform(given))
    lengths = np.array(
        [np.nan if each is None else len(each) for each in series_of(given, preprocessor.columns)], dtype=np.float64
    )
    return OriginalRows(len(given), series_columns(series, lengths), series=series)


def _names_of(recordings: Sequence[Recording]) -> tuple[str, ...] | None:
    """Files by their places in the folder that all of them have in common; None where some are no files."""
    paths = [recording for recording in recordings if isinstance(recording, Path)]
    if not paths:
        return None
    shared = os.path.commonpath([os.path.abspath(path.parent) for path in paths])
    return _all_named([
        os.path.relpath(os.path.abspath(recording), shared).replace(os.sep, "/") if isinstance(recording, Path) else
        None if recording is not None else shown_recording(None, row)
        for row, recording in enumerate(recordings)
    ])  # fmt: skip


def _all_named(names: Sequence[str | None]) -> tuple[str, ...] | None:
    known = tuple(name for name in names if name is not None)
    return known if known and len(known) == len(names) else None
