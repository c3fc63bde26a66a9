"""Pages of pictures, recordings, series and several inputs."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import wavfile

from deepkmeans.report import write_report
from deepkmeans.report.series_lines import SeriesLines
from deepkmeans.report.sounds import Sounds
from deepkmeans.report.thumbnails import Thumbnails
from tests.unit.inspection import media_models as models

pytestmark = pytest.mark.filterwarnings("ignore")


def pixels_of(address: str) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))))


def test_files_of_pictures_are_named_and_what_is_broken_is_listed(tmp_path: Path) -> None:
    folder = models.picture_folder(tmp_path / "photos")
    page = write_report(models.of_pictures(folder), folder, tmp_path / "page.html").read_text("utf-8")
    assert "<h1 id=\"title\">24 pictures in 2 clusters</h1>" in page
    assert re.search(r'<img src="data:image/png;base64,[^"]+" alt="(above|left)-\d\d.png"', page)
    assert "What could not be read" in page
    assert '<th scope="row">broken.png</th>' in page
    assert page.count("coloured where it speaks for the cluster") >= 2
    assert "pixel (" not in page
    assert "media-src" not in page
    assert len(page) < 1_000_000


def test_recordings_can_be_played(tmp_path: Path) -> None:
    folder = models.recording_folder(tmp_path / "sounds")
    page = write_report(models.of_recordings(folder), folder, tmp_path / "page.html").read_text("utf-8")
    assert "media-src data:; base-uri" in page.replace("&#39;", "'")
    player = r'<audio controls preload="metadata" src="data:audio/wav;base64,([^"]+)" aria-label="([^"]+)"'
    players = re.findall(player, page)
    assert len(players) >= 6
    assert all(re.fullmatch(r"(low|high)-\d\d.wav", name) for _, name in players)
    rate, samples = wavfile.read(io.BytesIO(base64.b64decode(players[0][0])))
    assert (rate, samples.dtype, samples.ndim) == (8000, np.int16, 1)
    assert "Mean spectrogram of the recordings of" in page


def test_players_are_short_and_have_room() -> None:
    rate = 44_100
    long = (rate, np.sin(np.arange(6 * rate) / 10).astype(np.float32))
    short = (8000, np.sin(np.arange(800) / 3).astype(np.float32))
    sounds = Sounds.of([long, short, None, long], [[[0, 2], [1]], [[3]]])
    assert sorted(sounds.addresses) == [0, 1, 3]
    assert sounds.shown(0)["seconds"] == 4
    assert sounds.shown(1)["seconds"] is None
    assert sounds.shown(2) == {"sound": None, "seconds": None}
    heard, samples = wavfile.read(io.BytesIO(base64.b64decode(sounds.addresses[0].split(",")[1])))
    assert (heard, len(samples)) == (16_000, 64_000)
    many = Sounds.of([long] * 40, [[[*range(20)], [*range(20, 40)]]])
    assert {0, 20, 1, 21} <= set(many.addresses)  # the first of each cluster come first
    assert sum(map(len, many.addresses.values())) < 2_100_000
    assert len(many.addresses) < 40


def test_series_are_lines(tmp_path: Path) -> None:
    X = models.waves()
    page = write_report(models.of_series(X), X, tmp_path / "page.html").read_text("utf-8")
    assert "24 series in 2 clusters" in page
    assert page.count('class="line mean-line"') == 2
    assert 'class="strong"' in page
    assert re.search(r'role="img" aria-label="row \d+: from [-\d.]+ to [-\d.]+, between', page)


def test_lines_of_series_worked_out_by_hand() -> None:
    lines = SeriesLines.of(np.array([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0], [np.nan] * 3]))
    mean = lines.mean(np.arange(3))
    assert len(mean) == 1
    assert mean[0]["line"] == "0.0,40.0 160.0,40.0 320.0,40.0"
    one = lines.one(0, np.array([0.0, 1.0, -1.0]))
    assert [each.split(",")[0] for each in one["lines"][0].split()] == ["0.0", "160.0", "320.0"]
    assert one["pieces"] == [(106.7, 106.7, 1.0)]
    assert (one["first"], one["last"], one["least"], one["most"]) == ("0", "2", "0", "2")


def test_what_each_input_decides_has_a_section(tmp_path: Path) -> None:
    X = models.several()
    model: Any = models.of_several(X)
    page = write_report(model, X, tmp_path / "page.html").read_text("utf-8")
    assert "What each input decides" in page
    section = page[page.index('<section id="inputs"') : page.index('<section id="comparison"')]
    for name in ("facts", "photo", "title"):
        assert f'<th scope="row">{name}</th>' in section
    assert page.count("<h4>Decided by</h4>") == 2
    assert '<td><img class="inline"' in page
    assert '<section id="inputs"' in write_report(model, X, tmp_path / "zh.html", lang="zh").read_text("utf-8")


def test_where_a_picture_speaks_for_its_cluster_is_coloured() -> None:
    thumbnails = Thumbnails.of(np.full((1, 4, 4), 1.0))
    values = np.zeros((4, 4))
    values[0, 0], values[3, 3] = 1.0, -1.0
    drawn = pixels_of(thumbnails.overlaid(0, values)).astype(int)
    assert drawn[0, 0].tolist() == [round(0.2 * 0.55 * 255 + 0.8 * 255), round(0.2 * 0.55 * 255 + 0.8 * 150),
                                    round(0.2 * 0.55 * 255 + 0.8 * 20)]  # fmt: skip
    assert (drawn[3, 3] == drawn[1, 1]).all()  # what speaks against it is not
    assert np.ptp(drawn[1, 1]) == 0


def test_a_mean_picture_leaves_out_what_is_missing() -> None:
    pictures = np.stack([np.zeros((2, 2)), np.full((2, 2), np.nan), np.full((2, 2), 255.0)])
    thumbnails = Thumbnails.of(pictures)
    assert pixels_of(thumbnails.mean_address(np.arange(3))).tolist() == [[128, 128], [128, 128]]
