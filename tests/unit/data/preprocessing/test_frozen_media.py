"""Pictures and recordings by a frozen encoder: rows, what cannot be read, the cache, the file, other encoders."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from deepkmeans.data import row_rule
from deepkmeans.data.given import GivenInput
from deepkmeans.data.media.picture_files import given_pictures
from deepkmeans.data.preprocessing.frozen_kinds import is_frozen_encoder, is_module_of_media
from deepkmeans.data.preprocessing.frozen_media import FrozenMediaPreprocessor
from deepkmeans.encoders import AudioEncoder, DenseAutoencoder, ImageEncoder, TextEncoder
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, ModelFileError
from deepkmeans.storage.schema import MismatchError
from tests.unit.data.media.sounds import tone, write_wav
from tests.unit.data.preprocessing.given_media_encoders import Loudness, MeanColour, Places, mean_colours, plain


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPKMEANS_CACHE", str(tmp_path / "cache"))


def pictures(X):
    return GivenInput("image", given_pictures(X, asked=True))


def fit(encoder, X, kind="image"):
    return FrozenMediaPreprocessor.fit(pictures(X) if kind == "image" else GivenInput(kind, X), encoder)


def test_a_module_gets_colours_from_0_to_1_less_mean_over_deviation():
    module = MeanColour(1, 2, 1)
    encoder = ImageEncoder(module, size=(2, 3), mean=(0.5, 0.0, 0.2), std=0.5, normalize=False)
    preprocessor, X = fit(encoder, [plain(255, 0, 51), plain(0, 255, 255)])
    assert np.allclose(X, [[1, 0, 0], [-1, 4, 1.6]], atol=1e-6) and X.dtype == np.float32
    assert module.calls[-1][1:] == (3, 2, 3)
    assert (preprocessor.kind, preprocessor.scaled, preprocessor.width) == ("frozen image", False, 3)
    assert np.allclose(fit(ImageEncoder(module, size=2, mean=0.0, std=1.0), [plain(255, 0, 51)])[1][0] ** 2,
                       np.array([1, 0, 0.04]) / 1.04, atol=1e-6)  # fmt: skip


def test_the_mean_over_all_places_is_taken_of_a_map():
    X = fit(ImageEncoder(Places(), size=(1, 3), mean=0, std=1, normalize=False), [plain(255, 51, 0)])[1]
    assert np.allclose(X, [[0.5, 0.1, 0]], atol=1e-6)


@pytest.mark.parametrize(
    "picture",
    [
        plain(255, 0, 51), plain(255, 0, 51).astype(np.int64), plain(255, 0, 51).astype(np.float32) / 255,
        plain(255, 0, 51).astype(float), plain(255, 0, 51).astype(np.uint16) * 257, Image.fromarray(plain(255, 0, 51)),
        np.moveaxis(plain(255, 0, 51), 2, 0),
    ],
    ids=["bytes", "whole", "shares", "floats", "16 bits", "pil", "channels first"],
)  # fmt: skip
def test_pictures_in_any_unit_are_the_same_colours(picture):
    encoder = ImageEncoder(MeanColour(), size=2, mean=0, std=1, normalize=False)
    assert np.allclose(fit(encoder, [picture])[1], [[1, 0, 0.2]], atol=1e-6)
    assert np.allclose(fit(ImageEncoder(mean_colours, normalize=False), [picture])[1], [[255, 0, 51]])


def test_a_file_and_its_array_have_the_same_row_bit_for_bit(tmp_path):
    pixels = np.random.RandomState(0).randint(0, 256, (9, 14, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    X = fit(ImageEncoder(Places(), size=(5, 21)), [pixels, tmp_path / "a.png", Image.fromarray(pixels)])[1]
    assert np.array_equal(X[0], X[1]) and np.array_equal(X[0], X[2])


def test_numbers_below_0_are_from_minus_1_to_1_or_in_their_own_range():
    encoder = ImageEncoder(mean_colours, normalize=False)
    assert np.allclose(fit(encoder, [np.full((4, 6), 0.0) - 0.2])[1], 102)
    ramp = np.linspace(-4, 6, 24).reshape(4, 6)
    assert np.allclose(fit(encoder, [ramp])[1], 127.5, atol=0.5)


def test_a_function_gets_images_of_at_most_1024_pixels():
    seen = []

    def sizes(images):
        seen.extend(image.size for image in images)
        return np.ones((len(images), 2))

    fit(ImageEncoder(sizes), [np.zeros((2048, 512), np.uint8), np.zeros((8, 9), np.uint8)])
    assert {(256, 1024), (9, 8)} <= {*seen}


def test_what_cannot_be_read_is_a_row_of_nan_and_listed(tmp_path):
    for name in ("broken.png", "again.png"):
        (tmp_path / name).write_text("no picture")
    Image.fromarray(plain(255, 0, 0)).save(tmp_path / "red.png")
    paths = [tmp_path / name for name in ("red.png", "broken.png", "none.png", "again.png")]
    preprocessor, X = fit(ImageEncoder(MeanColour(), size=2), [*paths, None, tmp_path / "red.png"])
    assert np.isnan(X[1:5]).all() and np.isfinite(X[[0, 5]]).all() and np.array_equal(X[0], X[5])
    skipped = preprocessor.report()["skipped"]
    assert [each["row"] for each in skipped] == [1, 2, 3, 4]
    assert skipped[1]["reason"] == "there is no such file" and skipped[3]["reason"] == "it is missing"
    assert "begins like none of the formats" in skipped[0]["reason"] == skipped[2]["reason"]
    rows, words = preprocessor.transform_with_unknown_cells(pictures([tmp_path / "red.png", None]))
    assert np.isnan(rows[1]).all() and words[0].startswith("1 of 2 pictures gets the cluster nearest to the mean")
    with pytest.raises(InvalidDataError, match="None of the 2 pictures can be read.*broken.png"):
        fit(ImageEncoder(MeanColour(), size=2), paths[1:3])


def test_each_different_picture_is_encoded_once_and_never_again(tmp_path):
    module, X = MeanColour(1, 2, 3), [plain(10 * i, 90, 20) for i in range(5)]
    Image.fromarray(X[0]).save(tmp_path / "a.png")
    Image.fromarray(X[0]).save(tmp_path / "b.png")
    encoder = ImageEncoder(module, size=2, batch_size=2)
    first, rows = fit(encoder, [*X, X[0], tmp_path / "a.png", tmp_path / "b.png"])
    assert np.allclose(rows[[5, 6, 7]], rows[0])
    encoded = sum(call[0] for call in module.calls) - 2 * 3  # without the probes
    assert encoded == 6 and max(call[0] for call in module.calls if call[0] != 3) == 2
    again = MeanColour(1, 2, 3)
    second, same = fit(ImageEncoder(again, size=2), X)
    assert sum(call[0] for call in again.calls) == 3 and np.array_equal(same, rows[:5])  # the probes alone
    assert second.report()["n_cached"] == 5 and first.report()["n_cached"] == 0
    for other in (ImageEncoder(MeanColour(1, 2, 4), size=2), ImageEncoder(again, size=3), ImageEncoder(again, std=1.0)):
        assert fit(other, X)[0].report()["n_cached"] == 0
    assert fit(ImageEncoder(Places(1, 2, 3), size=2), X)[0].report()["n_cached"] == 0  # equal weights, other code
    assert fit(mean_colours, X)[0].report()["n_cached"] == fit(mean_colours, X)[0].report()["n_cached"] == 0
    named = ImageEncoder(mean_colours, name="mean colours")
    assert [fit(named, X)[0].report()["n_cached"] for _ in range(2)] == [0, 5]


def test_a_module_stays_as_it_was_and_draws_nothing():
    module = nn.Sequential(nn.Dropout(0.5), nn.BatchNorm2d(3), MeanColour())
    module[1].eval()
    state, training = torch.get_rng_state(), [part.training for part in module.modules()]
    first = fit(ImageEncoder(module, size=2, cache=False), [plain(10, 20, 30)])[1]
    assert np.array_equal(first, fit(ImageEncoder(module, size=2, cache=False), [plain(10, 20, 30)])[1])
    assert [part.training for part in module.modules()] == training and torch.equal(torch.get_rng_state(), state)
    assert not any(weight.requires_grad is False for weight in module.parameters())


def test_many_columns_are_seen_as_directions():
    project = np.random.RandomState(0).normal(size=(3, 64))
    X = fit(lambda images: mean_colours(images) @ project, [plain(3 * i, 200 - 3 * i, i) for i in range(50)])[1]
    assert X.shape == (50, 64) and row_rule(X) == "cosine"


def test_recordings_of_one_length_are_read_together_and_none_is_padded():
    module, quiet, loud = Loudness(), tone(440), 0.5 * np.ones(4000) * [1 if i % 2 else -1 for i in range(4000)]
    X = [(8000, quiet), (8000, loud), (8000, quiet[:2000]), (16000, np.repeat(loud, 2)), None]
    preprocessor, rows = fit(AudioEncoder(module, rate=8000, normalize=False), X, "audio")
    assert np.allclose(rows[1], [0.5, 0.5], atol=1e-6) and np.allclose(rows[0, 0], 0.5 / 2**0.5, atol=1e-3)
    assert np.isnan(rows[4]).all() and preprocessor.report()["skipped"][0]["reason"] == "it is missing"
    assert (3, 4000) in module.shapes and (1, 2000) in module.shapes
    assert preprocessor.report()["n_recordings"] == 5


def test_a_function_of_recordings_gets_samples_at_the_rate(tmp_path):
    seen = []

    def lengths(recordings):
        seen.extend((len(samples), samples.dtype) for samples in recordings)
        return np.ones((len(recordings), 2))

    write_wav(tmp_path / "a.wav", tone(440, 0.5))
    (tmp_path / "b.wav").write_text("no recording")
    rows = fit(AudioEncoder(lengths), [tmp_path / "a.wav", tmp_path / "b.wav"], "audio")[1]
    assert seen[0] == (8000, np.float32) and np.isnan(rows[1]).all()  # 16,000 Hz by default


def refit(preprocessor, encoder=None):
    """Through a file."""
    document, tensors = preprocessor.to_parts()
    document = json.loads(json.dumps(document))
    assert FrozenMediaPreprocessor.check_parts(document, tensors)["n_features"] == preprocessor.width
    return FrozenMediaPreprocessor.from_parts(document, tensors, encoder)


@pytest.mark.parametrize("encoder", [MeanColour(1, 2, 3), mean_colours], ids=["module", "function"])
def test_a_file_names_the_encoder_and_refuses_another(encoder):
    X = [plain(10 * i, 90, 20) for i in range(5)]
    preprocessor, rows = fit(ImageEncoder(encoder, size=(2, np.int64(3)), mean=0.1), X)
    for given in (encoder, ImageEncoder(encoder)):  # how it is used is in the file
        assert np.allclose(refit(preprocessor, given).transform(pictures(X)), rows, atol=1e-6)
    assert np.allclose(pickle.loads(pickle.dumps(preprocessor)).transform(pictures(X)), rows)
    with pytest.raises(ModelFileError, match="which is not in the file; load it with load"):
        refit(preprocessor)
    for other in (MeanColour(1, 2, 4), Places(1, 2, 3), lambda images: mean_colours(images)[:, ::-1], lambda images: 1):
        with pytest.raises(ModelFileError, match="fitted (with|on pictures)"):
            refit(preprocessor, other)
    with pytest.raises(ModelFileError, match=r"fitted on pictures.*encoder' parameter is of texts, TextEncoder"):
        refit(preprocessor, TextEncoder("a/b"))
    document, tensors = preprocessor.to_parts()
    for wrong in ({"size": 0}, {"std": [1, 2]}, {"probes": ["disc"]}, {"normalize": 3}):
        with pytest.raises(MismatchError):
            FrozenMediaPreprocessor.check_parts({**document, **wrong}, tensors)


def test_a_function_that_knows_its_own_pictures_alone_is_known_by_its_name():
    known = {plain(i, 0, 0).tobytes(): [1.0, i] for i in range(4)}

    def table(images):
        return [known[np.asarray(image).tobytes()] for image in images]

    X = [plain(i, 0, 0) for i in range(4)]
    preprocessor, rows = fit(table, X)
    assert preprocessor.encoder.probes == ()
    assert np.array_equal(refit(preprocessor, table).transform(pictures(X)), rows)
    with pytest.raises(ModelFileError, match="it has another name"):
        refit(preprocessor, mean_colours)


def test_what_is_an_encoder_whatever_x_is_and_what_only_of_pictures():
    assert is_frozen_encoder(ImageEncoder(MeanColour())) and is_frozen_encoder(AudioEncoder("a/b"))
    assert is_frozen_encoder(ImageEncoder(DenseAutoencoder(4, 2)))  # in one of these nothing is trained
    assert not is_frozen_encoder(MeanColour()) and is_module_of_media(MeanColour())
    assert not is_module_of_media(DenseAutoencoder(4, 2)) and not is_module_of_media(mean_colours)


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (ImageEncoder(3), r"The 'encoder' of pictures must be the name or folder.*Got 3 instead"),
        (ImageEncoder(MeanColour), r"must be the name or folder of a model of transformers, a torch.nn.Module"),
        (ImageEncoder(TextEncoder("a/b")), "The 'model' parameter of ImageEncoder is itself TextEncoder"),
        (ImageEncoder("/no/such"), "is a path, and there is no such folder"),
        (ImageEncoder("plain-name"), "neither a folder on this machine nor the id of a model on the hub"),
        (AudioEncoder(mean_colours), "parameter is of recordings, AudioEncoder.*X is pictures: give ImageEncoder"),
        (lambda images: 1 / 0, r"failed on 1 pictures: ZeroDivisionError.*a list of PIL images.*ImageEncoder\("),
        (nn.Flatten(2), "must give one row of numbers for each picture. Got an output of shape"),
        (nn.Linear(3, 4), r"failed on 1 pictures: RuntimeError.*a float tensor \(n, 3, height, width\)"),
    ],
)
def test_what_is_no_encoder_of_pictures_is_refused_in_one_sentence(encoder, message):
    with pytest.raises(InvalidParameterError, match=message) as caught:
        fit(encoder, [plain(1, 2, 3)])
    assert "\n" not in str(caught.value)
