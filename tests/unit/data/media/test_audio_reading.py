"""Samples of recordings: every encoding alike, channels, and what cannot be read with its reason."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from deepkmeans.data.media import audio_reading
from deepkmeans.data.media.audio_length import announced_bytes, lacks_samples
from deepkmeans.data.media.audio_reading import UnreadableRecordingError, read_recording
from deepkmeans.exceptions import MissingDependencyError
from tests.unit.data.media.sounds import RATE, tone, write_wav


def no_soundfile(module: str, *, extra: str, purpose: str) -> None:
    raise MissingDependencyError(f"{purpose} needs the package 'soundfile'; pip install 'deepkmeans[{extra}]'")


@pytest.mark.parametrize("kind", ["uint8", "int16", "int24", "int32", "float32", "float64"])
def test_wav_needs_no_other_package(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_reading, "require", no_soundfile)
    rate, samples = read_recording(write_wav(tmp_path / "a.wav", tone(440), kind))
    assert (rate, samples.dtype) == (RATE, np.float32)
    np.testing.assert_allclose(samples, tone(440), atol=1 / 64 if kind == "uint8" else 1e-4)


@pytest.mark.parametrize(("suffix", "atol"), [(".flac", 1e-4), (".ogg", 0.1), (".wav", 1e-3)])
def test_other_encodings(suffix: str, atol: float, tmp_path: Path) -> None:
    soundfile = pytest.importorskip("soundfile")
    path = tmp_path / f"a{suffix}"
    soundfile.write(path, tone(440), RATE, subtype="ULAW" if suffix == ".wav" else None)  # none of scipy's
    rate, samples = read_recording(path)
    assert rate == RATE
    np.testing.assert_allclose(samples, tone(440), atol=max(atol, 0.02 if suffix == ".wav" else 0))


def test_what_needs_a_package_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_reading, "require", no_soundfile)
    with pytest.raises(MissingDependencyError, match=r"Reading flac recordings.*deepkmeans\[audio\]"):
        read_recording(tmp_path / "a.flac")
    (tmp_path / "b.wav").write_text("no recording")
    with pytest.raises(UnreadableRecordingError, match=r"pip install 'deepkmeans\[audio\]' reads more encodings"):
        read_recording(tmp_path / "b.wav")


def test_channels_are_averaged_and_a_constant_is_taken_away() -> None:
    left, right = tone(440), tone(880)
    _, samples = read_recording((RATE, np.stack([left, right], axis=1) + 0.25))
    np.testing.assert_allclose(samples, (left + right) / 2, atol=1e-6)
    _, both = read_recording((RATE, np.stack([left, left], axis=1)))
    np.testing.assert_array_equal(both, read_recording((RATE, left))[1])


def test_whole_numbers_are_parts_of_the_largest() -> None:
    for kind, most in (("int16", 2**15), ("int64", 2**15), ("int64", 2**31), ("int64", 2**63), ("uint8", 2**7)):
        zero = most if kind == "uint8" else 0
        _, samples = read_recording((RATE, np.array([zero, zero + most // 2, zero, zero - most // 2], dtype=kind)))
        np.testing.assert_array_equal(samples, [0, 0.5, 0, -0.5])


@pytest.mark.parametrize(
    ("samples", "reason"),
    [([], "no samples"), ([0.0, np.nan], "no finite"), ([np.inf, 0.0], "no finite"), ([3.0, 3.0], "silent")],
)
def test_arrays_without_sound(samples: list[float], reason: str) -> None:
    with pytest.raises(UnreadableRecordingError, match=reason):
        read_recording((RATE, np.array(samples)))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    whole = write_wav(tmp_path / "whole.wav", tone(440)).read_bytes()
    silent = whole[:44] + bytes(8000)
    files = {"text.wav": b"no recording", "empty.wav": b"", "cut.wav": whole[:20], "silent.wav": silent}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnreadableRecordingError, match="silent" if name == "silent.wav" else "cannot be decoded"):
            read_recording(tmp_path / name)
    with pytest.raises(UnreadableRecordingError, match="no such file"):
        read_recording(tmp_path / "gone.wav")
    if os.geteuid():
        (tmp_path / "whole.wav").chmod(0)
        with pytest.raises(UnreadableRecordingError, match="permissions"):
            read_recording(tmp_path / "whole.wav")


def test_a_long_recording_is_read_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_reading, "MOST_SECONDS", 1)
    assert len(read_recording((RATE, tone(440, 1.5)))[1]) == RATE


@pytest.mark.parametrize("kind", ["uint8", "int16", "int24", "float32"])
def test_large_files_are_read_as_small_ones(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_wav(tmp_path / "a.wav", tone(440), kind)
    small = read_recording(path)[1]
    assert not audio_reading.is_large(path) and not audio_reading.is_large((RATE, small))
    monkeypatch.setattr(audio_reading, "_MANY_BYTES", 100)
    assert audio_reading.is_large(path) and not audio_reading.is_large(tmp_path / "gone.wav")
    np.testing.assert_array_equal(read_recording(path)[1], small)
    monkeypatch.setattr(audio_reading, "_MANY_SAMPLES", 100)
    assert audio_reading.is_large((RATE, small))


@pytest.mark.parametrize("start", [b"\x89PNG\r\n\x1a\n\xff\xfb", b"Dear Sir or Madam\n", b"%PDF-1.7\xff\xfb", b""])
def test_what_is_no_mpeg_audio_is_not_decoded(start: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("soundfile")
    path = tmp_path / "a.mp3"
    path.write_bytes(start * 400)
    with pytest.raises(UnreadableRecordingError, match="^it is no recording: it begins like none$"):
        read_recording(path)
    assert capfd.readouterr().err == ""  # the decoder writes there itself


def test_mpeg_audio_and_other_recordings_that_are_called_so_are_decoded(tmp_path: Path) -> None:
    soundfile = pytest.importorskip("soundfile")
    for format in ("MP3", "WAV", "FLAC", "OGG"):
        if format in soundfile.available_formats():
            soundfile.write(tmp_path / "a.mp3", tone(440), RATE, format=format)
            assert read_recording(tmp_path / "a.mp3")[0] == RATE


def rewritten(whole: bytes, announced: int) -> bytes:
    """A wav file whose header announces so many bytes of samples."""
    return whole[:40] + announced.to_bytes(4, "little") + whole[44:]


def test_a_recording_that_was_cut_short_is_told(tmp_path: Path) -> None:
    whole = write_wav(tmp_path / "whole.wav", tone(440)).read_bytes()
    (tmp_path / "half.wav").write_bytes(whole[:3000])
    with pytest.raises(UnreadableRecordingError, match=r"it is cut short: 2,956 of 8,000 bytes of samples are there"):
        read_recording(tmp_path / "half.wav")


@pytest.mark.parametrize("announced", [0, 0x7FFFF000, 0x80000000, 0xFFFFFFFF, 8044, 7000])
def test_a_recording_from_a_pipe_does_not_know_its_length(announced: int, tmp_path: Path) -> None:
    whole = write_wav(tmp_path / "whole.wav", tone(440)).read_bytes()
    (tmp_path / "piped.wav").write_bytes(rewritten(whole, announced))
    length = announced_bytes(tmp_path / "piped.wav")
    assert length is None or not lacks_samples(*length)


@pytest.mark.parametrize("suffix", [".aiff", ".au", ".caf", ".flac", ".mp3", ".wav"])
def test_other_recordings_that_were_cut_short(suffix: str, tmp_path: Path) -> None:
    soundfile = pytest.importorskip("soundfile")
    path = tmp_path / f"a{suffix}"
    soundfile.write(path, tone(440, 5.0), RATE, subtype="ULAW" if suffix == ".wav" else None)
    assert len(read_recording(path)[1])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableRecordingError, match="it is cut short|it cannot be decoded"):
        read_recording(path)


def test_headers_that_end_too_soon_or_tell_no_length(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    endless = b"caff" + bytes(4) + b"free" + b"\xff" * 8
    for start in (b"", b".snd\0", b"RIFF", b"RIFF1234WAVEfmt ", endless, b"text" * 9):
        path.write_bytes(start)
        assert announced_bytes(path) is None
