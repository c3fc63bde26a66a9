"""What users do with a mixed table today, each with the preparation that its users give it; frames to labels.

The one-hot pipeline and k-prototypes are handed the kinds of the columns, which a user would have to look up: keys,
constants, empty columns and free text left out, dates as a number of seconds. TableVectorizer finds kinds by itself,
and is spared the keys. ``pip install kmodes skrub`` for two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

__all__ = ["MIXED_PEERS", "Labeller"]

Labeller = Callable[[pd.DataFrame, Mapping[str, str], int, int], np.ndarray]
#: k-prototypes is fitted on at most so many rows, from so many starts; the others get their nearest prototype.
_PROTOTYPE_ROWS, _PROTOTYPE_STARTS = 1000, 2


def _usable(frame: pd.DataFrame, kinds: Mapping[str, str]) -> tuple[pd.DataFrame, list[str], list[str]]:
    """The columns that are numbers or levels, numbers first by name; dates are numbers."""
    frame, numbers, levels = frame.copy(), [], []
    for name in frame.columns:
        if kinds[name] == "number":
            numbers.append(name)
        elif kinds[name] == "date":
            stamps = pd.to_datetime(frame[name], format="mixed").to_numpy().astype("datetime64[s]")
            frame[name] = np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64))
            numbers.append(name)
        elif kinds[name] in ("category", "ordinal"):
            frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
            levels.append(name)
    return frame, numbers, levels


def _kmeans(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(k, n_init=10, random_state=seed).fit_predict(X))


def _one_hot(frame: pd.DataFrame, kinds: Mapping[str, str], k: int, seed: int) -> np.ndarray:
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    frame, numbers, levels = _usable(frame, kinds)
    coded = make_pipeline(
        SimpleImputer(strategy="most_frequent", missing_values=None), OneHotEncoder(sparse_output=False)
    )
    pipeline = make_pipeline(
        make_column_transformer((SimpleImputer(), numbers), (coded, levels)), StandardScaler()
    )
    return _kmeans(pipeline.fit_transform(frame), k, seed)


def _prototypes(frame: pd.DataFrame, kinds: Mapping[str, str], k: int, seed: int) -> np.ndarray:
    from kmodes.kprototypes import KPrototypes
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    frame, numbers, levels = _usable(frame, kinds)
    scaled = make_pipeline(SimpleImputer(), StandardScaler()).fit_transform(frame[numbers]) if numbers else None
    if not levels:
        assert scaled is not None
        return _kmeans(scaled, k, seed)
    cells = np.empty((len(frame), len(numbers) + len(levels)), dtype=object)
    if scaled is not None:
        cells[:, : len(numbers)] = scaled
    cells[:, len(numbers) :] = frame[levels].where(frame[levels].notna(), "missing").to_numpy()
    coded = list(range(len(numbers), cells.shape[1]))
    order = np.random.RandomState(0).permutation(len(cells))[:_PROTOTYPE_ROWS]
    model = KPrototypes(k, n_init=_PROTOTYPE_STARTS, random_state=seed)
    model.fit(cells[order], categorical=coded)
    return np.asarray(model.predict(cells, categorical=coded))


def _vectorised(frame: pd.DataFrame, kinds: Mapping[str, str], k: int, seed: int) -> np.ndarray:
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from skrub import TableVectorizer

    pipeline = make_pipeline(TableVectorizer(), SimpleImputer(), StandardScaler())
    keys = [name for name in frame.columns if kinds[name] == "identifier"]
    return _kmeans(pipeline.fit_transform(frame.drop(columns=keys)), k, seed)


MIXED_PEERS: dict[str, Labeller] = {
    "one-hot": _one_hot, "k-prototypes": _prototypes, "table-vectorizer": _vectorised,
}  # fmt: skip
