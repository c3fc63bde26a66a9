"""Tables of every kind of column, and texts, with known groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from deepkmeans import Autoencoder, DeepKMeans

WORDS = [
    ["apple", "pie", "sugar", "oven", "cake", "flour", "butter", "sweet"],
    ["rain", "wind", "cloud", "storm", "sky", "thunder", "cold", "snow"],
    ["engine", "wheel", "brake", "road", "car", "driver", "fuel", "gear"],
]


def groups(n: int = 90, seed: int = 0) -> np.ndarray:
    return np.random.RandomState(seed).randint(0, 3, n)


def texts(n: int = 90, seed: int = 0) -> list[str]:
    """Six words each, of three groups that share none."""
    draw = np.random.RandomState(seed + 1)
    return [" ".join(draw.choice(WORDS[group], 6)) for group in groups(n, seed)]


def mixed(n: int = 90, seed: int = 0, missing: bool = True) -> pd.DataFrame:
    """A number, a price, a category, ordered levels, dates, texts, yes/no; a key and a constant."""
    draw, group = np.random.RandomState(seed + 2), groups(n, seed)
    noisy = np.where(draw.rand(n) < 0.85, group, draw.randint(0, 3, n))
    frame = pd.DataFrame({
        "id": np.arange(1000, 1000 + n),
        "age": draw.randn(n) * 5 + group * 20 + 20,
        "city": np.array(["Rome", "Oslo", "Lima"], dtype=object)[noisy],
        "size": np.array(["low", "medium", "high"], dtype=object)[group],
        "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(group * 300 + draw.randint(0, 200, n), unit="D"),
        "note": texts(n, seed),
        "price": [f"{value:.2f} €" for value in draw.rand(n) * 10 + group * 10],
        "member": np.where(draw.rand(n) < 0.5, "yes", "no"),
        "shop": "main",
    })  # fmt: skip
    if missing:
        frame.loc[::9, "age"] = np.nan
        frame.loc[::11, "city"] = None
        frame.loc[::13, "since"] = pd.NaT
    return frame


def clusterer(**parameters: object) -> DeepKMeans:
    return DeepKMeans(**{"n_clusters": 3, "max_epochs": 2, "random_state": 0, **parameters})


def autoencoder(**parameters: object) -> Autoencoder:
    return Autoencoder(**{"embedding_dim": 2, "max_epochs": 2, "random_state": 0, **parameters})


def letters(given: list[str]) -> np.ndarray:
    """An encoder of texts: how often each letter is in them."""
    return np.array([[text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in given], dtype=float)
