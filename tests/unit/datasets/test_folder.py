from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deepkmeans.datasets import load_folder
from deepkmeans.exceptions import InvalidDataError


def write(folder: Path, name: str, **arrays: object) -> Path:
    (folder / name).mkdir(parents=True, exist_ok=True)
    path = folder / name / f"{name}.npz"
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def test_images_are_flattened_row_by_row(tmp_path: Path) -> None:
    X = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    write(tmp_path, "tiny", X=X, y=np.array(["b", "a", "b"]))
    rows, classes = load_folder(tmp_path, "tiny")
    assert rows.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert rows.dtype == np.float32
    assert classes is not None
    assert classes.tolist() == [1, 0, 1]


def test_without_classes(tmp_path: Path) -> None:
    write(tmp_path, "bare", X=np.ones((2, 3)))
    rows, classes = load_folder(str(tmp_path), "bare")
    assert rows.shape == (2, 3)
    assert classes is None


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"data": np.ones((2, 2))}, "has no array 'X', only data"),
        ({"X": np.array([["a", "b"]])}, "must hold numbers.*<U1"),
        ({"X": np.ones(4)}, r"at least 2 axes.*\(4,\)"),
        ({"X": np.ones((3, 2)), "y": np.zeros(2)}, r"'X' has 3 rows and 'y' has shape \(2,\)"),
        ({"X": np.array([[{}, None]], dtype=object)}, "cannot be read as a .npz file of plain arrays"),
    ],
)
def test_bad_files(tmp_path: Path, arrays: dict[str, object], message: str) -> None:
    write(tmp_path, "bad", **arrays)
    with pytest.raises(InvalidDataError, match=message):
        load_folder(tmp_path, "bad")


@pytest.mark.parametrize("damage", [b"", b"no zip at all", "cut", "npy"])
def test_damaged_files(tmp_path: Path, damage: bytes | str) -> None:
    path = write(tmp_path, "bad", X=np.ones((50, 4)))
    if damage == "npy":
        with path.open("wb") as stream:
            np.save(stream, np.ones((2, 2)))
    else:
        path.write_bytes(path.read_bytes()[:300] if isinstance(damage, str) else damage)
    with pytest.raises(InvalidDataError, match="cannot be read"):
        load_folder(tmp_path, "bad")


def test_missing_names_are_helped(tmp_path: Path) -> None:
    write(tmp_path, "pendigits", X=np.ones((2, 2)))
    with pytest.raises(InvalidDataError, match=r"did you mean 'pendigits'\?"):
        load_folder(tmp_path, "pendigit")
    with pytest.raises(InvalidDataError, match="holds: pendigits"):
        load_folder(tmp_path, "zzz")
    with pytest.raises(InvalidDataError, match="does not exist either"):
        load_folder(tmp_path / "nowhere", "pendigits")
