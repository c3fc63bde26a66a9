"""DeepKMeans on pictures and recordings by frozen encoders: what ``encoder=`` is, predict, files, fresh processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.base import clone
from torch import nn

from deepkmeans import Autoencoder, DeepKMeans, InputSpec, load, save
from deepkmeans.encoders import AudioEncoder, DenseAutoencoder, ImageEncoder, TextEncoder
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, MissingValuesWarning, ModelFileError
from deepkmeans.inspection import explain
from tests.subprocesses import PATIENCE, environment
from tests.unit.data.media.sounds import tone
from tests.unit.data.preprocessing.given_media_encoders import MeanColour, mean_colours

KINDS = np.arange(45) % 3


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPKMEANS_CACHE", str(tmp_path / "cache"))


def three_colours(n=45, seed=0):
    """Pictures that are mainly red, green or blue."""
    random = np.random.RandomState(seed)
    pixels = random.randint(0, 80, (n, 6, 8, 3))
    pixels[np.arange(n), :, :, np.arange(n) % 3] += 150
    return pixels.astype(np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for number, pixels in enumerate(three_colours()):
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    (folder / "broken.png").write_text("no picture")
    return folder


def model(encoder, **more):
    return DeepKMeans(3, encoder=encoder, partition="k-means", random_state=0, max_epochs=2, **more)


def fitted(encoder, X):
    with pytest.warns(MissingValuesWarning, match="broken.png"):
        return model(encoder).fit(X)


def same_groups(labels, kinds=KINDS):
    pairs = {*zip(labels.tolist(), kinds.tolist(), strict=True)}
    return len(pairs) == len({*kinds.tolist()}) == len({*labels.tolist()})


def test_a_folder_by_a_module_wrapped_or_not(folder):
    wrapped, bare = fitted(ImageEncoder(MeanColour(1, 2, 3)), folder), fitted(MeanColour(1, 2, 3), folder)
    assert same_groups(wrapped.labels_[:45]) and np.array_equal(wrapped.labels_, bare.labels_)
    assert wrapped.report_["input"]["encoder"]["name"] == bare.report_["input"]["encoder"]["name"] == "MeanColour"
    assert [each["name"] for each in bare.report_["input"]["skipped"]] == ["broken.png"]
    assert bare.predict(folder / "00.png")[0] == bare.labels_[0]
    pixels = three_colours()
    assert np.array_equal(bare.predict([*pixels[:3]]), bare.labels_[:3])
    assert np.array_equal(bare.predict([Image.fromarray(each) for each in pixels[:3]]), bare.labels_[:3])
    again = clone(bare)
    assert isinstance(again.encoder, MeanColour) and clone(wrapped).encoder is wrapped.encoder


def test_a_network_is_trained_and_layers_alone_are_where_x_is_numbers(folder):
    pixels = three_colours()
    layers = nn.Sequential(nn.Linear(144, 8), nn.Tanh(), nn.Linear(8, 4))
    few = {"max_epochs": 1, "random_state": 0}
    trained = DeepKMeans(3, encoder=layers, **few).fit(pixels)
    assert trained._preprocessor is None and trained.transform(pixels[:2]).shape == (2, 3)
    network = DenseAutoencoder(144, 4, hidden_sizes=(8,))
    images = [Image.fromarray(each) for each in pixels]
    assert DeepKMeans(3, encoder=network, **few).fit(images)._preprocessor.kind == "image"
    by_function = model(mean_colours).fit(images)
    assert by_function._preprocessor.kind == "frozen image" and same_groups(by_function.labels_)


def test_wrapped_it_takes_arrays_as_pictures_and_says_what_is_none():
    pixels = three_colours()
    frozen = model(ImageEncoder(MeanColour())).fit(pixels)
    assert same_groups(frozen.labels_) and np.array_equal(frozen.predict(pixels[:4]), frozen.labels_[:4])
    assert frozen.predict(pixels[0]).shape == (1,)
    rows = pixels.reshape(45, -1).astype(float)
    with pytest.raises(InvalidDataError, match="'encoder' parameter is an ImageEncoder, and X is ndarray.*no pictures"):
        model(ImageEncoder(MeanColour())).fit(rows)
    with pytest.raises(InvalidDataError, match="X must be recordings"):
        model(AudioEncoder(MeanColour())).fit(rows)
    with pytest.raises(InvalidParameterError, match=r"is of texts, TextEncoder\(...\), and X is pictures"):
        model(TextEncoder("a/b")).fit([*pixels])
    with pytest.raises(InvalidParameterError, match=r"is of pictures, ImageEncoder\(...\), and X is texts"):
        model(ImageEncoder(MeanColour()), preprocessor=InputSpec(kind="text")).fit(["red apple", "blue sky"] * 4)
    weight = np.ones(45)
    weight[:3] = 0
    weighted = model(ImageEncoder(MeanColour())).fit(pixels, sample_weight=weight)
    assert same_groups(weighted.labels_)


def test_recordings_and_the_autoencoder_take_them_too():
    random = np.random.RandomState(0)
    X = [(8000, tone(300 + 700 * (i % 3), 0.2) + 0.01 * random.normal(size=1600)) for i in range(45)]

    def bands(recordings):
        return np.stack([np.abs(np.fft.rfft(each, 4096))[:2048].reshape(16, -1).mean(1) for each in recordings])

    frozen = model(AudioEncoder(bands, rate=8000)).fit(X)
    assert same_groups(frozen.labels_) and frozen.predict(X[:2]).tolist() == frozen.labels_[:2].tolist()
    assert frozen.report_["input"]["kind"] == "audio"
    heard = explain(frozen, X)
    assert heard.saliency is None and "middle frequency" in heard.summary[1]
    made = Autoencoder(embedding_dim=2, encoder=ImageEncoder(MeanColour()), max_epochs=1, random_state=0)
    assert made.fit_transform([*three_colours()]).shape == (45, 2)


def test_they_are_explained_by_their_pictures():
    images = [Image.fromarray(each) for each in three_colours()]
    explanation = explain(model(ImageEncoder(MeanColour())).fit(images), images)
    assert explanation.rows.pictures.shape == (45, 6, 8, 3) and len(explanation.clusters) == 3


PREDICT = """
import sys
from deepkmeans import load
from tests.unit.data.preprocessing.given_media_encoders import MeanColour
path, folder = sys.argv[1:]
print(*load(path, encoder=MeanColour(1, 2, 3)).predict([f"{folder}/{i:02}.png" for i in range(6)]))
try:
    load(path, encoder=MeanColour(1, 2, 4))
