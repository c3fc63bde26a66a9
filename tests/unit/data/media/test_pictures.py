"""Many pictures at one size: which size, which channels, which are skipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from deepkmeans.data.media.picture_files import PictureFile, given_pictures
from deepkmeans.data.media.picture_size import common_size
from deepkmeans.data.media.pictures import read_pictures
from deepkmeans.exceptions import InvalidDataError
from tests.unit.data.media.drawn import GRID, bomb, folder_of, saved, three_kinds


@pytest.mark.parametrize(
    ("sizes", "n_samples", "channels", "expected"),
    [
        ([(28, 28)] * 3, 70_000, 1, (28, 28)),  # as they are
        ([(96, 40)] * 3, 10, 3, (96, 40)),
        ([(128, 100)] * 3, 2_700, 3, (128, 100)),
        ([(128, 128)] * 3, 2_731, 3, (96, 96)),  # 512 MiB are 2,730.7 of them
        ([(129, 128)] * 3, 10, 3, (96, 95)),
        ([(128, 128)] * 3 + [(128, 100)], 10, 3, (96, 96)),
        ([(480, 640)] * 3, 10, 3, (72, 96)),
        ([(480, 640), (640, 480), (480, 640)], 10, 3, (72, 96)),  # of the median aspect
        ([(30, 40), (60, 80), (12, 16)], 10, 3, (30, 40)),  # none is enlarged beyond the median
        ([(480, 640)] * 3, 20_000, 3, (40, 54)),  # 512 MiB are 2,236 pixels of each
        ([(480, 640)] * 3, 20_000, 1, (70, 94)),
        ([(480, 640)] * 3, 10**6, 3, (24, 32)),  # never less
        ([(10, 2000)] * 3, 10, 1, (8, 96)),
        ([(1, 1), (2, 2)], 2, 1, (2, 2)),
    ],
)  # fmt: skip
def test_one_size_for_all(
    sizes: list[tuple[int, int]], n_samples: int, channels: int, expected: tuple[int, int]
) -> None:  # fmt: skip
    assert common_size(np.array(sizes), n_samples=n_samples, channels=channels) == expected


def test_files_of_an_array_are_the_array(tmp_path: Path) -> None:
    grey = three_kinds(40)[0]
    given = given_pictures(folder_of(tmp_path / "grey", grey))
    assert given is not None
    read = read_pictures(given)
    np.testing.assert_array_equal(read.arrays, grey.astype(np.float32))
    assert read.findings == {
        "n_pictures": 40, "formats": {"PNG": 40}, "smallest": [12, 12], "largest": [12, 12], "resampled": False,
    }  # fmt: skip
    colour = np.random.RandomState(0).randint(0, 256, (40, 9, 7, 3)).astype(np.uint8)
    given = given_pictures(str(folder_of(tmp_path / "colour", colour)))
    assert given is not None
    np.testing.assert_array_equal(read_pictures(given).arrays, colour.astype(np.float32))


def test_colours_that_are_grey_are_one_channel(tmp_path: Path) -> None:
    grey = three_kinds(20)[0]
    folder = folder_of(tmp_path / "a", np.repeat(grey[..., None], 3, axis=3))
    np.testing.assert_array_equal(read_pictures(given_pictures(folder) or []).arrays, grey)
    saved(folder, "red.png", np.full((12, 12, 3), (255, 0, 0), dtype=np.uint8))
    assert read_pictures(given_pictures(folder) or []).picture_shape == (12, 12, 3)


def test_unequal_pictures_come_to_one_size(tmp_path: Path) -> None:
    """Each is dark above and bright below, whatever its size, mode and format."""
    pictures: list[object] = []
    for number, (height, width) in enumerate([(40, 30), (80, 60), (20, 16), (160, 120)]):
        half = np.zeros((height, width), dtype=np.uint8)
        half[height // 2 :] = 200
        suffix, mode = ((".png", "RGBA"), (".bmp", "RGB"), (".gif", "P"), (".webp", "RGB"))[number]
        pictures.append(PictureFile(saved(tmp_path, f"{number}{suffix}", half, mode), f"{number}"))
        pictures += [half, Image.fromarray(half)]
    read = read_pictures(pictures)
    assert read.picture_shape == (60, 45, 1) and not read.skipped
    assert read.arrays[:, :27].max() < 12 and read.arrays[:, 33:].min() > 188
    assert read.findings["resampled"] and read.findings["smallest"] == [20, 16]


def test_large_arrays_that_are_asked_for_as_pictures_are_the_files_of_them(tmp_path: Path) -> None:
    smooth = np.add.outer(np.arange(128), np.arange(144))[None] * np.array([0.2, 0.5, 0.9])[:, None, None]
    large = smooth.astype(np.uint8)
    for row, pixels in enumerate(large):
        Image.fromarray(pixels).save(tmp_path / f"{row}.png")
    files, arrays = read_pictures(given_pictures(tmp_path)), read_pictures(list(large))
    assert files.picture_shape == arrays.picture_shape == (85, 96, 1)
    np.testing.assert_allclose(arrays.values, files.values, atol=1)  # those of files are rounded


def test_the_size_follows_from_pictures_that_count() -> None:
    pictures = [np.ones((20, 20)), np.ones((20, 20)), np.ones((400, 800))]
    assert read_pictures(pictures, counted=np.array([True, True, False])).picture_shape == (20, 20, 1)
    assert read_pictures(pictures[:2] + [None], counted=np.array([False, False, True])).picture_shape == (20, 20, 1)


def test_what_cannot_be_read_is_listed_and_the_others_are_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, three_kinds(30)[0])
    (folder / "004.png").write_text("no picture")
    bomb(folder / "017.png", 50_000, 50_000)
    read = read_pictures(given_pictures(folder) or [])
    assert [(each["row"], each["name"]) for each in read.skipped] == [(4, "004.png"), (17, "017.png")]
    assert np.flatnonzero(np.isnan(read.values).all(axis=(1, 2, 3))).tolist() == [4, 17]
    kept = read.readable()
    assert len(kept) == 28 and kept.skipped == read.skipped and kept.items[4].name == "005.png"
    assert not np.isnan(kept.values).any()


def test_if_none_can_be_read_the_first_are_named(tmp_path: Path) -> None:
    for name in "abcd":
        (tmp_path / f"{name}.png").write_text("no picture")
    message = r"None of the 4 pictures can be read \(a\.png: it is no .*; c\.png.*; \.\.\.\)"
    with pytest.raises(InvalidDataError, match=message):
        read_pictures(given_pictures(tmp_path) or [])


def test_arrays_of_one_size_need_no_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert read_pictures([np.ones((8, 8)), None, np.zeros((8, 8))]).arrays[0].mean() == 1
    with pytest.raises(ImportError, match=r"pip install 'deepkmeans\[images\]'"):
        read_pictures([np.ones((8, 8)), np.zeros((9, 9))])


def test_a_folder_is_its_pictures_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.PNG", "a/2.png", "a/10.png", ".hidden.png", ".trash/c.png", "__MACOSX/d.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(GRID).save(tmp_path / name, format="PNG")
    (tmp_path / "notes.txt").write_text("no picture")
    given = given_pictures(tmp_path)
    assert given is not None and [item.name for item in given] == ["a/10.png", "a/2.png", "b.PNG"]


def test_what_is_recognised_as_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pandas = pytest.importorskip("pandas")
    monkeypatch.chdir(tmp_path)
    path, image, array = saved(tmp_path, "a.png", GRID), Image.fromarray(GRID), np.ones((8, 9))
    for X in (
        [path, path], ["a.png", None, "gone.png"], ("a.png",), pandas.Series([path, None]), pandas.Series(["a.png"]),
        np.array(["a.png", "a.png"]), np.array([path, None], dtype=object), [image, None], [array, np.ones((7, 12))],
        [array, array], [np.ones((9, 9, 3)), image, "a.png", float("nan")], "a.png", path, image,
        [np.ones((20, 20, 3)), np.ones((40, 12)), np.ones((60, 12))],  # one that is coloured tells of the others
    ):  # fmt: skip
        given = given_pictures(X)
        assert given is not None and all(item is None or not isinstance(item, (str, Path)) for item in given), X
    for X in (
        ["a.png", "a text"], ["a text", "another"], [1.0, 2.0], [[1, 2], [3, 4]], [], [None, None], "a text",
        np.ones((3, 8, 8)), np.ones((3, 2)), pandas.DataFrame({"a": ["a.png"]}), {"a": array}, tmp_path / "gone",
        [np.ones((40, 12)), np.ones((60, 12))],  # series of 12 channels
        [np.ones((40, 3)), np.ones((41, 3))], [np.ones(40), np.ones(30)], [(8_000, np.ones(100))],
    ):  # fmt: skip
        assert given_pictures(X) is None, X
    for X, count in (
        (np.ones((3, 8, 8)), 3), (np.ones((3, 8, 8, 3)), 3), (np.ones((8, 9, 3)), 1), ([None, None], 2),
        (pandas.DataFrame({"a": ["a.png"]}), 1), ([np.ones((40, 12)), np.ones((60, 12))], 2),
    ):  # fmt: skip
        assert len(given_pictures(X, asked=True) or ()) == count


def test_paths_that_lead_nowhere_are_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidDataError, match=r"No path .* leads to a file \(2 given\), such as 'a\.png'.*kind="):
        given_pictures(["a.png", "b.png"])
    with pytest.raises(InvalidDataError, match="no folder or picture 'photos'"):
        given_pictures("photos", asked=True)
    with pytest.raises(InvalidDataError, match=r"holds no pictures \(\.png"):
        given_pictures(tmp_path, asked=True)
