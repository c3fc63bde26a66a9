"""Pictures in files for a model that was fitted on an array of pictures: of its size, channels and unit."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import InvalidDataError
from .picture_files import given_pictures
from .pictures import Pictures, read_pictures

__all__ = ["files_as_arrays"]

#: Means of pixels beyond which values go to 255: below it they may go to 16, or be many black pictures.
_BRIGHT = 32.0


def files_as_arrays(X: Any, shape: tuple[int, ...] | None, means: np.ndarray, owner: str) -> Pictures | None:
    """Files of pictures, or images of Pillow, as the arrays of a fit were; None for what is neither.

    Parameters
    ----------
    X : Any
        As :func:`.picture_files.given_pictures` takes it, or pictures that have been read; arrays are none here.
    shape : (int, int, int) or None
        Height, width and channels of the fit; None where it saw no pictures.
    means : ndarray of shape (p,)
        Of the values of the fit: up to 1 where they go from 0 to 1, and far above it where they go to 255.
    owner : str
        The estimator, for messages.

    Raises
    ------
    InvalidDataError
        If the arrays were of other channels than 1 or 3, or of an unknown unit.
    """
    if shape is None:
        return None
    if isinstance(X, Pictures):
        items = list(X.items)
    else:
        given = None if isinstance(X, np.ndarray) and X.dtype.kind in "biuf" else given_pictures(X)
        if given is None or not any(item is not None and not isinstance(item, np.ndarray) for item in given):
            return None
        items = given
    height, width, channels = shape
    low, high = float(means.min()), float(means.max())
    if channels not in (1, 3) or low < 0 or 1 < high < _BRIGHT or high > 255:
        means_of = f"with means of pixels from {low:.3g} to {high:.3g}"
        unit = means_of if channels in (1, 3) else f"of {channels} channels"
        raise InvalidDataError(
            f"{owner} was fitted on arrays {unit}, and files hold grey or colours from 0 to 255: give arrays as in the "
            "fit, or fit on the files."
        )
    read = isinstance(X, Pictures) and X.picture_shape == (height, width, channels)
    pictures = X if read else read_pictures(items, (height, width, channels))
    values = pictures.values / np.float32(255) if high <= 1 else pictures.values
    return Pictures(values, pictures.items, pictures.skipped if not isinstance(X, Pictures) else (), pictures.findings)
