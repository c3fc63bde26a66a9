"""Tasks with known classes on which the judge of partitions is learnt and measured.

Of each table of clubench/NAME.npz: the table itself ("NAME~0") and four cuts of it, some of its classes, classes of
unequal size, some of its columns, or two of these at once ("NAME~1" to "NAME~4"); and generated tables of another seed
than that of ``trust``. At most 1,500 rows each. Sets that share rows are one *family*, and are left out together.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from . import generated

__all__ = ["CUTS", "family", "load", "names"]

CUTS = 5
_GENERATED, _GENERATED_SEED = "generated-", 7
_MOST_ROWS, _FEWEST_ROWS, _FEWEST_OF_A_CLASS = 1_500, 40, 5
_SAME_ROWS = {"wine_customer": "wine", "predicting_pulsar_star": "htru2"}


def names(data: Path | None, n_generated: int) -> list[str]:
    """Every task: of the real tables within ``data``, then generated ones."""
    real = [] if data is None else sorted(path.stem for path in (data / "clubench").glob("*.npz"))
    return [f"{name}~{cut}" for cut in range(CUTS) for name in real] + [
        f"{_GENERATED}{number:04d}" for number in range(n_generated)
    ]


def family(task: str) -> str:
    """What is left out together with a task."""
    name = task.split("~")[0]
    return _SAME_ROWS.get(name, name)


def load(task: str, data: Path | None) -> tuple[np.ndarray, np.ndarray] | None:
    """Rows (n, d) and classes (n,) from 0; None where a cut leaves too little."""
    if task.startswith(_GENERATED):
        X, y, _ = generated.table(int(task.removeprefix(_GENERATED)), _GENERATED_SEED)
    else:
        if data is None:
            raise ValueError(f"{task!r} needs --data, a folder with clubench/NAME.npz")
        name, cut = task.split("~")
        with np.load(data / "clubench" / f"{name}.npz", allow_pickle=False) as file:
            X, y = file["X"].astype(np.float64), np.unique(file["y"], return_inverse=True)[1]
        present = np.isfinite(X)
        means = np.where(present, X, 0).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
        X = np.where(present, X, means)
        X, y = _cut(X, y, int(cut))
    y = np.unique(y, return_inverse=True)[1]
    enough = np.bincount(y) >= _FEWEST_OF_A_CLASS
    X, y = X[enough[y]], np.unique(y[enough[y]], return_inverse=True)[1]
    X = X[:, X.max(axis=0) > X.min(axis=0)] if len(X) else X
    return (X, y) if len(X) >= _FEWEST_ROWS and X.shape[1] and len(np.unique(y)) > 1 else None


def _cut(X: np.ndarray, y: np.ndarray, cut: int) -> tuple[np.ndarray, np.ndarray]:
    random, k = np.random.RandomState(1000 + cut), int(y.max()) + 1
    limit = _MOST_ROWS
    if cut:
        keep = np.arange(len(y))
        if cut == 1 and k > 2:
            keep = np.flatnonzero(np.isin(y, random.permutation(k)[: random.randint(2, k)]))
        elif cut in (1, 2):
            shares = 10 ** random.uniform(-1, 0, k)
            own = [random.permutation(np.flatnonzero(y == c)) for c in range(k)]
            keep = np.concatenate([
                rows[: max(10, int(len(rows) * share))] for rows, share in zip(own, shares, strict=True)
            ])  # fmt: skip
        if cut == 3 or random.uniform() < 0.3:
            d = X.shape[1]
            X = X[:, random.permutation(d)[: max(2, int(d * random.uniform(0.4, 0.9)))]]
        X, y, limit = X[keep], y[keep], int(random.choice([300, 700, _MOST_ROWS]))
    index = random.permutation(len(y))[:limit]
    return X[index], y[index]
