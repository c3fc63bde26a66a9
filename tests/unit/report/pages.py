"""Small models and their pages, for the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits

from deepkmeans import DeepKMeans
from deepkmeans.report import write_report

from .explained import explained


def customers(n_rows: int = 400) -> pd.DataFrame:
    """Three kinds of customers."""
    random = np.random.RandomState(0)
    kind = random.choice(3, n_rows, p=[0.5, 0.3, 0.2])
    frame = pd.DataFrame({
        "income (EUR)": np.round(np.array([24_000, 52_000, 91_000])[kind] * np.exp(random.normal(0, 0.1, n_rows))),
        "visits": random.poisson(np.array([3, 12, 6])[kind]).astype(float),
        "score": random.normal(0, 1, n_rows),
        "city": np.array(["Paris", "Lyon", "Lille"])[np.where(random.rand(n_rows) < 0.8, kind, 0)],
        "member": np.where(kind == 1, "yes", "no"),
        "since": pd.to_datetime("2020-01-01") + pd.to_timedelta(random.randint(0, 900, n_rows), "D"),
    })  # fmt: skip
    frame.loc[::17, "visits"] = np.nan
    return frame


def quick(n_clusters: int) -> DeepKMeans:
    return DeepKMeans(n_clusters, objective="dcn", pretrain_epochs=2, max_epochs=2, random_state=0)


def table_page(path: Path, *, n_rows: int = 400, **options: Any) -> Path:
    frame = customers(n_rows)
    model = quick(3).fit(frame)
    return page_of(model, frame, path, **options)


def digit_page(path: Path, **options: Any) -> Path:
    pictures = load_digits().images[:300]
    model = quick(4).fit(pictures)
    return page_of(model, pictures, path, **options)


def text_page(path: Path, **options: Any) -> Path:
    words = (["orbit", "shuttle", "moon", "launch", "nasa"], ["goal", "hockey", "ice", "puck", "team"])
    random = np.random.RandomState(0)
    texts = [" ".join(random.choice(words[row % 2], 8)) for row in range(200)]
    model = quick(2).fit(texts)
    return page_of(model, texts, path, **options)


def foreign_page(path: Path, X: np.ndarray, n_clusters: int, **options: Any) -> Path:
    return page_of(KMeans(n_clusters, n_init=1, random_state=0).fit(X), X, path, **options)


def page_of(model: Any, X: Any, path: Path, *, namer: Any = None, **options: Any) -> Path:
    # In other languages the page says anew what an explanation found, so that needs a whole one.
    explanation = None if options.get("lang", "en") != "en" else explained(model, X, namer)
    return write_report(model, X, path, explanation=explanation, **options)
