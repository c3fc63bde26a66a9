"""Quick models of tiny pictures, recordings, series, and of several inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.io import wavfile

from deepkmeans import DeepKMeans, InputSpec

QUICK = {"pretrain_epochs": 1, "max_epochs": 2, "random_state": 0, "objective": "dcn"}


def picture_folder(folder: Path, n_pictures: int = 24) -> Path:
    """Every other picture is red above, the others blue at the left; one file is none."""
    from PIL import Image

    folder.mkdir()
    random = np.random.RandomState(0)
    for number in range(n_pictures):
        pixels = random.randint(0, 60, (16, 16, 3))
        pixels[[np.s_[:8], np.s_[:, :8]][number % 2]] += [[190, 0, 0], [0, 0, 190]][number % 2]
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{('above', 'left')[number % 2]}-{number:02}.png")
    (folder / "broken.png").write_text("no picture")
    return folder


def recording_folder(folder: Path, n_recordings: int = 20) -> Path:
    """Every other recording is high, the others are low."""
    folder.mkdir()
    random = np.random.RandomState(0)
    for number in range(n_recordings):
        time = np.arange(2400) / 8000
        tone = np.sin(2 * np.pi * (600, 2500)[number % 2] * time * random.uniform(0.95, 1.05))
        samples = (12_000 * tone + 200 * random.randn(2400)).astype(np.int16)
        wavfile.write(folder / f"{('low', 'high')[number % 2]}-{number:02}.wav", 8000, samples)
    return folder


def waves(n_series: int = 24) -> np.ndarray:
    """Two or six cycles."""
    random, time = np.random.RandomState(0), np.linspace(0, 1, 40)
    cycles = np.where(np.arange(n_series) % 2, 6, 2)[:, None]
    return np.sin(2 * np.pi * (cycles * time + random.rand(n_series, 1))) + 0.1 * random.randn(n_series, 40)


def several(n_samples: int = 40) -> dict[str, Any]:
    """Row 0 has no title, row 1 no facts, row 2 neither."""
    random, kind = np.random.RandomState(0), np.arange(n_samples) % 2
    titles: list[str | None] = [" ".join(random.choice((["red", "apple"], ["fast", "car"])[k], 3)) for k in kind]
    price, weight = (times * kind + random.randn(n_samples) for times in (10.0, 5.0))
    facts = pd.DataFrame({"price": price, "weight": weight})
    titles[0], facts.loc[1] = None, np.nan
    titles[2], facts.loc[2] = None, np.nan
    pictures = random.randint(0, 60, (n_samples, 8, 8)).astype(float)
    pictures[kind == 1, :4] += 150
    return {"title": titles, "facts": facts, "photo": pictures}


def of_pictures(folder: Path) -> DeepKMeans:
    return DeepKMeans(2, **QUICK).fit(folder)


def of_recordings(folder: Path) -> DeepKMeans:
    return DeepKMeans(2, **QUICK).fit(folder)


def of_series(X: np.ndarray) -> DeepKMeans:
    return DeepKMeans(2, preprocessor=InputSpec(kind="series"), **QUICK).fit(X)


def of_several(X: dict[str, Any]) -> DeepKMeans:
    return DeepKMeans(2, pretrain_epochs=1, max_epochs=2, random_state=0).fit(X)
