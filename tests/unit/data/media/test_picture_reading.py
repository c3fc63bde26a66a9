"""One picture, by hand: every mode, orientation and format, and every reason why it is skipped."""

from __future__ import annotations

import builtins
import os
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from deepkmeans.data.media.picture_files import PictureFile
from deepkmeans.data.media.picture_reading import picture_header, picture_pixels, prepare_reading
from deepkmeans.data.media.pictures import read_pictures
from deepkmeans.data.media.unreadable import UnreadablePictureError
from tests.unit.data.media.drawn import GRID, bomb, saved

RED, WHITE, BLACK = (255, 0, 0), (255, 255, 255), (0, 0, 0)


def pixels_of(path: Path, height: int = 2, width: int = 3, channels: int = 1) -> np.ndarray:
    prepare_reading()
    return np.asarray(picture_pixels(PictureFile(path, path.name), height, width, channels), dtype=np.float32)


def grey(name: str, **options: object):  # type: ignore[no-untyped-def]
    return lambda folder: saved(folder, name, GRID, **options)


def of_mode(mode: str, size: tuple[int, int], cells: list[object], name: str, **options: object):  # type: ignore[no-untyped-def]
    def make(folder: Path) -> Path:
        image = Image.new(mode, size)
        image.putdata(cells)
        image.save(folder / name, **options)
        return folder / name

    return make


def palette(transparent: bool):  # type: ignore[no-untyped-def]
    def make(folder: Path) -> Path:
        image = Image.new("P", (3, 1))
        image.putpalette([10, 20, 30, 200, 100, 0])
        image.putdata([0, 1, 0])
        image.save(folder / "a.png", **({"transparency": 1} if transparent else {}))
        return folder / "a.png"

    return make


GREY = {
    "png": (grey("a.png"), GRID), "bmp": (grey("a.bmp"), GRID), "tiff": (grey("a.tif"), GRID),
    "gif": (grey("a.gif"), GRID), "upper case": (grey("A.PNG"), GRID), "webp": (grey("a.webp", lossless=True), GRID),
    "compressed tiff": (grey("a.tiff", compression="tiff_lzw"), GRID),
    "1 bit": (of_mode("1", (3, 2), [0, 255, 0, 255, 0, 255], "a.png"), [[0, 255, 0], [255, 0, 255]]),
    "16 bit": (
        lambda folder: saved(folder, "a.png", np.array([[0, 257, 128], [65535, 51400, 25700]], dtype=np.uint16)),
        [[0, 1, np.float32(128) / np.float32(257)], [255, 200, 100]],
    ),
    "16 bit tiff": (lambda folder: saved(folder, "a.tif", GRID.astype(np.uint16) * 257), GRID),
    "grey with alpha": (
        of_mode("LA", (3, 1), [(0, 0), (100, 255), (0, 128)], "a.png"), [[255, 100, 127]],
    ),
    "floats": (lambda folder: saved(folder, "a.tif", np.float32([[-1.5, 0.25, 1000.0]])), [[-1.5, 0.25, 1000.0]]),
    "floats to 1": (lambda folder: saved(folder, "a.tif", np.float32([[0, 0.25, 1]])), [[0, 63.75, 255]]),
    "whole numbers": (lambda folder: saved(folder, "a.tif", np.int32([[-7, 0, 700_000]])), [[-7, 0, 700_000]]),
    "whole numbers of 16 bits": (lambda folder: saved(folder, "a.tif", np.int32([[0, 257, 65535]])), [[0, 1, 255]]),
}  # fmt: skip
COLOUR = {
    "rgb": (of_mode("RGB", (3, 1), [RED, WHITE, (1, 2, 3)], "a.png"), [RED, WHITE, (1, 2, 3)]),
    "webp": (of_mode("RGB", (3, 1), [RED, WHITE, (1, 2, 3)], "a.webp", lossless=True), [RED, WHITE, (1, 2, 3)]),
    "alpha": (
        of_mode("RGBA", (3, 1), [(*RED, 0), (*RED, 255), (0, 0, 0, 51)], "a.png"), [WHITE, RED, (204, 204, 204)],
    ),
    "a colour that is transparent": (
        of_mode("RGB", (3, 1), [RED, (1, 2, 3), RED], "a.png", transparency=(1, 2, 3)), [RED, WHITE, RED],
    ),
    "palette": (palette(False), [(10, 20, 30), (200, 100, 0), (10, 20, 30)]),
    "transparent palette": (palette(True), [(10, 20, 30), WHITE, (10, 20, 30)]),
    "cmyk": (
        of_mode("CMYK", (3, 1), [(0, 0, 0, 0), (255, 0, 0, 0), (0, 0, 0, 255)], "a.tif"), [WHITE, (0, 255, 255), BLACK],
    ),
    "grey": (of_mode("L", (3, 1), [0, 9, 255], "a.png"), [BLACK, (9, 9, 9), WHITE]),
}  # fmt: skip


