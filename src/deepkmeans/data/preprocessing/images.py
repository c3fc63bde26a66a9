"""Pictures to rows of pixels: of one size, grey or coloured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..._validation import Instance, Interval, OneOf
from ...exceptions import InvalidDataError
from ...runtime import tensor_array
from ...storage.schema import MapOf, Record, check_tensors, check_value
from ..given import GivenInput
from ..images import picture_shape
from ..media.array_units import PictureUnit
from ..media.picture_files import given_pictures
from ..media.pictures import Pictures, listed, read_pictures
from ..media.unreadable import share_that

__all__ = ["ImagePreprocessor"]

_SIDE = Interval(int, 1, 4096)
_CHANNELS = Instance(lambda value: type(value) is int and value in (1, 3), "1 or 3")


@dataclass(frozen=True, eq=False)
class ImagePreprocessor:
    """From pictures to rows (n, height * width * channels) in one unit; NaN where one cannot be read.

    Attributes
    ----------
    shape : (int, int, int)
        Height, width and channels, 1 or 3, to which every picture is brought: turned as its EXIF data say, over white
        where it is transparent, and the whole of it resampled (bilinear, over all pixels) unless it has that size.
    findings : mapping
        Of the pictures of the fit, see :class:`~.media.pictures.Pictures`; with those that were ``skipped``. Not in a
        file.
    unit : PictureUnit or None
        Black and white in the rows, 0 and 255 of files; None in models of earlier versions, whose arrays keep theirs.
    """

    shape: tuple[int, int, int]
    findings: Mapping[str, Any] = field(default_factory=dict)
    unit: PictureUnit | None = None

    kind = "image"
    kind_of_pictures = "image"
    scaled = False
    feature_names = None

    @classmethod
    def fit(
        cls, given: GivenInput, *, weight: np.ndarray | None = None
    ) -> tuple[ImagePreprocessor, np.ndarray]:  # fmt: skip
        """Choose size and channels, and read all pictures.

        Parameters
        ----------
        given : GivenInput of n pictures
        weight : ndarray of shape (n,) or None
            Pictures of weight 0 do not decide on the size.

        Returns
        -------
        preprocessor : ImagePreprocessor
        X : ndarray of shape (n, p), float32

        Raises
        ------
        InvalidDataError
            If none can be read.
        MissingDependencyError
            Without Pillow, which files need.
        """
        pictures = given.rows
        if not isinstance(pictures, Pictures):
            pictures = read_pictures(pictures, counted=None if weight is None else weight > 0)
        findings = {**pictures.findings, "skipped": [dict(each) for each in pictures.skipped]}
        return cls(pictures.picture_shape, findings, pictures.unit), pictures.rows

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """Height, width and channels; None where sides are too short to have neighbourhoods."""
        return picture_shape(self.shape)

    def taken(self, X: Any) -> GivenInput | None:
        """``X`` as pictures: whatever a fit takes, and rows of pixels of the right size; None for what is none."""
        if isinstance(X, Pictures):
            return GivenInput("image", X.in_unit(self.unit) if X.picture_shape == self.shape else X.items)
        X = tensor_array(X) if isinstance(X, torch.Tensor) else X
        if isinstance(X, np.ndarray) and X.dtype.kind in "biuf" and X.ndim in (2, 3, 4):
            height, width, channels = self.shape
            alike = {(height * width * channels,), self.shape, *([(height, width)] if channels == 1 else [])}
            if X.shape[1:] in alike:
                rows = X.astype(np.float32, copy=False)
                if self.unit is not None and (X.ndim > 2 or X.dtype == np.uint8):
                    rows = self.unit.brought(X)  # other rows have been decoded by the model
                return GivenInput("image", Pictures.of_array(rows.reshape(-1, *self.shape), self.unit))
        pictures = given_pictures(X, asked=True)
        return None if pictures is None else GivenInput("image", pictures)

    def read(self, given: GivenInput) -> Pictures:
        """The pictures at the size of the fit."""
        if given.kind != "image":
            raise InvalidDataError("The fit was of pictures: give a folder, or a list of paths, PIL images or arrays.")
        return given.rows if isinstance(given.rows, Pictures) else read_pictures(
            given.rows, self.shape, unit=self.unit
        )  # fmt: skip

    def transform(self, given: GivenInput) -> np.ndarray:
        """Rows (n, p), float32, of NaN where a picture is missing or cannot be read.

        Raises
        ------
        InvalidDataError
            For another input than pictures.
        """
        return self.read(given).rows

    def transform_with_unknown_cells(self, given: GivenInput) -> tuple[np.ndarray, tuple[str, ...]]:
        """The same, and what cannot be read, in words."""
        pictures = self.read(given)
        if not pictures.skipped or isinstance(given.rows, Pictures):  # who read them has said it
            return pictures.rows, ()
        count = share_that(len(pictures.skipped), len(pictures), "picture", "get")
        return pictures.rows, (f"{count} the cluster nearest to the mean picture ({listed(pictures.skipped)})",)

    def inverse(self, rows: np.ndarray) -> np.ndarray:
        """Rows (n, p) as pictures (n, height, width), or (n, height, width, 3) in colour."""
        return Pictures.of_array(np.asarray(rows).reshape(-1, *self.shape)).arrays

    def report(self) -> dict[str, Any]:
        """Height, width and channels; what the pictures of the fit were, and which of them were skipped for what."""
        height, width, channels = self.shape
        notes = []
        if self.findings.get("resampled"):
            smallest, largest = (" x ".join(map(str, self.findings[name])) for name in ("smallest", "largest"))
            sizes = smallest if smallest == largest else f"{smallest} to {largest}"
            notes.append(f"Pictures of {sizes} pixels (height x width) are resampled to {height} x {width}.")
        return {
            "kind": self.kind, "height": height, "width": width, "channels": channels,
            "n_skipped": len(self.findings.get("skipped", ())), **self.findings, "notes": notes,
        }  # fmt: skip

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Document for a file; there are no tensors."""
        height, width, channels = self.shape
        unit = {} if self.unit is None else {"unit": self.unit.to_document()}
        return {
            "kind": self.kind, "height": height, "width": width, "channels": channels, "resampling": "bilinear", **unit,
        }, {}  # fmt: skip

    @staticmethod
    def check_parts(document: Any, tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """Refuse, with ``MismatchError``, what :meth:`to_parts` cannot have written; its sizes by name."""
        check_value(document, [_STORED], "'preprocessing'")
        if "unit" in document:
            PictureUnit.from_document(document["unit"])
        check_tensors(tensors, {}, prefix="preprocessing/")
        return {"n_features": document["height"] * document["width"] * document["channels"]}

    @classmethod
    def from_parts(cls, document: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> ImagePreprocessor:
        """Rebuild what :meth:`to_parts` gave, once checked."""
        unit = PictureUnit.from_document(document["unit"]) if "unit" in document else None
        return cls((document["height"], document["width"], document["channels"]), unit=unit)


_STORED = Record({
    "kind": [OneOf("image")], "height": [_SIDE], "width": [_SIDE], "channels": [_CHANNELS],
    "resampling": [OneOf("bilinear")],
}, optional={"unit": [MapOf()]})  # fmt: skip
