"""What is in a picture or recording, as a digest: equal contents are one thing, wherever they lie."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Any

import numpy as np

from .audio_files import Recording
from .audio_reading import UnreadableRecordingError
from .picture_files import Picture, PictureFile
from .picture_reading import picture_header
from .picture_units import rgb_image
from .unreadable import UnreadablePictureError

__all__ = ["picture_digest", "recording_digest"]


def picture_digest(picture: Picture) -> str:
    """SHA-256 of the bytes of a file, or of the pixels of an array or image.

    Raises
    ------
    UnreadablePictureError
    """
    if picture is None:
        raise UnreadablePictureError("it is missing")
    if isinstance(picture, PictureFile):
        return _of_file(picture.path, UnreadablePictureError)
    picture_header(picture)  # refuses what is none
    return _of_array(picture if isinstance(picture, np.ndarray) else np.asarray(rgb_image(picture)))


def recording_digest(recording: Recording) -> str:
    """SHA-256 of the bytes of a file, or of rate and samples.

    Raises
    ------
    UnreadableRecordingError
    """
    if recording is None:
        raise UnreadableRecordingError("it is missing")
    if isinstance(recording, Path):
        return _of_file(recording, UnreadableRecordingError)
    return _of_array(recording[1], recording[0])


def _of_file(path: Path, unreadable: type[Exception]) -> str:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a named pipe would be waited for
            raise unreadable("it is no regular file")
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise unreadable("there is no such file") from None
    except PermissionError:
        raise unreadable("its permissions forbid reading it") from None
    except OSError as error:
        raise unreadable(f"it cannot be read ({error.strerror or type(error).__name__})") from error


def _of_array(values: np.ndarray, *others: Any) -> str:
    digest = hashlib.sha256(repr([values.dtype.str, values.shape, *others]).encode())
    digest.update(np.ascontiguousarray(values).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
