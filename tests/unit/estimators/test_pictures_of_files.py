"""A folder of pictures is the array of their pixels: fit, predict, skipped files, model files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import adjusted_rand_score

from deepkmeans import DeepKMeans, InputSpec, load, save
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, MissingValuesWarning
from deepkmeans.inspection import explain
from deepkmeans.objectives import SelfLabel
from tests.subprocesses import environment
from tests.unit.data.media.drawn import bomb, folder_of, saved, three_kinds

PICTURES, KINDS = three_kinds(60)
PLAIN = {"partition": "k-means", "random_state": 0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of(tmp_path_factory.mktemp("pictures") / "photos", PICTURES)


@pytest.fixture(scope="module")
def fitted(folder: Path) -> DeepKMeans:
    return DeepKMeans(3, **PLAIN).fit(folder)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_network_learns_files_as_it_learns_the_array(folder: Path) -> None:
    objective = SelfLabel(n_rounds=1, round_epochs=1, n_views=1, over_clustering=2)
    of_files, of_array = (
        DeepKMeans(3, objective=objective, max_epochs=2, random_state=0).fit(X) for X in (str(folder), PICTURES)
    )
    np.testing.assert_array_equal(of_files.labels_, of_array.labels_)
    np.testing.assert_array_equal(of_files.cluster_centers_, of_array.cluster_centers_)
    np.testing.assert_array_equal(of_files.predict(folder), of_array.predict(PICTURES))
    assert of_files.report_["image_shape"] == [12, 12, 1]


def test_every_way_to_give_pictures_gives_the_same_labels(folder: Path, fitted: DeepKMeans) -> None:
    assert adjusted_rand_score(KINDS, fitted.labels_) == 1
    paths = sorted(folder.iterdir())
    pandas = pytest.importorskip("pandas")
    for X in (
        str(folder), paths, [*map(str, paths)], pandas.Series(paths), [Image.open(path) for path in paths],
        [*PICTURES], PICTURES, PICTURES.reshape(60, -1), [*PICTURES[..., None]],
    ):  # fmt: skip
        np.testing.assert_array_equal(fitted.predict(X), fitted.labels_)
    for X in (paths[7], str(paths[7]), [paths[7]], Image.open(paths[7]), PICTURES[7:8]):
        assert fitted.predict(X).tolist() == [fitted.labels_[7]]
    again = DeepKMeans(3, **PLAIN).fit(pandas.Series(paths))
    np.testing.assert_array_equal(again.labels_, fitted.labels_)


def test_what_was_found_is_reported(fitted: DeepKMeans) -> None:
    said = fitted.report_["input"]
    assert (said["kind"], said["height"], said["width"], said["channels"]) == ("image", 12, 12, 1)
    assert (said["n_pictures"], said["skipped"], said["resampled"], said["notes"]) == (60, [], False, [])
    assert fitted.n_features_in_ == 1 and fitted.preprocessor_.kind == "image"


def test_centres_and_reconstructions_are_pictures(fitted: DeepKMeans, folder: Path) -> None:
    centers = fitted.decode(fitted.cluster_centers_)
    assert centers.shape == (3, 12, 12)
    mean = PICTURES[fitted.labels_ == 0].mean(axis=0)
    np.testing.assert_allclose(centers[0], mean, atol=0.01)
    np.testing.assert_allclose(fitted.reconstruct(sorted(folder.iterdir())[:2]), PICTURES[:2], atol=0.01)


@pytest.fixture
def damaged(folder: Path, tmp_path: Path) -> Path:
    """The same folder, and among its files a text, a damaged one, a bomb and a link to nothing."""
    made = folder_of(tmp_path / "photos", PICTURES)
    (made / "000a.png").write_text("renamed")
    (made / "007a.png").write_bytes((made / "007.png").read_bytes()[:100])
    bomb(made / "058a.png", 20_000, 20_000)
    (made / "059a.png").symlink_to("nothing.png")
    return made


LOST = [1, 9, 61, 63]


def test_files_that_cannot_be_read_decide_nothing(damaged: Path, fitted: DeepKMeans) -> None:
    with pytest.warns(MissingValuesWarning, match=r"^4 rows cannot be read and decide nothing \(000a\.png: it is no"):
        model = DeepKMeans(3, **PLAIN).fit(damaged)
    read = np.setdiff1d(np.arange(64), LOST)
    assert adjusted_rand_score(model.labels_[read], fitted.labels_) == 1  # numbered by all rows
    of_each = model.cluster_centers_[model.labels_[read]]
    np.testing.assert_array_equal(of_each, fitted.cluster_centers_[fitted.labels_])
    assert len({*model.labels_[LOST].tolist()}) == 1  # the cluster nearest to the mean
    assert [each["row"] for each in model.report_["input"]["skipped"]] == LOST
    assert model.report_["input"]["n_pictures"] == 64
    with pytest.warns(MissingValuesWarning, match=r"4 of 64 pictures get the cluster nearest to the mean"):
        np.testing.assert_array_equal(model.predict(damaged), model.labels_)
    with pytest.warns(MissingValuesWarning, match=r"1 of 2 pictures .*row 1: it is missing"):
        assert model.predict([damaged / "003.png", None]).tolist() == [model.labels_[4], model.labels_[1]]
    shown = [row for cluster in explain(model, damaged).clusters for row in cluster.exemplars.exemplars]
    assert not {*shown} & {*LOST}


def test_one_that_cannot_be_read_is_one(fitted: DeepKMeans) -> None:
    with pytest.warns(MissingValuesWarning, match=r"^1 row cannot be read and decides nothing \(row 60: it is missing"):
        DeepKMeans(3, **PLAIN).fit([*PICTURES, None])
    with pytest.warns(MissingValuesWarning, match=r"^1 of 1 picture gets the cluster nearest to the mean picture \("):
        fitted.predict([None])


def test_missing_error_names_the_first(damaged: Path, folder: Path) -> None:
    model = DeepKMeans(3, missing="error", **PLAIN)
    with pytest.raises(InvalidDataError, match=r"4 pictures are missing or cannot be read, the first 000a\.png"):
        model.fit(damaged)
    with pytest.raises(InvalidDataError, match=r"1 picture is missing or cannot be read, the first row 1"):
        model.fit(folder).predict([PICTURES[0], None])


def test_weights_of_pictures(folder: Path) -> None:
    weight = np.ones(60)
    weight[::4] = 0
    paths = sorted(folder.iterdir())
    model = DeepKMeans(3, **PLAIN).fit(paths, sample_weight=weight)
    kept = DeepKMeans(3, **PLAIN).fit([path for path, mass in zip(paths, weight, strict=True) if mass])
    np.testing.assert_allclose(model.cluster_centers_, kept.cluster_centers_, rtol=1e-5)
    assert adjusted_rand_score(KINDS, model.labels_) == 1


def test_pictures_of_any_size(tmp_path: Path) -> None:
    """Photos of several sizes and formats, upright and across, as they come out of cameras."""
    random, paths = np.random.RandomState(0), []
    for number, kind in enumerate(KINDS[:30]):
        large = np.kron(PICTURES[number], np.ones((random.randint(9, 14), random.randint(9, 14)), dtype=np.uint8))
        exif = Image.Exif()
        if number % 5 == 0:  # lies on its side, and says so
            exif[0x0112], large = 6, np.rot90(large)
        paths.append(saved(tmp_path, f"{number:02}-{kind}.jpg", np.ascontiguousarray(large), exif=exif))
    model = DeepKMeans(3, **PLAIN).fit(tmp_path)
    assert adjusted_rand_score(KINDS[:30], model.labels_) == 1
    assert max(model.report_["image_shape"]) == 96 and model.report_["input"]["resampled"]
    assert adjusted_rand_score(KINDS, model.predict([*PICTURES])) == 1


def test_an_input_spec_decides(folder: Path) -> None:
    model = DeepKMeans(3, preprocessor=InputSpec(kind="image"), **PLAIN).fit(PICTURES)
    assert model.report_["input"]["kind"] == "image" and model.predict(folder).tolist() == model.labels_.tolist()
    with pytest.raises(InvalidDataError, match=r"kind='image'\) says that X is pictures.*Got list"):
        DeepKMeans(3, preprocessor=InputSpec(kind="image")).fit([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(InvalidParameterError, match="kind='image' says that X is pictures alone"):
        InputSpec(kind="image", columns={"a": "number"})


def test_another_kind_is_refused(fitted: DeepKMeans) -> None:
    for X in (np.ones((3, 5)), [[1.0, 2.0]], [{}, {}]):
        with pytest.raises(InvalidDataError, match="fitted on pictures, and X is another kind|list of dictionaries"):
            fitted.predict(X)
    with pytest.raises(InvalidDataError, match=r"No path of a picture leads to a file \(2 given\), such as 'a text'"):
        fitted.predict(["a text", "another"])


@pytest.mark.parametrize("scale", [1.0, 1 / 255, 257.0])
def test_a_model_of_any_unit_takes_pictures_of_others(scale: float, folder: Path, fitted: DeepKMeans) -> None:
    """In a list, in one array, as files and as bytes: the very same pictures have the same labels."""
    model = DeepKMeans(3, **PLAIN).fit([*(PICTURES * scale)])
    np.testing.assert_allclose(
        model.decode(model.cluster_centers_), fitted.decode(fitted.cluster_centers_) * scale, 1e-5
    )
    for X in (
        folder, [*PICTURES], PICTURES, PICTURES / 255, [*(PICTURES / 255)], [*(PICTURES * np.uint16(257))],
        [PICTURES[0], Image.fromarray(PICTURES[1]), *(PICTURES[2:] / 255)], PICTURES.reshape(60, -1),
    ):  # fmt: skip
        np.testing.assert_array_equal(model.predict(X), model.labels_)
    for cluster, same in zip(explain(model, folder).clusters, explain(fitted, folder).clusters, strict=True):
        assert (cluster.name, cluster.exemplars.exemplars) == (same.name, same.exemplars.exemplars)


def test_other_units_are_refused(folder: Path, tmp_path: Path) -> None:
    model = DeepKMeans(3, **PLAIN).fit([*(PICTURES / 127.5 - 1)])
    save(model, tmp_path / "model.dkm")
    for X in (folder, [*PICTURES], PICTURES):
        with pytest.raises(
            InvalidDataError, match=r"is a picture of another unit: its numbers go from 0 to .*in the u"
        ):
            load(tmp_path / "model.dkm").predict(X)
    np.testing.assert_array_equal(model.predict(PICTURES / 127.5 - 1), model.labels_)
    with pytest.raises(InvalidDataError, match="floats in two units, 30 from 0 to 1, .* and 30 from 0 to 255"):
        DeepKMeans(3).fit([*(PICTURES[:30] / 255), *(PICTURES[30:] * 1.0)])


def test_colours_from_0_to_1_are_colours() -> None:
    """Three colours that are one grey: none of them is lighter than another."""
    colours = np.array([[1, 0, 0], [0, 0.509, 0], [0, 0.3, 1]])
    noise = np.random.RandomState(5).randn(45, 20, 20, 3) / 100
    pictures = np.clip(colours[np.arange(45) % 3][:, None, None] + noise, 0, 1)
    for X, how in (([*pictures], "auto"), (pictures, InputSpec(kind="image"))):
        model = DeepKMeans(3, preprocessor=how, **PLAIN).fit(X)
        assert model.report_["input"]["channels"] == 3
        assert adjusted_rand_score(np.arange(45) % 3, model.labels_) == 1


def test_a_model_file_holds_size_and_rule_and_no_picture(fitted: DeepKMeans, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.dkm"
    save(fitted, path)
    again = load(path)
    np.testing.assert_array_equal(again.predict(folder), fitted.labels_)
    assert again.preprocessor_.shape == (12, 12, 1)
    script = f"import deepkmeans; print(*deepkmeans.load({str(path)!r}).predict({str(folder / '007.png')!r}))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(), check=True
    )  # fmt: skip
    assert done.stdout.split() == [str(fitted.labels_[7])]
