"""What the calibration benchmark looks at: Gaussian mixtures with known overlap, and open sets with known classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

__all__ = ["MIXTURES", "OPEN", "PREFIX", "TABLES", "load_task", "mixture", "with_outliers"]

PREFIX = "mixture-"
#: Mixtures of one seed.
MIXTURES = 36
_CLUSTERS, _COLUMNS, _ROWS = (2, 3, 5, 8, 12, 4), (2, 5, 10, 20, 50), (1000, 2000, 3000)
_APART = (2.0, 2.5, 3.0, 3.5, 4.0, 6.0)
OPEN = ("mnist", "fashion_mnist", "pendigits", "optdigits", "dry_bean", "mv_handwritten")
_FOLDER = "clubench"
#: Of that folder, drawn once among the tables of 300 rows and more that are none of the others.
TABLES = (
    "banknote_authentication", "breast_cancer_wisconsin_original", "cardiovascular_study",
    "classification_in_asteroseismology", "crowdsourced_mapping", "date_fruit", "dermatology", "ecoli",
    "fetal_health_classification", "htru2", "ionosphere", "mammographic_mass", "music_genre_classification",
    "pistachio", "raisin", "rice_dataset_cammeo_and_osmancik", "smoker_condition", "spambase", "water_quality",
    "website_phishing",
)  # fmt: skip


def mixture(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows (n, d) and components (n,) of a mixture of round Gaussians; every third has sizes from 0.75 to 1.35.

    Centres are in the median 2 to 6 deviations from the nearest other one.
    """
    random = np.random.RandomState([7, number])
    k, d, n = _CLUSTERS[number % 6], _COLUMNS[number % 5], _ROWS[number % 3]
    centers = random.standard_normal((k, d))
    gaps = np.linalg.norm(centers[:, None] - centers, axis=2)
    np.fill_diagonal(gaps, np.inf)
    centers *= _APART[number // 2 % 6] / np.median(gaps.min(1))
    shares = random.dirichlet(np.full(k, 5.0)) if number % 2 else np.full(k, 1 / k)
    y = random.choice(k, n, p=shares)
    spread = np.exp(random.uniform(-0.3, 0.3, k)) if number % 3 == 0 else np.ones(k)
    return centers[y] + random.standard_normal((n, d)) * spread[y, None], np.unique(y, return_inverse=True)[1]


def load_task(name: str, data: Path | None, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows, pictures in their shape, and classes from 0; at most ``limit`` rows, drawn with seed 0."""
    if name.startswith(PREFIX):
        return mixture(int(name.removeprefix(PREFIX)))
    if data is None:
        raise ValueError(f"{name!r} is no generated mixture; name the folder that holds {name}/{name}.npz with --data")
    with np.load(data / (name if name in OPEN else _FOLDER) / f"{name}.npz", allow_pickle=False) as file:
        views = sorted(key for key in file.files if key.startswith("view_") and key != "view_names")
        X, y = np.hstack([file[key] for key in views]) if views else file["X"], file["y"]
    index = np.sort(np.random.RandomState(0).permutation(len(y))[:limit])
    X, y = X[index], np.asarray(y)[index]
    return X, np.unique(y, return_inverse=True)[1]


def with_outliers(X: np.ndarray, wide: bool) -> tuple[np.ndarray, np.ndarray]:
    """Rows with 2% outliers after them, and which these are: even in the box of the columns' ranges, each of which
    is a fifth wider, or twice as wide."""
    random, count = np.random.RandomState(0), max(2, round(0.02 * len(X)))
    low, high = X.min(0), X.max(0)
    more = (0.5 if wide else 0.1) * (high - low)
    outliers = random.uniform(low - more, high + more, (count, X.shape[1]))
    return np.vstack([X, outliers]), np.r_[np.zeros(len(X), dtype=bool), np.ones(count, dtype=bool)]
