"""What a model file holds of pictures: their size, channels and unit; files of earlier versions have no unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from deepkmeans.data.given import GivenInput
from deepkmeans.data.media.array_units import PictureUnit
from deepkmeans.data.preprocessing.images import ImagePreprocessor
from deepkmeans.storage.schema import MismatchError

EARLIER = {"kind": "image", "height": 2, "width": 3, "channels": 1, "resampling": "bilinear"}
PICTURE = np.arange(6, dtype=np.uint8).reshape(2, 3) * 50


def rebuilt(document: dict[str, Any]) -> ImagePreprocessor:
    assert ImagePreprocessor.check_parts(document, {}) == {"n_features": 6}
    return ImagePreprocessor.from_parts(document, {})


@pytest.mark.parametrize("unit", [PictureUnit(0, 1), PictureUnit(-1.0, 2.5, False)])
def test_the_unit_comes_back(unit: PictureUnit) -> None:
    document = ImagePreprocessor((2, 3, 1), unit=unit).to_parts()[0]
    assert rebuilt(document).unit == unit and document["unit"]["white"] == unit.white


def test_in_files_of_earlier_versions_arrays_keep_theirs() -> None:
    earlier = rebuilt(EARLIER)
    assert earlier.to_parts()[0] == EARLIER
    rows = earlier.transform(GivenInput("image", [PICTURE, PICTURE / 255]))
    np.testing.assert_allclose(rows, [PICTURE.ravel(), PICTURE.ravel() / 255], rtol=1e-6)


@pytest.mark.parametrize(
    "unit",
    [1, {}, {"black": 0, "white": 7, "is_known": True}, {"black": 0, "white": "1", "is_known": True},
     {"black": 0, "white": 1, "is_known": True, "more": 1}, {"black": 1, "white": 0, "is_known": False}],
)  # fmt: skip
def test_no_other_unit_is_read(unit: Any) -> None:
    with pytest.raises(MismatchError, match=r"'preprocessing'\['unit'\]"):
        rebuilt({**EARLIER, "unit": unit})
