"""Pictures for a model that was fitted on an array of pictures: of its size, channels and unit."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ..._validation import Interval
from ...exceptions import InvalidDataError
from ...runtime import tensor_array
from ...storage.schema import ListOf, MapOf, MismatchError, Record, check_value
from ..images import channels_behind, picture_shape
from .array_units import PictureUnit, unit_of_values
from .picture_files import given_pictures, is_missing_picture, shown_picture
from .pictures import Pictures, read_pictures

__all__ = ["ArrayPictures"]


@dataclass(frozen=True)
class ArrayPictures:
    """What pictures in the array of a fit are.

    Attributes
    ----------
    shape : (int, int, int)
        Height, width and channels.
    unit : PictureUnit
    """

    shape: tuple[int, int, int]
    unit: PictureUnit

    @classmethod
    def of(cls, X: np.ndarray, shape: tuple[int, int, int]) -> ArrayPictures:
        """Of the rows (n, p) of a fit, which are pictures of this shape."""
        return cls(shape, unit_of_values(X))

    def to_document(self) -> dict[str, Any]:
        """For a file."""
        return {"shape": list(self.shape), "unit": self.unit.to_document()}

    @classmethod
    def from_document(cls, document: Any, n_features: int) -> ArrayPictures:
        """Rebuild what :meth:`to_document` gave of rows of so many columns; ``MismatchError`` for what it cannot have
        given."""
        check_value(document, [_STORED], "'pictures'")
        height, width, channels = document["shape"]
        if math.prod(document["shape"]) != n_features:
            raise MismatchError(f"'pictures'['shape'] has other than {n_features:,} pixels")
        return cls((height, width, channels), PictureUnit.from_document(document["unit"], "'pictures'['unit']"))

    def taken(self, X: Any, owner: str) -> Pictures | None:
        """Pictures of any kind as the array was; None for rows of numbers, and arrays that are as in the fit.

        Parameters
        ----------
        X : Any
            Pictures as :func:`.picture_files.given_pictures` takes them, or that have been read; one array
            (height, width) or (height, width, channels), and several in one array.
        owner : str
            The estimator, for messages.

        Raises
        ------
        InvalidDataError
            For files where the arrays were of other channels than 1 or 3, or of an unknown unit; for an array that
            cannot be brought to that of the fit.
        """
        X = tensor_array(X) if isinstance(X, torch.Tensor) else X
        if isinstance(X, np.ndarray) and X.dtype.kind in "biuf":
            X = channels_behind(X)
            if self._are_alike(X):
                return self._brought(X)
        items = self._items(X)
        if items is None:
            return None
        if isinstance(X, Pictures) or any(item is not None and not isinstance(item, np.ndarray) for item in items):
            self._refuse_files(owner)
        if self.shape[2] not in (1, 3):
            return self._of_that_shape(items, owner)
        if isinstance(X, Pictures) and X.picture_shape == self.shape:
            return Pictures(X.in_unit(self.unit).values, X.items, (), X.findings, self.unit)
        read = read_pictures(items, self.shape, unit=self.unit)
        return Pictures(read.values, items, () if isinstance(X, Pictures) else read.skipped, read.findings, self.unit)

    def _are_alike(self, X: np.ndarray) -> bool:
        """Whether an array is several pictures of the shape of the fit."""
        height, width, channels = self.shape
        return X.ndim in (3, 4) and X.shape[1:3] == (height, width) and math.prod(X.shape[3:]) == channels

    def _brought(self, X: np.ndarray) -> Pictures | None:
        """An array of such pictures in the unit of the fit; None where it is in it already."""
        if not X.size:
            return None
        if X.dtype.kind == "f":
            factor = self.unit.factor_of_floats(X)
            if factor == 1:
                return None
            values = X * X.dtype.type(factor)
        else:
            values = self.unit.brought(X)
        return Pictures(values.reshape(-1, *self.shape), [*X], (), {}, self.unit)

    def _items(self, X: Any) -> list[Any] | None:
        """Each picture by itself; None where ``X`` is rows, flattened or not."""
        if isinstance(X, Pictures):
            return list(X.items)
        if isinstance(X, np.ndarray) and X.dtype.kind in "biuf":
            height, width, channels = self.shape
            if X.shape == self.shape or (X.shape == (height, width) and channels == 1):
                return [X]
            if X.ndim not in (3, 4):
                return None
            if X.ndim == 3 and X.shape[2] == channels != 1:
                return [X]
            return [*X] if picture_shape((*X.shape[1:3], math.prod(X.shape[3:]))) else None
        if isinstance(X, (list, tuple)) and not X:
            raise InvalidDataError("X holds no picture: give at least one.")
        of_pictures = isinstance(X, (list, tuple)) and all(is_missing_picture(cell) or _is_picture(cell) for cell in X)
        asked = of_pictures or (isinstance(X, (str, os.PathLike)) and not os.path.isfile(X))
        return given_pictures(X, asked=asked)

    def _of_that_shape(self, items: list[Any], owner: str) -> Pictures:
        """Arrays of other channels than those of files, which must have the shape of the fit."""
        values = np.full((len(items), *self.shape), np.nan, dtype=np.float32)
        skipped = []
        for row, item in enumerate(items):
            if item is None:
                skipped.append({"row": row, "name": shown_picture(None, row), "reason": "it is missing"})
                continue
            behind = channels_behind(item[None])[0]
            if behind.shape != self.shape:
                raise InvalidDataError(
                    f"{owner} was fitted on pictures of shape {self.shape}, and row {row} is one of {item.shape}: give "
                    "arrays as in the fit."
                )
            values[row] = behind
        return Pictures(values, items, tuple(skipped), unit=self.unit)

    def _refuse_files(self, owner: str) -> None:
        channels = self.shape[2]
        if channels in (1, 3) and self.unit.is_known:
            return
        numbers = f"with numbers from {self.unit.black:.3g} to {self.unit.white:.3g}"
        raise InvalidDataError(
            f"{owner} was fitted on arrays {numbers if channels in (1, 3) else f'of {channels} channels'}, and files "
            "hold grey or colours from 0 to 255: give arrays as in the fit, or fit on the files."
        )


def _is_picture(cell: Any) -> bool:
    return isinstance(cell, (np.ndarray, torch.Tensor)) and cell.ndim in (2, 3)


_STORED = Record({"shape": [ListOf([Interval(int, 1, 2**31)], 3)], "unit": [MapOf()]})
