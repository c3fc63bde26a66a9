"""One recording as a rate and samples of one channel: of a file, or of an array with its rate."""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io.wavfile

from ..._optional import require
from ...exceptions import MissingDependencyError
from .audio_length import announced_bytes, lacks_samples

__all__ = ["MOST_SECONDS", "UnreadableRecordingError", "is_large", "read_recording"]

_WAV = (".wav", ".wave")
#: Of a longer recording this much is read, from its beginning.
MOST_SECONDS = 600
#: Rates beyond these are those of no recording.
_RATES = (100, 10_000_000)
#: More samples than this are much for the memory, and so are files of more bytes, wav and others.
_MANY_SAMPLES, _MANY_BYTES, _MANY_ENCODED = 2**24, 2**25, 2**22
#: Bytes in which a file of MPEG audio has its first frame; what other recordings and what other files begin with.
_LOOKED_AT, _SOUND = 2**16, (b"ID3", b"RIFF", b"OggS", b"fLaC", b"FORM", b".snd", b"caff")
_NO_SOUND = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"%PDF")
_INSTALL = "pip install 'deepkmeans[audio]' reads more encodings"


class UnreadableRecordingError(ValueError):
    """Why a recording gives no samples, in a few words."""


def read_recording(source: Path | tuple[int, Any]) -> tuple[int, np.ndarray]:
    """Rate and samples (n,), float32, the mean of all channels without its own mean.

    Parameters
    ----------
    source : Path, or (rate, samples)
        Samples (n,) or (n, channels); whole numbers are in parts of the largest one of their type, those of 64 bits of
        the least one of 16, 32 or 64 bits that holds them all.

    Raises
    ------
    UnreadableRecordingError
    MissingDependencyError
        For a file that needs soundfile, which is not installed.
    """
    rate, samples = source if isinstance(source, tuple) else _read_file(source)
    if not _RATES[0] <= rate <= _RATES[1]:
        raise UnreadableRecordingError(f"its rate is {rate:,} Hz")
    mono = _one_channel(samples[: MOST_SECONDS * rate])
    if not mono.size:
        raise UnreadableRecordingError("it has no samples")
    if not np.isfinite(mono).all():
        raise UnreadableRecordingError("it has samples that are no finite numbers")
    mono -= mono.mean(dtype=np.float64).astype(np.float32)
    if not mono.any():
        raise UnreadableRecordingError("it is silent: all samples are the same")
    return int(rate), mono


def is_large(source: Path | tuple[int, Any]) -> bool:
    """Whether a recording may take so much memory that one should be read at a time."""
    if isinstance(source, tuple):
        return int(source[1].size) > _MANY_SAMPLES
    try:
        size = os.stat(source).st_size
    except OSError:  # reading it says why
        return False
    return size > (_MANY_BYTES if source.suffix.lower() in _WAV else _MANY_ENCODED)


def _read_file(path: Path) -> tuple[int, np.ndarray]:
    try:
        read = _read_wav(path) if path.suffix.lower() in _WAV else _read_encoded(path)
        _refuse_cut_short(path)
        return read
    except (MissingDependencyError, UnreadableRecordingError):
        raise
    except FileNotFoundError:
        raise UnreadableRecordingError("there is no such file") from None
    except PermissionError:
        raise UnreadableRecordingError("its permissions forbid reading it") from None
    except Exception as error:  # of damaged files readers say so in many ways
        said = " ".join(str(getattr(error, "error_string", error)).split()).rstrip(".")
        raise UnreadableRecordingError(f"it cannot be decoded ({said[:200] or type(error).__name__})") from error


def _read_wav(path: Path) -> tuple[int, np.ndarray]:
    """By scipy, which needs no other package; encodings that it does not know by soundfile, if that is installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of chunks that are no samples
            if is_large(path):
                with contextlib.suppress(ValueError):  # 24 bits are not in memory as they are in the file
                    return scipy.io.wavfile.read(path, mmap=True)
            return scipy.io.wavfile.read(path)
    except OSError:
        raise
    except Exception as error:
        try:
            return _read_encoded(path)
        except MissingDependencyError:
            raise ValueError(f"{str(error).rstrip('.')}; {_INSTALL}") from None


def _refuse_cut_short(path: Path) -> None:
    """Refuse a file whose header announces more samples than there are."""
    length = announced_bytes(path)
    if length is not None and lacks_samples(*length):
        announced, there = length
        raise UnreadableRecordingError(f"it is cut short: {there:,} of {announced:,} bytes of samples are there")


def _refuse_no_mpeg(path: Path) -> None:
    """Refuse what is called .mp3 and is none: its decoder writes of that to the standard error of the process."""
    with open(path, "rb") as file:
        start = file.read(_LOOKED_AT)
    if start.startswith(_NO_SOUND) or not (start.startswith(_SOUND) or re.search(rb"\xff[\xe0-\xff]", start)):
        raise UnreadableRecordingError("it is no recording: it begins like none")


def _read_encoded(path: Path) -> tuple[int, np.ndarray]:
    purpose = f"Reading {path.suffix.lower().removeprefix('.') or 'such'} recordings"
    soundfile = require("soundfile", extra="audio", purpose=purpose)
    if path.suffix.lower() == ".mp3":
        _refuse_no_mpeg(path)
    with soundfile.SoundFile(path) as file:
        most = MOST_SECONDS * file.samplerate
        samples = file.read(most, dtype="float32", always_2d=True)
        announced = min(file.frames, most)
    if path.suffix.lower() == ".mp3" and lacks_samples(announced, len(samples)):  # its length is in its first frame
        raise UnreadableRecordingError(f"it is cut short: {len(samples):,} of {announced:,} samples are there")
    return file.samplerate, samples


def _one_channel(samples: Any) -> np.ndarray:
    """The mean of the channels of samples (n,) or (n, channels), as float32 of about -1 to 1; a copy."""
    kind, size = samples.dtype.kind, samples.dtype.itemsize
    mono = samples.mean(axis=1, dtype=np.float64) if samples.ndim == 2 else samples.astype(np.float64)
    if samples.dtype == np.int64:  # what Python counts in, and no recorder: the least width that holds all
        largest = max(abs(int(samples.min(initial=0))), int(samples.max(initial=0)))
        size = next((width for width in (2, 4) if largest < 2 ** (8 * width - 1)), 8)
    if kind in "iu":
        mono = mono / 2.0 ** (8 * size - 1) - (kind == "u")
    return np.asarray(mono, dtype=np.float32)
