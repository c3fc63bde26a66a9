"""What is black and white in pictures: 0 and 255 in files; in arrays what their type and their numbers say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...exceptions import InvalidDataError
from ...storage.schema import BOOL, FINITE, MismatchError, Record, check_value
from .array_numbers import BEYOND, BRIGHT, BYTE, ONE, SIXTEEN, WHITES, Seen, seen_in
from .picture_files import Picture, shown_picture

__all__ = [
    "OtherUnitError", "PictureUnit", "certain_white", "has_16_bits", "other_unit", "unit_of", "unit_of_values",
    "white_of",
]  # fmt: skip

#: Ranges of a fit of a unit of its own by which other numbers may lie outside of it.
_WIDER = 4.0


class OtherUnitError(Exception):
    """A picture that cannot be brought to the unit of the others; the message is a clause that begins with "its"."""


@dataclass(frozen=True)
class PictureUnit:
    """The numbers of black and white.

    Attributes
    ----------
    black, white : float
        0 and 1, 255 or 65,535; of arrays of another unit their least and greatest number.
    is_known : bool
        Whether it is one of those, to which other pictures can be brought.
    """

    black: float
    white: float
    is_known: bool = True

    def to_document(self) -> dict[str, Any]:
        """For a file."""
        return {"black": self.black, "white": self.white, "is_known": self.is_known}

    @classmethod
    def from_document(cls, document: Any, called: str = "'preprocessing'['unit']") -> PictureUnit:
        """Rebuild what :meth:`to_document` gave; ``MismatchError`` for what it cannot have given."""
        check_value(document, [_STORED], called)
        unit = cls(**document)
        if unit.is_known and (unit.black, unit.white) not in [(0, white) for white in WHITES]:
            raise MismatchError(f"{called} is known, and white in it is not 1, 255 or 65,535")
        if unit.black > unit.white:
            raise MismatchError(f"{called} has a black that is above its white")
        return unit

    def factor(self, picture: Picture, *, beside_16_bits: bool = False) -> float:
        """What the numbers of a picture, read by itself, are multiplied by; 1 where it is missing or none.

        Parameters
        ----------
        picture : Picture
        beside_16_bits : bool
            Whether others of the same array or list have whole numbers of 16 bits: then those of dark ones are, too,
            which else may be of 12.

        Raises
        ------
        OtherUnitError
        """
        seen = seen_in(picture)
        if seen is None:
            return 1.0
        factor = self._factor(seen, beside_16_bits) if self.is_known else self._own_factor(seen)
        if factor is None:
            raise OtherUnitError(
                f"its numbers go from {seen.low:g} to {seen.high:g}, and those of the fit from {self.black:g} to "
                f"{self.white:g}"
            )
        return factor

    def brought(self, X: np.ndarray) -> np.ndarray:
        """Pictures (n, ...) of one array in this unit, float32.

        Raises
        ------
        InvalidDataError
        """
        factors = np.ones(len(X), dtype=np.float32)
        beside = has_16_bits([X])
        for row, picture in enumerate(X):
            try:
                factors[row] = self.factor(picture, beside_16_bits=beside)
            except OtherUnitError as error:
                raise other_unit(shown_picture(None, row), error) from None
        values = X.astype(np.float32, copy=False)
        return values if (factors == 1).all() else values * factors.reshape(-1, *[1] * (X.ndim - 1))

    def factor_of_floats(self, X: np.ndarray) -> float:
        """What floats of one array are multiplied by: 1 unless all of them together can be of another unit alone."""
        seen = _seen_together(X)
        return 1.0 if seen is None or seen.white is None or not self.is_known else self.white / seen.white

    def scale_to(self, other: PictureUnit) -> float:
        """What numbers of this unit are multiplied by to be in the other.

        Raises
        ------
        OtherUnitError
            If one of them is not known, and they differ.
        """
        if self == other:
            return 1.0
        if not (self.is_known and other.is_known):
            raise OtherUnitError(
                f"its numbers go from {self.black:g} to {self.white:g}, and those of the fit from {other.black:g} to "
                f"{other.white:g}"
            )
        return other.white / self.white

    def _factor(self, seen: Seen, beside_16_bits: bool) -> float | None:
        """For a unit that is known."""
        white = self.white
        if seen.kind == "byte" and seen.high <= 1 and white == ONE:
            return 1.0  # a mask
        if seen.kind in ("file", "byte", "bool"):
            return white / (ONE if seen.kind == "bool" else BYTE)
        if seen.kind == "short" and white == SIXTEEN:
            return 1.0
        if seen.white is not None:
            return white / seen.white
        if seen.fits(white):
            return 1.0
        if seen.kind in ("whole", "short") and seen.fits(BYTE):
            return white / BYTE
        return white / SIXTEEN if seen.is_16_bits or (beside_16_bits and seen.kind in ("whole", "short")) else None

    def _own_factor(self, seen: Seen) -> float | None:
        """For another, to which only arrays in it can belong."""
        room = _WIDER * (self.white - self.black)
        strange = seen.kind == "file" or (seen.kind == "byte" and seen.high > self.white)
        outside = seen.low < self.black - room or seen.high > self.white + room
        return None if strange or outside else 1.0


def unit_of(pictures: Sequence[Picture], counted: np.ndarray | None = None) -> PictureUnit:
    """The one unit of pictures of a fit.

    Arrays keep theirs where it is that of all, else all go from 0 to 255. Floats of one list are of one unit, and so
    are whole numbers; bytes and files go to 255.

    Parameters
    ----------
    pictures : sequence of n pictures
    counted : ndarray of bool of shape (n,), or None
        Those that decide; None: all.

    Raises
    ------
    InvalidDataError
        If floats of one list are of two units, or some pictures of none that is known are beside others.
    """
    rows = [row for row in range(len(pictures)) if counted is None or counted[row]]
    seen = {row: each for row in rows if (each := seen_in(pictures[row])) is not None}
    if not seen:
        return PictureUnit(0.0, BYTE)
    kinds: dict[str, dict[int, Seen]] = {}
    for row, each in seen.items():
        kinds.setdefault(each.kind, {})[row] = each
    whites = {kind: _white_of_kind(each) for kind, each in kinds.items()}
    for kind in ("whole", "short"):
        if whites.get("byte") == BYTE and kind in kinds and _all_fit(kinds[kind], BYTE):
            whites[kind] = BYTE
    different = {*whites.values()}
    if different == {None}:
        return PictureUnit(min(each.low for each in seen.values()), max(each.high for each in seen.values()), False)
    if None in different or (SIXTEEN in different and len(different) > 1):
        raise _refused_beside(kinds, whites)
    return PictureUnit(0.0, BYTE if len(different) > 1 else float(different.pop() or 0))


def unit_of_values(X: np.ndarray) -> PictureUnit:
    """The unit of the rows (n, p) of one array, whatever their type was; of those without a number from 0 to 255."""
    seen = _seen_together(X)
    if seen is None:
        return PictureUnit(0.0, BYTE)
    white = _white_of_kind({0: seen})
    return PictureUnit(seen.low, seen.high, False) if white is None else PictureUnit(0.0, white)


def _seen_together(X: np.ndarray) -> Seen | None:
    """Of all numbers of an array but those that are missing."""
    there = np.isfinite(X)
    return seen_in(X if there.all() else X[there])


def white_of(picture: np.ndarray) -> float | None:
    """White in an array by itself: the least unit that its numbers fit; None where they fit none."""
    seen = seen_in(picture)
    if seen is None:
        return None
    if seen.kind == "byte":
        return BYTE
    return next((white for white in WHITES if seen.fits(white)), None)


def has_16_bits(pictures: Sequence[Picture]) -> bool:
    """Whether one of them is an array of whole numbers that only 16 bits have."""
    arrays = (each for each in pictures if isinstance(each, np.ndarray) and each.dtype.itemsize > 1)
    return any((seen := seen_in(each)) is not None and seen.is_16_bits for each in arrays)


def certain_white(picture: np.ndarray) -> float | None:
    """White in an array where its numbers are such that only one unit has them; else None."""
    seen = seen_in(picture)
    return None if seen is None else seen.white


def other_unit(name: str, error: OtherUnitError) -> InvalidDataError:
    """The refusal of a picture by its name."""
    return InvalidDataError(f"{name} is a picture of another unit: {error}. Give it in the unit of the fit.")


def _white_of_kind(seen: dict[int, Seen]) -> float | None:
    """White in the pictures of one type; None where they are of a unit of their own."""
    certain: dict[float, list[int]] = {}
    for row, each in seen.items():
        if each.white is not None:
            certain.setdefault(each.white, []).append(row)
    if len(certain) > 1 and next(iter(seen.values())).kind == "float":
        low, high = min(certain), max(certain)
        between = sum(each.white is None and (1 + BEYOND) * low < each.high for each in seen.values())
        if between < min(len(certain[low]), len(certain[high])):
            raise _refused_floats(certain)
        return None
    if certain:
        return max(certain) if _all_fit(seen, max(certain)) else None
    brightest = max(each.high for each in seen.values())
    fitting = (white for white in WHITES if _all_fit(seen, white) and (white == ONE or brightest >= BRIGHT * white))
    return next(fitting, None)


def _all_fit(seen: dict[int, Seen], white: float) -> bool:
    return all(each.fits(white) for each in seen.values())


def _refused_floats(certain: dict[float, list[int]]) -> InvalidDataError:
    low, high = min(certain), max(certain)
    of_low, of_high = (
        f"{len(certain[white]):,} from 0 to {white:,.0f}, the first in row {certain[white][0]}" for white in (low, high)
    )
    return InvalidDataError(
        f"X holds pictures as arrays of floats in two units, {of_low}, and {of_high} (counted from 0): give all in "
        f"one, those of the first times {high / low:,.0f}."
    )


def _refused_beside(kinds: dict[str, dict[int, Seen]], whites: dict[str, Any]) -> InvalidDataError:
    odd = next(kind for kind, white in whites.items() if white is None or white == SIXTEEN)
    seen = kinds[odd]
    low, high = min(each.low for each in seen.values()), max(each.high for each in seen.values())
    others = next(white for kind, white in whites.items() if white not in (None, SIXTEEN))
    return InvalidDataError(
        f"X holds arrays of numbers from {low:g} to {high:g}, the first in row {next(iter(seen))} (counted from 0), "
        f"beside pictures from 0 to {others:g}: give all in one unit, from 0 to 1 or from 0 to 255."
    )


_STORED = Record({"black": FINITE, "white": FINITE, "is_known": BOOL})
