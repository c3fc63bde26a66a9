"""DeepKMeans of recordings: a folder, paths and arrays alike; gaps; files; one row."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepkmeans import DeepKMeans, InputSpec, load, save
from deepkmeans.data.preprocessing.given_fit import preprocessed
from deepkmeans.exceptions import InvalidDataError, MissingValuesWarning
from deepkmeans.metrics import adjusted_rand_score
from tests.subprocesses import environment
from tests.unit.data.media.sounds import RATE, sweep, write_wav

KINDS = np.arange(45) % 3


def sounds() -> list[np.ndarray]:
    """Rising, falling, and both, of different lengths and pitches."""
    random = np.random.RandomState(0)
    made = []
    for kind in KINDS:
        seconds, pitch = random.uniform(0.3, 0.6), random.uniform(0.9, 1.1)
        up, down = (400 * pitch, 2500 * pitch), (2500 * pitch, 400 * pitch)
        whole = [sweep(*up, seconds), sweep(*down, seconds)]
        both = np.concatenate([sweep(*up, seconds / 2), sweep(*down, seconds / 2)])
        samples = (*whole, both)[kind]
        made.append(samples + 0.002 * random.randn(len(samples)))
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("recordings")
    for number, samples in enumerate(sounds()):
        write_wav(place / f"{number:02}.wav", samples)
    (place / "broken.wav").write_text("no recording")
    (place / "labels.csv").write_text("file,kind\n")
    return place


def clusterer(**changes: Any) -> DeepKMeans:
    return DeepKMeans(3, random_state=0, **changes)


@pytest.fixture(scope="module")
def model(folder: Path) -> DeepKMeans:
    return clusterer().fit(folder)


def test_a_folder(model: DeepKMeans, folder: Path) -> None:
    assert len(model.labels_) == 46  # in the order of the names, "broken.wav" last
    assert adjusted_rand_score(KINDS, model.labels_[:45]) > 0.9
    said = model.report_["input"]
    assert (said["kind"], said["rate"], said["n_recordings"], said["n_skipped"]) == ("audio", RATE, 46, 1)
    assert said["skipped"][0]["name"] == "broken.wav" and "cannot be decoded" in said["skipped"][0]["reason"]
    assert said["rates"] == {str(RATE): 45} and 0.3 <= said["seconds"]["shortest"] <= said["seconds"]["longest"] <= 0.6
    assert "1 of 46 recordings" in said["notes"][0]
    assert model.report_["n_samples"] == 45 and sum(model.report_["cluster_sizes"]) == 46
    assert model.n_features_in_ == 1


def test_predict_takes_what_fit_took(model: DeepKMeans, folder: Path) -> None:
    paths = sorted(folder.glob("[0-9]*.wav"))
    np.testing.assert_array_equal(model.predict(paths), model.labels_[:45])
    np.testing.assert_array_equal(model.predict([str(paths[7])]), model.labels_[7:8])
    with pytest.warns(MissingValuesWarning, match=r"broken\.wav: it cannot be decoded.*1 of 46 recordings"):
        np.testing.assert_array_equal(model.predict(str(folder)), model.labels_)
    with pytest.warns(MissingValuesWarning, match="row 0: it is missing"):
        np.testing.assert_array_equal(model.predict([None]), model.labels_[45:])
    arrays = [(RATE, samples.astype(np.float32)) for samples in sounds()]
    assert (model.predict(arrays) == model.labels_[:45]).all()
    with pytest.raises(InvalidDataError, match=r"X must be recordings.*Got ndarray of shape \(2, 3\)"):
        model.predict(np.zeros((2, 3)))


def test_a_file_in_a_fresh_process(model: DeepKMeans, folder: Path, tmp_path: Path) -> None:
    save(model, tmp_path / "m.dkm")
    again = load(tmp_path / "m.dkm", expected=DeepKMeans)
    assert again.preprocessor_.spectrogram == model.preprocessor_.spectrogram
    assert again.report_["input"] == json.loads(json.dumps(model.report_["input"]))
    code = f"""
import json, pathlib, deepkmeans
paths = sorted(pathlib.Path({str(folder)!r}).glob("[0-9]*.wav"))
print(json.dumps(deepkmeans.load({str(tmp_path / "m.dkm")!r}).predict(paths).tolist()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert json.loads(done.stdout) == model.labels_[:45].tolist()


def test_gaps_decide_nothing() -> None:
    arrays: list[Any] = [(RATE, samples) for samples in sounds()]
    gaps = [None, *arrays[:20], (RATE, np.zeros(100)), *arrays[20:]]
    whole, partial = preprocessed(arrays, "auto"), preprocessed(gaps, "auto")
    assert whole is not None and partial is not None
    np.testing.assert_array_equal(partial.sample.X, whole.sample.X)
    assert partial.sample.present is not None
    assert np.flatnonzero(~partial.sample.present).tolist() == [0, 21]
    assert np.isnan(partial.sample.absent).all() and partial.checked.image_shape == (40, 48, 1)
    weight = np.arange(47.0) + 1
    weighted = preprocessed(gaps, "auto", sample_weight=weight)
    assert weighted is not None and weighted.sample.weight is not None
    np.testing.assert_array_equal(weighted.sample.weight, np.delete(weight, [0, 21]))
    said = partial.checked.preprocessor.report()["skipped"]
    assert [(each["name"], each["reason"][:10]) for each in said] == [("row 0", "it is miss"), ("row 21", "it is sile")]
    with pytest.raises(InvalidDataError, match=r"2 recordings are missing or .*, the first row 0.*missing='impute'"):
        clusterer(missing="error").fit(gaps)
    weight[[*range(1, 21), *range(22, 47)]] = 0
    with pytest.raises(InvalidDataError, match="that can be read has a weight"):
        clusterer().fit(gaps, sample_weight=weight)


def test_nothing_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no")
    with pytest.raises(InvalidDataError, match=r"None of the 1 recordings can be read: a\.wav: it cannot be decoded"):
        clusterer().fit(tmp_path)
    with pytest.raises(InvalidDataError, match=r"None of the 2 recordings can be read: row 0: it is missing"):
        clusterer(preprocessor=InputSpec(kind="audio")).fit([None, None])


def test_the_lowest_usual_rate_is_taken() -> None:
    random = np.random.RandomState(0)
    rates = [44100] * 30 + [11025] * 2 + [8000]
    arrays = [(rate, random.randn(rate // 4)) for rate in rates]
    made = preprocessed(arrays, "auto")
    assert made is not None
    said = made.checked.preprocessor.report()
    assert said["rate"] == 11025 and said["rates"] == {"44100": 30, "11025": 2, "8000": 1}