except Exception as error:
    print(type(error).__name__, error)
"""


def test_a_file_and_a_fresh_process(folder, tmp_path):
    frozen = fitted(MeanColour(1, 2, 3), folder)
    save(frozen, tmp_path / "model.dkm")
    with pytest.raises(ModelFileError, match=r"load it with load\(path, encoder=...\)"):
        load(tmp_path / "model.dkm")
    command = [sys.executable, "-c", PREDICT, str(tmp_path / "model.dkm"), str(folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, env=environment(), cwd=Path(__file__).parents[3]
    )
    assert done.returncode == 0, done.stderr
    labels, refused = done.stdout.splitlines()
    assert labels == " ".join(map(str, frozen.labels_[:6]))
    assert refused.startswith("ModelFileError") and "its weights are others" in refused
    loaded = load(tmp_path / "model.dkm", encoder=MeanColour(1, 2, 3))
    assert np.allclose(loaded.transform(folder / "00.png"), frozen.transform(folder / "00.png"), atol=1e-5)
    assert isinstance(loaded.encoder, MeanColour) and torch.equal(loaded.encoder.weight, torch.tensor([1.0, 2.0, 3.0]))


def test_pictures_of_two_units_are_explained_as_the_encoder_saw_them() -> None:
    """Red and blue ones, half of them from 0 to 1: an encoder takes each by itself."""
    colours = np.array([[0.9, 0.1, 0.1], [0.1, 0.1, 0.9]])[np.arange(40) % 2, None, None]
    pictures = np.clip(colours + np.random.RandomState(0).randn(40, 8, 8, 3) / 50, 0, 1)
    X = [picture * (255 if row < 20 else 1) for row, picture in enumerate(pictures)]
    of_two = model(ImageEncoder(MeanColour(1, 2, 3))).set_params(n_clusters=2).fit(X)
    names, same = ([cluster.name for cluster in explain(of_two, each).clusters] for each in (X, [*pictures]))
    assert names == same
