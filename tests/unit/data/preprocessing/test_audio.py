"""Recordings are read by several threads: the same rows and reasons in the order in which they were given."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from deepkmeans.data.given import GivenInput
from deepkmeans.data.media import threads
from deepkmeans.data.preprocessing import audio
from deepkmeans.data.preprocessing.audio import AudioPreprocessor
from tests.unit.data.media.sounds import RATE, tone, write_wav


@pytest.fixture
def paths(tmp_path: Path) -> list[Path | None]:
    """40 tones of two rates; the fifth and the last but one are texts, the seventh is missing."""
    given: list[Path | None] = []
    for row in range(40):
        rate = RATE if row % 3 else 2 * RATE
        given.append(write_wav(tmp_path / f"{row:02}.wav", tone(300 + 40 * row, 0.1 + 0.01 * row, rate), rate=rate))
    for row in (4, 38):
        given[row].write_text("no recording")
    given[6] = None
    return given


def test_alike_on_one_processor_and_on_four(paths: list[Path | None], monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for count in (1, 4):
        monkeypatch.setattr(threads, "usable_cpus", lambda count=count: count)
        found.append(AudioPreprocessor.fit(GivenInput("audio", paths)))
    (one, X), (four, Y) = found
    assert np.array_equal(X, Y, equal_nan=True) and one.report() == four.report()
    assert np.flatnonzero(np.isnan(X).all(axis=1)).tolist() == [4, 6, 38]
    assert [each["row"] for each in four.findings["skipped"]] == [4, 6, 38]
    assert four.findings["rates"] == {str(RATE): 24, str(2 * RATE): 13}
    assert four.findings["seconds"]["longest"] == pytest.approx(0.49)
    alone = AudioPreprocessor(four.spectrogram).transform(GivenInput("audio", paths[9:10]))
    assert np.array_equal(alone[0], Y[9])


def test_threads_leave_the_process_as_it_was(paths: list[Path | None]) -> None:
    filters, count = list(warnings.filters), torch.get_num_threads()
    AudioPreprocessor.fit(GivenInput("audio", paths))
    assert warnings.filters == filters and torch.get_num_threads() == count


def test_one_large_recording_at_a_time(paths: list[Path | None], monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most = 0, 0
    read_recording = audio.read_recording

    def counted(recording):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        try:
            return read_recording(recording)
        finally:
            at_once -= 1

    monkeypatch.setattr(threads, "usable_cpus", lambda: 4)
    monkeypatch.setattr(audio, "read_recording", counted)
    monkeypatch.setattr(audio, "is_large", lambda recording: True)
    AudioPreprocessor.fit(GivenInput("audio", paths))
    assert most == 1