@pytest.mark.parametrize("case", GREY)
def test_grey_pixels_are_those_of_the_file(case: str, tmp_path: Path) -> None:
    make, expected = GREY[case]
    expected = np.asarray(expected, dtype=np.float32)
    path = make(tmp_path)
    assert picture_header(PictureFile(path, "a")).is_grey or path.suffix in (".gif", ".webp")
    np.testing.assert_array_equal(pixels_of(path, *expected.shape)[..., 0], expected)


@pytest.mark.parametrize("case", COLOUR)
def test_coloured_pixels_are_those_of_the_file(case: str, tmp_path: Path) -> None:
    make, expected = COLOUR[case]
    np.testing.assert_array_equal(pixels_of(make(tmp_path), 1, 3, 3)[0], np.asarray(expected, dtype=np.float32))


def test_a_jpeg_of_one_grey_is_that_grey(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.jpg", np.full((64, 48), 77, dtype=np.uint8), quality=95)
    assert (pixels_of(path, 64, 48) == 77).all() and (pixels_of(path, 8, 6) == 77).all()


#: What a viewer shows of GRID with each EXIF orientation, in units of 50.
SEEN = {
    1: [[0, 1, 2], [3, 4, 5]], 2: [[2, 1, 0], [5, 4, 3]], 3: [[5, 4, 3], [2, 1, 0]], 4: [[3, 4, 5], [0, 1, 2]],
    5: [[0, 3], [1, 4], [2, 5]], 6: [[3, 0], [4, 1], [5, 2]], 7: [[5, 2], [4, 1], [3, 0]], 8: [[2, 5], [1, 4], [0, 3]],
}  # fmt: skip


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
@pytest.mark.parametrize("orientation", SEEN)
def test_a_picture_is_turned_as_viewers_turn_it(orientation: int, suffix: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, f"a{suffix}", GRID, exif=exif, **({"lossless": True} if suffix == ".webp" else {}))
    seen = 50 * np.asarray(SEEN[orientation])
    header = picture_header(PictureFile(path, "a"))
    assert (header.height, header.width) == seen.shape
    np.testing.assert_array_equal(pixels_of(path, *seen.shape)[..., 0], seen)


def test_a_turned_jpeg_is_turned_at_any_size(tmp_path: Path) -> None:
    """The bright half is at the left in the file, and above once it is turned by a quarter."""
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = np.zeros((400, 800), dtype=np.uint8)
    pixels[:, :400] = 200
    path = saved(tmp_path, "a.jpg", pixels, exif=exif)
    made = pixels_of(path, 16, 8)[..., 0]
    assert made.shape == (16, 8) and made[:7].min() > 195 and made[9:].max() < 5


def test_other_sizes_are_means_of_what_they_cover(tmp_path: Path) -> None:
    """A board of squares of 0 and 200, of which every pixel of the small picture covers as many of both."""
    board = 200 * (np.indices((640, 480)).sum(axis=0) % 2).astype(np.uint8)
    for name in ("a.png", "a.tif", "a.bmp"):
        np.testing.assert_allclose(pixels_of(saved(tmp_path, name, board), 16, 12), 100, atol=1)
    floats = picture_pixels(board.astype(np.float64) / 200, 16, 12, 1)
    np.testing.assert_allclose(floats, 0.5, atol=0.01)


def test_arrays_keep_their_unit() -> None:
    colour = np.float64([[[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]])
    np.testing.assert_array_equal(picture_pixels(colour, 1, 2, 3), colour.astype(np.float32))
    np.testing.assert_allclose(picture_pixels(colour, 1, 2, 1)[..., 0], [[0.299, 0.0]], rtol=1e-6)
    first = np.moveaxis(np.arange(2 * 5 * 3).reshape(2, 5, 3), 2, 0)  # channels, height, width
    np.testing.assert_array_equal(picture_pixels(first, 2, 5, 3), np.arange(30).reshape(2, 5, 3))
    see_through = np.float64([[[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.5]]])
    np.testing.assert_array_equal(picture_pixels(see_through, 1, 2, 3), [[[1, 1, 1], [0.5, 0.5, 0.5]]])
    np.testing.assert_array_equal(picture_pixels(np.array([[True, False]]), 1, 2, 1)[..., 0], [[1, 0]])


def truncated(folder: Path) -> Path:
    path = saved(folder, "a.png", np.random.RandomState(0).randint(0, 255, (40, 40)).astype(np.uint8))
    path.write_bytes(path.read_bytes()[:300])
    return path


def written(name: str, content: bytes):  # type: ignore[no-untyped-def]
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def a_folder(folder: Path) -> Path:
    (folder / "a.png").mkdir()
    return folder / "a.png"


def a_pipe(folder: Path) -> Path:
    os.mkfifo(folder / "a.png")
    return folder / "a.png"


UNREADABLE = {
    "truncated": (truncated, r"^it cannot be decoded \(.*truncated"),
    "a text": (written("a.png", b"Dear Sir or Madam"), "^it is no picture: it begins like none"),
    "a page": (written("a.jpg", b"<!doctype html>"), "^it is no picture"),
    "nothing": (written("a.png", b""), "^it is no picture"),
    "half a head": (written("a.jpg", b"\xff\xd8\xff\xe0\x00"), "^it "),
    "gone": (lambda folder: folder / "a.png", "^there is no such file$"),
    "a link to nothing": (lambda folder: ((folder / "a.png").symlink_to("b.png"), folder / "a.png")[1], "no such file"),
    "a folder": (a_folder, "^it is no regular file$"),
    "a pipe": (a_pipe, "^it is no regular file$"),
    "a bomb": (lambda folder: bomb(folder / "a.png", 30_000, 30_000), "^it has more than twice the .* pixels"),
    "too large": (lambda folder: bomb(folder / "a.png", 10_000, 10_000), r"^it has 10,000 x 10,000 pixels, more than"),
    "an archive": (written("a.tif", b"PK\x03\x04" + bytes(100)), "^it is no picture"),
    "another format": (written("a.png", b"P5 2 2 255\n" + bytes(4)), "^it is no picture"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_says_why(case: str, tmp_path: Path) -> None:
    """And nothing is warned of, nor any limit of Pillow's moved."""
    make, reason = UNREADABLE[case]
    good, bad = saved(tmp_path, "good.png", GRID), make(tmp_path)
    before = Image.MAX_IMAGE_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filters = list(warnings.filters)
        read = read_pictures([PictureFile(bad, "bad"), PictureFile(good, "good"), None])
        assert warnings.filters == filters
    assert [each["row"] for each in read.skipped] == [0, 2] and read.skipped[0]["name"] == "bad"
    assert re.search(reason, read.skipped[0]["reason"])
    assert np.isnan(read.values[[0, 2]]).all() and (read.values[1, ..., 0] == GRID).all()
    assert before == Image.MAX_IMAGE_PIXELS


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, whole = saved(tmp_path, "a.png", GRID), builtins.open

    def forbidding(file: object, *arguments: object, **options: object) -> object:
        if file == path:
            raise PermissionError(13, "Permission denied")
        return whole(file, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", forbidding)
    with pytest.raises(UnreadablePictureError, match="^its permissions forbid reading it$"):
        pixels_of(path)


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (None, "it is missing"), (np.full((8, 8), np.nan), "it is missing"),
        (np.array([[1.0, np.nan]]), "no finite numbers"), (np.array([[1.0, np.inf]]), "no finite numbers"),
        (np.zeros((8, 8, 2)), "2 channels"), (np.zeros((0, 8)), "shape"), (np.zeros((4, 4), dtype=complex), "complex"),
    ],
)  # fmt: skip
def test_what_is_no_picture_in_memory_says_why(picture: object, reason: str) -> None:
    with pytest.raises(UnreadablePictureError, match=reason):
        picture_pixels(picture, 8, 8, 1)
