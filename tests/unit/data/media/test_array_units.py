"""What is black and white in arrays: one unit for all pictures of a fit, to which others are brought."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from deepkmeans.data.media.array_units import OtherUnitError, PictureUnit, unit_of, white_of
from deepkmeans.data.media.pictures import read_pictures
from deepkmeans.exceptions import InvalidDataError

STEPS = np.linspace(0, 255, 64).reshape(8, 8).round()
BYTES = STEPS.astype(np.uint8)
ONES, SIXTEEN, DEEP = STEPS / 255, (STEPS * 257).astype(np.uint16), STEPS / 16
BLACK, MASK = np.zeros((8, 8)), STEPS > 100
PICTURE = Image.fromarray(BYTES)


@pytest.mark.parametrize(
    ("pictures", "black", "white"),
    [
        ([BYTES, BYTES], 0, 255), ([ONES, ONES, BLACK, None], 0, 1), ([STEPS, BLACK], 0, 255), ([PICTURE], 0, 255),
        ([STEPS, STEPS / 3000 + 0.001], 0, 255),  # a dark one
        ([SIXTEEN, SIXTEEN // 300], 0, 65535), ([MASK, ONES], 0, 1), ([MASK, BYTES], 0, 255), ([BYTES, ONES], 0, 255),
        ([MASK.astype(np.uint8)], 0, 1), ([MASK.astype(int)], 0, 1), ([BYTES.astype(int), BYTES // 90], 0, 255),
        ([BYTES // 16, BYTES.astype(np.int64) // 16, BYTES], 0, 255), ([ONES, PICTURE], 0, 255),
        ([(BYTES // 5).astype(np.uint16) * 257 + 30_000], 0, 65535), ([STEPS / 5 + 100], 0, 255),  # little contrast
        ([ONES * 1.1 - 0.02], 0, 1),  # noise beyond black and white
        ([ONES * 2 - 1], -1, 1), ([DEEP], 0, 255 / 16), ([ONES, DEEP, STEPS, DEEP], 0, 255),  # depths of any range
        ([None, None], 0, 255), ([np.full((8, 8), np.nan), ONES], 0, 1), ([np.ones((8, 8), complex), ONES], 0, 1),
    ],
)  # fmt: skip
def test_one_unit_for_all(pictures: list[Any], black: float, white: float) -> None:
    unit = unit_of(pictures)
    assert (unit.black, unit.white) == pytest.approx((black, white))
    assert unit.is_known == (unit.black == 0 and not any(picture is DEEP for picture in pictures))


def test_floats_of_two_units_are_refused() -> None:
    with pytest.raises(InvalidDataError, match=r"2 from 0 to 1, the first in row 1, and 1 from 0 to 255.*row 0.*255\."):
        unit_of([STEPS, ONES, ONES])
    assert unit_of([STEPS, ONES, ONES], np.array([False, True, True])) == PictureUnit(0, 1)
    with pytest.raises(InvalidDataError, match=r"numbers from -1 to 1, the first in row 1 .*beside pictures from 0 to"):
        unit_of([PICTURE, ONES * 2 - 1])
    with pytest.raises(InvalidDataError, match=r"numbers from 0 to 65535, the first in row 0 .*from 0 to 255: give"):
        unit_of([SIXTEEN, BYTES])


@pytest.mark.parametrize(
    ("white", "picture", "factor"),
    [
        (255, PICTURE, 1), (255, BYTES, 1), (255, ONES, 255), (255, SIXTEEN, 1 / 257), (255, MASK, 255),
        (255, STEPS / 9, 1), (255, BLACK, 1), (255, ONES / 20, 1), (1, PICTURE, 1 / 255), (1, BYTES, 1 / 255),
        (1, BYTES // 50, 1 / 255), (1, MASK.astype(np.uint8), 1), (1, STEPS, 1 / 255), (1, BYTES // 50 * 1, 1 / 255),
        (1, SIXTEEN, 1 / 65535), (1, ONES, 1), (1, MASK, 1), (65535, PICTURE, 257), (65535, ONES, 65535),
        (65535, SIXTEEN // 9, 1), (65535, SIXTEEN // 257, 1), (1, None, 1), (1, STEPS.astype(np.int16) // 50, 1 / 255),
    ],
)  # fmt: skip
def test_each_picture_is_brought_by_itself(white: float, picture: Any, factor: float) -> None:
    assert PictureUnit(0, white).factor(picture) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("unit", "picture"),
    [((0, 1), DEEP), ((0, 1), ONES * 2 - 1), ((0, 255), STEPS * 9), ((0, 255), ONES * 5 - 2), ((-1, 1), PICTURE),
     ((-1, 1), BYTES), ((-1, 1), STEPS), ((0, 16), PICTURE)],
)  # fmt: skip
def test_what_cannot_be_brought_is_refused(unit: tuple[float, float], picture: Any) -> None:
    with pytest.raises(OtherUnitError, match=r"its numbers go from .*, and those of the fit from"):
        PictureUnit(*unit, is_known=unit[0] == 0 and unit[1] != 16).factor(picture)
    assert PictureUnit(-1, 1, False).factor(ONES) == PictureUnit(0, 16, False).factor(BYTES // 16) == 1


def test_white_of_one_array() -> None:
    assert [white_of(each) for each in (BYTES, ONES, STEPS, SIXTEEN, MASK, DEEP)] == [255, 1, 255, 65535, 1, 255]
    assert white_of(ONES * 2 - 1) is None and white_of(STEPS * 1e6) is None


def test_colours_are_no_greys_in_any_unit() -> None:
    colours = np.stack([BYTES, BYTES[::-1], BYTES.T], axis=2)
    for scale in (1.0, 1 / 255, 257.0, 1 / 16):
        pictures = [colours * scale, colours[:, ::-1] * scale]
        read = read_pictures(pictures)
        assert read.picture_shape == (8, 8, 3)
        np.testing.assert_allclose(read.values, pictures, rtol=1e-6)
        grey = np.repeat(BYTES[..., None], 3, axis=2) * scale
        assert read_pictures([grey, grey[::-1]]).picture_shape == (8, 8, 1)


def test_pictures_come_to_one_unit() -> None:
    read = read_pictures([PICTURE, ONES, BYTES, MASK])
    np.testing.assert_allclose(read.values[:3, ..., 0], [STEPS] * 3, rtol=1e-6)
    assert read.values[3].max() == 255 and read.unit == PictureUnit(0, 255)
    with pytest.raises(InvalidDataError, match=r"^row 1 is a picture of another unit: its numbers go from 0 to 15\.9"):
        read_pictures([ONES, DEEP], (8, 8, 1), unit=PictureUnit(0, 1))
