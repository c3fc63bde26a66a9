"""What one sees or hears of pictures, recordings and series at once, against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from deepkmeans.data.media.log_mel import LogMel
from deepkmeans.inspection.picture_measures import picture_columns
from deepkmeans.inspection.series_measures import series_columns
from deepkmeans.inspection.sound_measures import sound_columns


def by_name(columns):
    return {column.name: column.values for column in columns}


def test_brightness_of_a_picture_and_of_its_halves() -> None:
    pictures = np.zeros((3, 8, 8))
    pictures[0, :4] = 200.0  # bright above
    pictures[1, :, :2] = 100.0  # a stripe at the left
    pictures[2] = np.nan
    measured = by_name(picture_columns(pictures, 0.0, 200.0))
    assert measured["brightness"][:2] == pytest.approx([50.0, 12.5])
    assert measured["contrast"][0] == pytest.approx(50.0)
    assert measured["upper brightness"][0] == pytest.approx(100.0)
    assert measured["lower brightness"][0] == pytest.approx(0.0)
    assert measured["left brightness"][1] == pytest.approx(25.0)
    assert measured["right brightness"][1] == pytest.approx(0.0)
    assert measured["central brightness"][:2] == pytest.approx([50.0, 0.0])
    # Of 112 steps from one pixel to the next, 8 are from white to black.
    assert measured["fine detail"][0] == pytest.approx(100 * 8 / 112)
    assert all(np.isnan(values[2]) for values in measured.values())
    assert "main colour" not in measured


@pytest.mark.parametrize(
    ("colour", "called"),
    [((255, 0, 0), "red"), ((255, 128, 0), "orange"), ((0, 200, 0), "green"), ((0, 0, 90), "blue"),
     ((255, 0, 128), "pink"), ((90, 90, 90), "grey")],
)  # fmt: skip
def test_colours_are_called_as_people_call_them(colour: tuple[int, int, int], called: str) -> None:
    pictures = np.full((1, 6, 6, 3), colour, dtype=np.float32)
    columns = {column.name: column for column in picture_columns(pictures, 0.0, 255.0)}
    assert columns["main colour"].values.tolist() == [called]
    assert columns["saturation"].values[0] == pytest.approx(100 * (max(colour) - min(colour)) / 255)


def test_a_recording_is_so_long_so_loud_and_so_high() -> None:
    rate = 8000
    time = np.arange(rate) / rate
    steady = 0.5 * np.sin(2 * np.pi * 1000 * time)
    rising = 0.05 * np.sin(2 * np.pi * (500 * time + 500 * time**2))[: rate // 2]  # from 500 to 1000 Hz
    spectrogram = LogMel(rate)
    pictures = np.stack([spectrogram.picture(rate, each) for each in (steady, rising)] + [np.full((40, 48), np.nan)])
    columns = sound_columns([(rate, steady), (rate, rising), None], pictures, spectrogram)
    measured = by_name(columns)
    assert measured["duration"][:2] == pytest.approx([1.0, 0.5])
    assert measured["loudness"][:2] == pytest.approx([10 * np.log10(0.125), 10 * np.log10(0.00125)], abs=0.1)
    assert measured["middle frequency"][0] == pytest.approx(1000, abs=60)
    assert abs(measured["rise of frequency"][0]) < 10 < 200 < measured["rise of frequency"][1]
    assert all(np.isnan(values[2]) for values in measured.values())
    assert {column.name: column.unit for column in columns}["loudness"] == "dB"


def test_a_series_has_a_level_a_trend_and_cycles() -> None:
    time = np.arange(64)
    wave = np.sin(2 * np.pi * 4 * time / 64)
    series = np.stack([5 + 0 * wave, time.astype(float), 2 + 3 * wave, np.full(64, np.nan)])
    measured = by_name(series_columns(series))
    assert measured["level"][:3] == pytest.approx([5.0, 31.5, 2.0])
    assert measured["trend"][:2] == pytest.approx([0.0, 63.0], abs=1e-9)
    assert measured["variation"][:2] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert measured["cycles"][2] == 4
    assert np.isnan(measured["cycles"][0])
    assert all(np.isnan(values[3]) for values in measured.values())


def test_channels_and_lengths_of_series_have_columns() -> None:
    columns = series_columns(np.zeros((2, 10, 2)), np.array([7.0, 10.0]))
    assert [column.name for column in columns][:3] == ["length", "level of channel 0", "trend of channel 0"]
    assert "level of channel 1" in {column.name for column in columns}
    assert "length" not in by_name(series_columns(np.zeros((2, 10)), np.array([10.0, 10.0])))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shape", [(3, 1, 1), (3, 1, 1, 3)])
def test_a_picture_of_one_pixel_has_no_detail(shape: tuple[int, ...]) -> None:
    measured = by_name(picture_columns(np.full(shape, 100.0), 0.0, 200.0))
    assert np.isnan(measured["fine detail"]).all()
    assert measured["brightness"] == pytest.approx([50.0] * 3)
