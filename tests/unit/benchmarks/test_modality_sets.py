"""Sets of pictures, recordings and series: what is loaded is what lies there, and a simple alternative is right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.io.wavfile

from benchmarks import modalities, picture_files, recordings, series_sets


def test_pictures_are_written_as_they_are(tmp_path):
    pytest.importorskip("PIL")
    X, y = np.random.RandomState(0).randint(0, 256, (6, 9, 7, 3)).astype(np.uint8), np.arange(6)
    (tmp_path / "coil20").mkdir()
    np.savez(tmp_path / "coil20" / "coil20.npz", X=X, y=y)
    written, classes = modalities.SETS["coil20-png"].load(tmp_path, 4)
    assert len(classes) == 4 and np.array_equal(written.pixels, X[classes])
    from PIL import Image

    files = sorted(written.folder.iterdir())
    assert np.array_equal(np.stack([np.asarray(Image.open(file)) for file in files]), X[classes])
    folder = written.folder
    del written
    assert not folder.exists()


def test_coefficients_of_tones(tmp_path):
    for pitch in (500, 2000):
        tone = np.sin(2 * np.pi * pitch * np.arange(4000) / 8000)
        scipy.io.wavfile.write(tmp_path / f"{pitch}.wav", 8000, (20_000 * tone).astype(np.int16))
    low, high = (recordings.coefficients(tmp_path / f"{pitch}.wav") for pitch in (500, 2000))
    assert low.shape == high.shape == (13, 48)  # (4000 - 200) / 80 + 1 moments
    assert low[1].mean() > 0 > high[1].mean()  # the first cosine falls from low to high bands
    assert recordings.grid(low).shape == (208,) and recordings.means_and_deviations(low).shape == (26,)


def test_other_classes_are_of_the_same_rows(tmp_path):
    (tmp_path / "fsdd").mkdir()
    names = [f"wav/{row}.wav" for row in range(9)]
    table = pd.DataFrame({"file": names, "digit": np.arange(9) % 3, "speaker": np.arange(9) % 2})
    table.to_parquet(tmp_path / "fsdd" / "labels.parquet")
    for limit in (None, 5):
        paths, digits = modalities.SETS["fsdd-digits"].load(tmp_path, limit)
        rows = np.array([int(path.stem) for path in paths])
        assert np.array_equal(digits, rows % 3)
        others = modalities.SETS["fsdd-digits"].others
        assert others is not None and np.array_equal(others(tmp_path, limit)["speaker"], rows % 2)


def test_series_have_their_own_lengths(tmp_path):
    X = np.full((3, 2, 5), np.nan, np.float32)
    X[0], X[1, :, :3], X[2, 0, :4] = 1, 2, 3
    (tmp_path / "ts_aeon").mkdir()
    np.savez(tmp_path / "ts_aeon" / "GunPoint.npz", X=X, y=np.array([0, 1, 1]))
    series, _ = modalities.SETS["series-GunPoint"].load(tmp_path, None)
    assert [each.shape for each in series] == [(5, 2), (3, 2), (4, 2)]


def test_kmeans_of_series_of_different_lengths():
    levels = np.repeat([0.0, 5.0], 5)
    series = [np.full((3 + row, 1), level) for row, level in enumerate(levels)]
    labels = series_sets._kmeans(series, 2, 0)
    assert len(set(labels[:5])) == len(set(labels[5:])) == 1 and labels[0] != labels[-1]


@pytest.mark.parametrize("name", ["coil20-png", "fsdd-digits", "series-GunPoint"])
def test_a_set_of_a_folder_says_that_it_needs_one(name):
    with pytest.raises(ValueError, match="name it with --data"):
        modalities.SETS[name].load(None, None)


def test_peers_see_the_pixels(tmp_path):
    y = np.arange(20) % 2
    pixels = np.random.RandomState(0).randint(0, 40, (20, 8, 8)).astype(np.uint8)
    pixels[y == 1, :4] += 200
    written = picture_files.Written(tmp_path, pixels)
    labels = picture_files.MODALITIES["coil20-png"].methods["kmeans"](written, 2, 0)
    assert (labels == labels[0]).sum() == 10 and np.array_equal(labels == labels[0], y == 0)
