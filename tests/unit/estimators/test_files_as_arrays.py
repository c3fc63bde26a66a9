"""A model of an array of pictures takes files of pictures at predict: of its size, its channels and its unit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from deepkmeans import DeepKMeans, load, save
from deepkmeans.cli import main
from deepkmeans.exceptions import InvalidDataError, MissingValuesWarning
from tests.unit.data.media.drawn import folder_of, three_kinds

PICTURES, KINDS = three_kinds(45)


def fitted(X: np.ndarray) -> DeepKMeans:
    return DeepKMeans(3, partition="k-means", random_state=0).fit(X)


@pytest.mark.parametrize("scale", [1.0, 1 / 255])
def test_files_are_in_the_unit_of_the_arrays(scale: float, tmp_path: Path) -> None:
    folder_of(tmp_path / "photos", PICTURES)
    model = fitted(PICTURES * np.float32(scale))
    paths = [str(path) for path in sorted((tmp_path / "photos").iterdir())]
    for X in (str(tmp_path / "photos"), tmp_path / "photos", paths, [Image.open(path) for path in paths]):
        assert model.predict(X).tolist() == model.labels_.tolist()
    assert model.predict(Image.open(paths[1])).tolist() == [model.labels_[1]]
    twice = Image.fromarray(PICTURES[4]).resize((24, 24), Image.Resampling.NEAREST).convert("RGB")
    assert model.predict([twice]).tolist() == [model.labels_[4]]  # another size and colours


def test_what_cannot_be_read_is_the_mean_picture(tmp_path: Path) -> None:
    folder_of(tmp_path, PICTURES[:6])
    (tmp_path / "004a.png").write_text("no picture")
    model = fitted(np.repeat(PICTURES[..., None], 3, axis=3))
    with pytest.warns(MissingValuesWarning, match=r"1 of 7 pictures are taken as the mean picture \(.*004a.png"):
        labels = model.predict(tmp_path)
    assert np.delete(labels, 5).tolist() == model.labels_[:6].tolist()


def test_other_units_and_other_models_refuse_files(tmp_path: Path) -> None:
    folder_of(tmp_path, PICTURES[:6])
    with pytest.raises(InvalidDataError, match="with means of pixels from .* give arrays as in the fit, or fit on the"):
        fitted(PICTURES / np.float32(16)).predict(tmp_path)
    table = DeepKMeans(2, partition="k-means", random_state=0).fit([[0.0, 1], [0, 2], [9, 1], [9, 2]])
    with pytest.raises(InvalidDataError):
        table.predict(str(tmp_path))


def test_the_command_takes_them_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    folder_of(tmp_path / "photos", PICTURES)
    model = fitted(PICTURES)
    save(model, tmp_path / "model.dkm")
    assert load(tmp_path / "model.dkm").predict("photos").tolist() == model.labels_.tolist()
    assert main(["predict", "model.dkm", "photos"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["file,label", f"000.png,{model.labels_[0]}"] and len(lines) == 46
    assert main(["describe", "model.dkm", "photos"]) == 3
    assert "give them as .npy (predict" in capsys.readouterr().err
