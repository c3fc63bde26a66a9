"""Many pictures at one size, read by threads: decoding is done outside of Python's lock."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...exceptions import InvalidDataError
from .array_units import OtherUnitError, PictureUnit, has_16_bits, other_unit, unit_of
from .picture_files import Picture, shown_picture
from .picture_reading import PictureHeader, picture_header, picture_pixels, prepare_reading
from .picture_size import common_size
from .threads import in_threads, quiet_reading
from .unreadable import UnreadablePictureError

__all__ = ["Pictures", "listed", "read_pictures"]

#: Pictures with colours by their mode of which so many tell whether there are any.
_SAMPLED = 200
#: The share of white by which grey may differ in red, green and blue.
_ALMOST = 2 / 255
#: Skipped pictures that a message names.
_NAMED = 3


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures of one size in memory.

    Attributes
    ----------
    values : ndarray of shape (n, height, width, channels), float32
        NaN where one is missing or cannot be read.
    items : sequence of length n
        What they were read from.
    skipped : tuple of mapping
        ``row``, ``name`` and ``reason`` of those that could not be read; rows count from 0, as they were given.
    findings : mapping
        ``n_pictures`` that were given; ``formats`` and how many have each; ``smallest`` and ``largest``, height and
        width; ``resampled``, whether any had another size; ``left_out``, whether those skipped are no rows.
    unit : PictureUnit or None
        Black and white in ``values``; None where nothing says it.
    """

    values: np.ndarray
    items: Sequence[Picture]
    skipped: tuple[Mapping[str, Any], ...] = ()
    findings: Mapping[str, Any] = field(default_factory=dict)
    unit: PictureUnit | None = None

    kind = "image"

    def __len__(self) -> int:
        return len(self.values)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, and columns as they were given: pictures are one."""
        return len(self.values), 1

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        height, width, channels = self.values.shape[1:]
        return height, width, channels

    @property
    def nbytes(self) -> int:
        """Of the pixels."""
        return int(self.values.nbytes)

    @property
    def rows(self) -> np.ndarray:
        """The pixels (n, height * width * channels) of each picture, line by line."""
        return self.values.reshape(len(self.values), -1)

    @property
    def arrays(self) -> np.ndarray:
        """The pixels (n, height, width) of grey pictures, (n, height, width, 3) of others."""
        return self.values[..., 0] if self.values.shape[3] == 1 else self.values

    @classmethod
    def of_array(cls, values: np.ndarray, unit: PictureUnit | None = None) -> Pictures:
        """Pixels (n, height, width, channels) that are in memory; rows of NaN are missing, as cells of a table are."""
        return cls(values, [None] * len(values), unit=unit)

    def take(self, index: np.ndarray) -> Pictures:
        """The pictures at ``index`` (m,); what is said of all stays."""
        return replace(self, values=self.values[index], items=[self.items[row] for row in index.tolist()])

    def in_unit(self, unit: PictureUnit | None) -> Pictures:
        """The same in another unit; as they are where nothing says what one of them is.

        Raises
        ------
        InvalidDataError
            If they cannot be brought to it.
        """
        if unit is None or self.unit is None or unit == self.unit:
            return self
        try:
            factor = np.float32(self.unit.scale_to(unit))
        except OtherUnitError as error:
            raise other_unit(shown_picture(self.items[0], 0), error) from None
        return replace(self, values=self.values * factor, unit=unit)

    def readable(self) -> Pictures:
        """Those that could be read; the others stay listed."""
        lost = {each["row"] for each in self.skipped}
        kept = self if not lost else self.take(np.array([row for row in range(len(self)) if row not in lost], np.int64))
        return replace(kept, findings={**self.findings, "left_out": bool(lost)})


def read_pictures(
    pictures: Sequence[Picture], shape: tuple[int, int, int] | None = None, *, unit: PictureUnit | None = None,
    counted: np.ndarray | None = None,
) -> Pictures:  # fmt: skip
    """Read pictures at one size; those that cannot be read are listed, and the others go on.

    Parameters
    ----------
    pictures : sequence of n pictures
        As :func:`.picture_files.given_pictures` gives them.
    shape : (int, int, int) or None
        Height, width and channels; None: as :func:`.picture_size.common_size` says, with one channel where all of up to
        200 pictures are grey, else three.
    unit : PictureUnit or None
        To which they are brought; None: of pictures without a ``shape`` that of :func:`.array_units.unit_of`, else
        arrays keep their own.
    counted : ndarray of bool of shape (n,), or None
        Those that decide on shape and unit; None: all.

    Raises
    ------
    InvalidDataError
        If there is no shape, as none can be read; if one cannot be brought to the unit, or there is none for all.
    MissingDependencyError
        Without Pillow, for files and where arrays differ in size.

    Notes
    -----
    Memory: the result, and one decoded picture for each processor, of large ones a single one.
    """
    if any(not (picture is None or isinstance(picture, np.ndarray)) for picture in pictures):
        prepare_reading()
    reasons: dict[int, str] = {}
    with quiet_reading():
        if shape is not None:
            headers, values = {}, _values(pictures, shape, unit, reasons)
        else:
            headers = _headers(pictures, reasons)
            unit = unit_of(pictures, counted) if unit is None else unit
            shape = _shape(pictures, headers, reasons, unit, counted)
            values = _values(pictures, shape, unit, reasons)
            if {*reasons} & {*headers}:  # what cannot be decoded does not decide on the size
                headers = {row: header for row, header in headers.items() if row not in reasons}
                seen, shape = shape, _shape(pictures, headers, reasons, unit, counted)
                if shape != seen:
                    del values  # so that there is room for the others
                    values = _values(pictures, shape, unit, reasons)
    skipped = tuple(
        {"row": row, "name": shown_picture(pictures[row], row), "reason": reasons[row]} for row in sorted(reasons)
    )
    findings = _findings(headers, shape, len(pictures)) if headers else {}
    if unit is None and not any(isinstance(picture, np.ndarray) for picture in pictures):
        unit = unit_of(pictures)
    return Pictures(values, pictures, skipped, findings, unit)


def listed(skipped: Sequence[Mapping[str, Any]]) -> str:
    """The first of the pictures that were skipped, with their reasons."""
    shown = "; ".join(f"{each['name']}: {each['reason']}" for each in skipped[:_NAMED])
    return shown + ("; ..." if len(skipped) > _NAMED else "")


def _values(
    pictures: Sequence[Picture], shape: tuple[int, int, int], unit: PictureUnit | None, reasons: dict[int, str]
) -> np.ndarray:  # fmt: skip
    """Pixels (n, height, width, channels) in a unit, NaN where there is a reason, or one is added."""
    values = np.full((len(pictures), *shape), np.nan, dtype=np.float32)
    others: dict[int, OtherUnitError] = {}
    beside = has_16_bits(pictures)

    def read(row: int) -> None:
        if row not in reasons:
            try:
                values[row] = _in_unit(pictures[row], shape, unit, beside_16_bits=beside)
            except UnreadablePictureError as error:
                reasons[row] = str(error)
            except OtherUnitError as error:
                others[row] = error

    in_threads(read, range(len(pictures)))
    if others:
        first = min(others)
        raise other_unit(shown_picture(pictures[first], first), others[first])
    return values


def _in_unit(
    picture: Picture, shape: tuple[int, int, int], unit: PictureUnit | None, *, beside_16_bits: bool = False
) -> np.ndarray:  # fmt: skip
    pixels = picture_pixels(picture, *shape)
    factor = 1.0 if unit is None else unit.factor(picture, beside_16_bits=beside_16_bits)
    return pixels if factor == 1 else pixels * np.float32(factor)


def _headers(pictures: Sequence[Picture], reasons: dict[int, str]) -> dict[int, PictureHeader]:
    """Of every picture that has one; the reasons of the others are added."""
    headers: dict[int, PictureHeader] = {}

    def look(row: int) -> None:
        try:
            headers[row] = picture_header(pictures[row])
        except UnreadablePictureError as error:
            reasons[row] = str(error)

    in_threads(look, range(len(pictures)))
    return {row: headers[row] for row in sorted(headers)}


def _shape(
    pictures: Sequence[Picture], headers: Mapping[int, PictureHeader], reasons: Mapping[int, str],
    unit: PictureUnit | None, counted: np.ndarray | None,
) -> tuple[int, int, int]:  # fmt: skip
    """Height, width and channels for all."""
    rows = [row for row in headers if counted is None or counted[row]] or [*headers]
    if not rows:
        raise _none_readable(pictures, reasons)
    sizes = np.array([(headers[row].height, headers[row].width) for row in rows])
    coloured = [row for row in rows if not headers[row].is_grey]
    height, width = common_size(sizes, n_samples=len(pictures), channels=3 if coloured else 1)
    stride = max(1, len(coloured) // _SAMPLED)
    almost = _ALMOST * (255.0 if unit is None else unit.white - unit.black)
    grey: dict[int, bool] = {}

    def look(row: int) -> None:
        try:
            pixels = _in_unit(pictures[row], (height, width, 3), unit).astype(np.float32)
        except (OtherUnitError, UnreadablePictureError):  # it is skipped or refused, and its colours are not seen
            return
        grey[row] = float(np.ptp(pixels, axis=2).max()) <= almost

    in_threads(look, coloured[::stride])
    if coloured and grey and all(grey.values()):
        return *common_size(sizes, n_samples=len(pictures), channels=1), 1
    return height, width, 3 if coloured else 1


def _findings(
    headers: Mapping[int, PictureHeader], shape: tuple[int, int, int], n_pictures: int
) -> dict[str, Any]:  # fmt: skip
    sizes = [(header.height, header.width) for header in headers.values()]
    sizes.sort(key=lambda size: (math.prod(size), size))
    formats = Counter(header.format for header in headers.values())
    return {
        "n_pictures": n_pictures, "formats": dict(formats.most_common()),
        "smallest": list(sizes[0]), "largest": list(sizes[-1]),
        "resampled": any(size != shape[:2] for size in sizes),
    }  # fmt: skip


def _none_readable(pictures: Sequence[Picture], reasons: Mapping[int, str]) -> InvalidDataError:
    skipped = [{"name": shown_picture(pictures[row], row), "reason": reasons[row]} for row in sorted(reasons)]
    which = "The only picture cannot" if len(pictures) == 1 else f"None of the {len(pictures):,} pictures can"
    return InvalidDataError(f"{which} be read ({listed(skipped)}); check the folder or the paths.")
