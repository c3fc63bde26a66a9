"""A model of an array of pictures takes files of pictures at predict: of its size, its channels and its unit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from deepkmeans import DeepKMeans, load, save
from deepkmeans.cli import main
from deepkmeans.data.images import flatten_pictures
from deepkmeans.exceptions import InvalidDataError, MissingValuesWarning
from deepkmeans.inspection import explain
from tests.unit.data.media.drawn import folder_of, three_kinds

PICTURES, KINDS = three_kinds(45)


def fitted(X: np.ndarray | torch.Tensor) -> DeepKMeans:
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
    with pytest.warns(MissingValuesWarning, match=r"1 of 7 pictures is taken as the mean picture \(.*004a.png"):
        labels = model.predict(tmp_path)
    assert np.delete(labels, 5).tolist() == model.labels_[:6].tolist()


def test_other_units_and_other_models_refuse_files(tmp_path: Path) -> None:
    folder_of(tmp_path, PICTURES[:6])
    with pytest.raises(InvalidDataError, match="with numbers from 0 to .* give arrays as in the fit, or fit on the"):
        fitted(PICTURES / np.float32(16)).predict(tmp_path)
    table = DeepKMeans(2, partition="k-means", random_state=0).fit([[0.0, 1], [0, 2], [9, 1], [9, 2]])
    with pytest.raises(InvalidDataError):
        table.predict(str(tmp_path))


@pytest.mark.parametrize("scale", [1.0, 1 / 255, 1 / 16])
@pytest.mark.parametrize("channels", [1, 3, 2])
def test_lists_and_single_arrays(scale: float, channels: int) -> None:
    """As docs/images.md has it: whatever the fit had, one too, and None for one that is missing."""
    X = (np.repeat(PICTURES[..., None], channels, axis=3) * scale).astype(np.float32)
    X = X[..., 0] if channels == 1 else X
    model = fitted(X)
    labels = model.labels_.tolist()
    for given in ([*X], (*X,), [torch.from_numpy(each) for each in X], [*map(np.float64, X)]):
        assert model.predict(given).tolist() == labels
    for one in ([X[4]], X[4], X[4:5], torch.from_numpy(X[4])):
        assert model.predict(one).tolist() == [labels[4]]
    with pytest.warns(
        MissingValuesWarning, match=r"1 of 2 pictures is taken as the mean picture \(row 0: it is missing"
    ):
        assert model.predict([None, X[4]])[1] == labels[4]
    large = np.kron(X[4], np.ones((3, 2) if channels == 1 else (3, 2, 1)))
    if channels == 2:
        with pytest.raises(
            InvalidDataError, match=r"fitted on pictures of shape \(12, 12, 2\), and row 1 is one of \(36"
        ):
            model.predict([X[4], large])
    else:
        for given, n in (([X[0], large], 2), (large, channels // 3), (np.stack([large, large]), 2)):
            if n:  # one array of two dimensions may be rows
                assert model.predict(given)[-1] == labels[4] and len(model.predict(given)) == n


def test_lists_and_files_are_explained_as_the_array(tmp_path: Path) -> None:
    model = fitted(PICTURES)
    expected = str(explain(model, PICTURES))
    for X in ([*PICTURES], [*(PICTURES / 255)], folder_of(tmp_path / "photos", PICTURES)):
        assert str(explain(model, X)) == expected


def test_bytes_come_to_the_unit_of_the_fit() -> None:
    model = fitted(PICTURES / np.float32(255))
    for X in (PICTURES, [*PICTURES], [*(PICTURES / 255)], torch.from_numpy(PICTURES)):
        assert model.predict(X).tolist() == model.labels_.tolist()
    assert fitted(PICTURES).predict([*(PICTURES / 255)]).tolist() == fitted(PICTURES).labels_.tolist()


def test_channels_may_come_first_in_an_array() -> None:
    random, kind = np.random.RandomState(0), np.arange(45) % 3
    last = np.clip(np.eye(3)[kind][:, None, None] + 0.05 * random.randn(45, 12, 10, 3), 0, 1).astype(np.float32)
    first = np.ascontiguousarray(last.transpose(0, 3, 1, 2))
    rows, shape = flatten_pictures(first)
    assert shape == (12, 10, 3) and np.array_equal(rows, last.reshape(45, -1))
    assert flatten_pictures(np.ones((2, 3, 4, 9)))[1] is None  # no side of six
    model = fitted(torch.from_numpy(first))
    assert model.report_["image_shape"] == [12, 10, 3]
    for X in (first, [*first], last, [*last]):
        assert model.predict(X).tolist() == model.labels_.tolist()


def test_arrays_of_16_bits_and_pictures_on_their_side() -> None:
    model = fitted(PICTURES.astype(np.uint16) * 257)
    for X in ([*PICTURES], [*(PICTURES / 255)]):
        assert model.predict(X).tolist() == model.labels_.tolist()
    wide = np.concatenate([PICTURES, PICTURES], axis=2).astype(np.float32)
    turned = np.ascontiguousarray(wide.transpose(0, 2, 1))  # as many pixels: resampled, as files are
    assert fitted(wide).predict(turned).tolist() == fitted(wide).predict([*turned]).tolist()


@pytest.mark.filterwarnings("ignore::deepkmeans.exceptions.UncertainStructureWarning")
def test_bytes_that_are_no_pictures_stay_as_they_are() -> None:
    counts = np.random.RandomState(0).poisson(0.2, (60, 8, 8)).astype(np.uint8)
    model = fitted(counts)
    assert model.predict(counts).tolist() == model.labels_.tolist()


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


class Flat(torch.nn.Module):
    """A network of the user's own."""

    def __init__(self) -> None:
        super().__init__()
        self.down = torch.nn.Linear(144, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.down(x)


def test_an_encoder_of_the_users_own(tmp_path: Path) -> None:
    folder_of(tmp_path / "photos", PICTURES)
    model = DeepKMeans(3, encoder=Flat(), partition="k-means", random_state=0).fit(PICTURES)
    save(model, tmp_path / "model.dkm")
    for each in (model, load(tmp_path / "model.dkm", encoder=Flat())):
        for given in ([*PICTURES], tmp_path / "photos"):
            assert each.predict(given).tolist() == model.labels_.tolist()


#: Dark, middle and bright ones, each of little contrast.
GREYS = np.array([20, 110, 200])[np.arange(45) % 3][:, None, None] + np.arange(-9, 10, 2)[:, None] + np.zeros(12)
GREYS = GREYS.astype(np.uint8)


@pytest.mark.parametrize("whole", [True, False])
def test_whole_arrays_come_to_the_unit_of_the_fit_as_lists_do(whole: bool) -> None:
    model = fitted(GREYS)
    labels = model.labels_.tolist()
    for X in (GREYS.astype(np.uint16) * 257, GREYS.astype(np.int32) * 257, GREYS.astype(np.int64)):
        assert model.predict(X if whole else [*X]).tolist() == labels
    bright = GREYS > 100
    assert model.predict(bright).tolist() == model.predict([*bright]).tolist()
    assert fitted(GREYS / 255).predict(GREYS.astype(int) if whole else [*GREYS]).tolist() == labels
    assert model.predict([*(GREYS / 255)]).tolist() == labels  # each has a range below a tenth
    dark = GREYS.astype(np.uint16) * 16  # 12 bits in 16
    with pytest.raises(InvalidDataError, match="row 0 is a picture of another unit: its numbers go from 176 to"):
        model.predict(dark if whole else [*dark])


def test_floats_of_one_array_have_one_unit() -> None:
    for scale, other in ((1, 1 / 255), (1 / 255, 1), (257, 1 / 255), (1, 257)):
        model = fitted(GREYS * np.float32(scale))
        assert model.predict(GREYS * np.float32(other)).tolist() == model.labels_.tolist()
    model = fitted(GREYS)
    rows = model.decode(model.cluster_centers_).reshape(-1, 10, 12)
    assert model.predict(rows).tolist() == [0, 1, 2]
    holes = np.where(np.arange(45)[:, None, None] == 3, np.nan, GREYS / 255)
    assert np.delete(model.predict(holes) == model.labels_, 3).all()


def test_units_of_their_own_refuse_others() -> None:
    model = fitted(GREYS / np.float32(127.5) - 1)
    for X in ([*GREYS], GREYS, GREYS.astype(np.int16)):
        with pytest.raises(InvalidDataError, match="is a picture of another unit"):
            model.predict(X)
    assert model.predict([*(GREYS / np.float32(127.5) - 1)]).tolist() == model.labels_.tolist()


@pytest.mark.parametrize("channels", [2, 3, 5])
def test_rows_of_the_fit_are_those_of_the_fit_wherever_channels_are(channels: int) -> None:
    X = np.repeat(PICTURES[:, None], channels, axis=1)
    model = fitted(X)
    assert model.predict(X).tolist() == model.labels_.tolist()
    assert model.predict(torch.from_numpy(X)).tolist() == model.labels_.tolist()
    if channels < 5:
        assert model.predict([*X]).tolist() == model.predict(np.moveaxis(X, 1, 3)).tolist() == model.labels_.tolist()


def test_lists_without_a_picture_and_objects() -> None:
    model = fitted(PICTURES)
    with pytest.raises(InvalidDataError, match="X holds no picture: give at least one"):
        model.predict([])
    with pytest.warns(MissingValuesWarning, match="1 of 1 pictures is taken as the mean picture"):
        model.predict([None])
    objects = PICTURES.astype(object)
    assert model.predict([*objects]).tolist() == model.labels_.tolist()
    with pytest.raises(InvalidDataError, match="There is no folder or picture .*nope.png"):
        model.predict("nope.png")


def test_sides_without_neighbourhoods_in_lists() -> None:
    narrow = PICTURES[:, 4:6]
    model = fitted(narrow)
    for X in (narrow, [*narrow], narrow.tolist()):
        assert model.predict(X).tolist() == model.labels_.tolist()


def test_the_command_reads_the_type_of_arrays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("a8.npy", GREYS)
    save(fitted(GREYS.astype(np.uint16) * 257), "model.dkm")
    assert main(["predict", "model.dkm", "a8.npy", "--out", "labels.csv"]) == 0
    labels = [int(line.split(",")[1]) for line in Path("labels.csv").read_text().splitlines()[1:]]
    assert labels == load("model.dkm").predict(GREYS).tolist() == load("model.dkm").labels_.tolist()
