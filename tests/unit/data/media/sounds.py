"""Recordings for tests: tones, and files of them."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from scipy.io import wavfile

RATE = 8000


def tone(frequency: float, seconds: float = 0.5, rate: int = RATE) -> np.ndarray:
    """Samples (n,), float64, of half the largest loudness."""
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)


def sweep(start: float, end: float, seconds: float, rate: int = RATE) -> np.ndarray:
    """Samples of a tone that goes from one frequency to another."""
    t = np.arange(round(seconds * rate)) / rate
    return 0.5 * np.sin(2 * np.pi * (start * t + (end - start) * t**2 / (2 * seconds)))


def write_wav(path: Path, samples: np.ndarray, kind: str = "int16", rate: int = RATE) -> Path:
    """A wav file of samples in [-1, 1], in one of its encodings."""
    if kind == "uint8":
        samples = np.round(samples * 127 + 128).astype(np.uint8)
    elif kind == "int24":
        whole = np.round(samples * (2**23 - 1)).astype("<i4")
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(3)
            file.setframerate(rate)
            file.writeframes(whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
        return path
    elif kind.startswith("int"):
        samples = np.round(samples * np.iinfo(kind).max).astype(kind)
    else:
        samples = samples.astype(kind)
    wavfile.write(path, rate, samples)
    return path
