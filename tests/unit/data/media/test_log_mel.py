"""Spectrograms: bands by hand, rates, silence around a sound, one size whatever the length."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from deepkmeans.data.media.log_mel import LogMel, mel_filters
from tests.unit.data.media.sounds import RATE, sweep, tone


def test_filters_by_hand() -> None:
    # Half of 2,000 Hz is 1,000 Hz, nearly 1,000 mel; two bands have their corners at 0, 333.3, 666.7 and 1,000 mel:
    # 0, 240.9, 564.8 and 1,000 Hz. A transform of 4 samples knows 0, 500 and 1,000 Hz.
    filters = mel_filters(2000, 2, 4)
    assert filters.dtype == torch.float32 and filters.shape == (3, 2)
    expected = [[0, 0], [(564.8 - 500) / (564.8 - 240.9), (500 - 240.9) / (564.8 - 240.9)], [0, 0]]
    np.testing.assert_allclose(filters, expected, atol=1e-3)


@pytest.mark.parametrize(("rate", "n_mels"), [(8000, 40), (16000, 40), (16000, 64), (4000, 40)])
def test_no_band_is_empty(rate: int, n_mels: int) -> None:
    spectrogram = LogMel(rate, n_mels)
    assert (mel_filters(rate, n_mels, spectrogram.n_fft).sum(0) > 0.3).all()


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100, 48000])
def test_a_tone_is_in_its_band_whatever_the_rate(rate: int) -> None:
    # 4,000 Hz are 2,146.1 mel, so 41 steps of 52.34; 1,000 Hz are 1,000 mel, 19.1 steps: the 19th band, number 18.
    decibels = LogMel(RATE).decibels(rate, tone(1000, 0.5, rate).astype(np.float32))
    assert decibels.shape[0] == 40
    assert (decibels[:, 3:-3].argmax(0) == 18).all()
    picture = LogMel(RATE).picture(rate, tone(1000, 0.5, rate).astype(np.float32))
    assert (picture.argmax(0) == 18).all() and np.ptp(picture) <= 40.001 and abs(picture.mean()) < 1e-3


def test_loudness_is_not_told() -> None:
    spectrogram, samples = LogMel(RATE), sweep(300, 3000, 0.6).astype(np.float32)
    np.testing.assert_allclose(spectrogram.picture(RATE, samples), spectrogram.picture(RATE, samples / 64), atol=1e-3)


def test_silence_around_a_sound_is_cut_off() -> None:
    spectrogram, samples = LogMel(RATE), sweep(300, 3000, 0.6)
    silent = np.zeros(RATE)
    alone, within = (
        spectrogram.picture(RATE, x.astype(np.float32)) for x in (samples, np.concatenate([silent, samples, silent]))
    )
    assert np.corrcoef(alone.ravel(), within.ravel())[0, 1] > 0.9


@pytest.mark.parametrize("seconds", [0.001, 0.02, 0.4, 3.0])
def test_any_length_has_one_size(seconds: float) -> None:
    spectrogram = LogMel(RATE, 40, 24)
    picture = spectrogram.picture(RATE, sweep(300, 3000, seconds).astype(np.float32))
    assert picture.shape == (40, 24) and picture.dtype == np.float32 and np.isfinite(picture).all()
    if seconds >= 0.4:  # the same sweep, slower: the same picture
        other = spectrogram.picture(RATE, sweep(300, 3000, 0.8).astype(np.float32))
        assert np.corrcoef(picture.ravel(), other.ravel())[0, 1] > 0.9


def test_long_recordings_go_through_in_blocks() -> None:
    spectrogram, samples = LogMel(RATE), np.random.RandomState(0).randn(25 * RATE).astype(np.float32)
    decibels = spectrogram.decibels(RATE, samples)  # more than a block of moments
    assert decibels.shape[1] == 1 + (25 * RATE - 200) // 80
    alone = spectrogram.decibels(RATE, samples[2100 * 80 : 2100 * 80 + 200])
    shift = decibels[:, 2100] - alone[:, 0]
    np.testing.assert_allclose(shift, shift.mean().expand(40), atol=1e-3)


def test_the_middles_of_the_bands_are_where_the_filters_are_highest() -> None:
    spectrogram = LogMel(8000)
    filters = mel_filters(8000, 40, 2**16)
    assert spectrogram.frequencies == pytest.approx(filters.argmax(0).numpy() * 8000 / 2**16, abs=0.1)
