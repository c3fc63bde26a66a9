"""K-Means alone, beside scikit-learn's, scikit-learn-intelex's, faiss's and fastkmeans's: inertia, time, memory.

All get the same float32 rows; a first small fit, not counted, loads what each loads late. The inertia is computed
again from the centres, in float64, by the same lines for all. deepkmeans, scikit-learn and scikit-learn-intelex stop
by the same rule: no label changes, or the centres move by less than 1e-4 of the mean variance of the columns, after
at most 300 rounds. faiss and fastkmeans know no such rule and run their default of 25 rounds; faiss takes a sample of
256 rows a cluster unless told otherwise, and is told to take all.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .kmeans_cases import CASES, rows_of
from .runner import Row, timed
from .tables import geometric_mean, render

DATASETS = tuple(CASES)
#: Peers that are timed once for every seed; the restarts run once.
METHODS = ("deepkmeans", "lloyd", "elkan", "intelex", "faiss", "fastkmeans")
RESTARTS = ("lloyd-10", "lloyd-best")
#: A fit of scikit-learn that takes less seconds than this is not worth a ratio.
_BLINK = 0.2
HEAD = ["case", "rows", "k", "method", "seeds", "inertia", "worst", "s", "spread", "CPU s", "time ratio", "extra MiB"]

Fitted = tuple[np.ndarray, np.ndarray]  # centres (k, d) and labels (n,)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--methods", nargs="+", default=[*METHODS, *RESTARTS], help="default: %(default)s")
    parser.add_argument("--repeat", type=int, default=1, help="measure every row so many times; default: %(default)s")


def plan(options: argparse.Namespace) -> list[Row]:
    if unknown := set(options.datasets) - set(CASES):
        raise ValueError(f"no case {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    return [
        {"dataset": dataset, "method": method, "seed": seed, "turn": turn}
        for turn in range(options.repeat)
        for seed in options.seeds
        for dataset in options.datasets
        for method in options.methods  # side by side in time: what else the machine does hits all
        if method not in RESTARTS or (seed == options.seeds[0] and turn == 0)
    ]


def measure(key: Row, data: Path | None) -> Row:
    import scipy.sparse as sp

    X, case = rows_of(key["dataset"], data), CASES[key["dataset"]]
    if sp.issparse(X) and key["method"] in ("faiss", "fastkmeans"):
        return {"rows": X.shape[0], "columns": X.shape[1], "refused": "sparse rows"}
    restarts = {"lloyd-10": 10, "lloyd-best": case.restarts}.get(key["method"], 1)
    fit = _method(key["method"], restarts)
    fit(X[:64], 2, 0)
    (centers, labels), cost = timed(lambda: fit(X, case.n_clusters, key["seed"]))
    size = X.data.nbytes + X.indices.nbytes + X.indptr.nbytes if sp.issparse(X) else X.nbytes
    return {
        "rows": X.shape[0], "columns": X.shape[1], "data_mib": size / 2**20, "restarts": restarts,
        "inertia": inertia(X, centers, labels), **cost,
    }  # fmt: skip


def inertia(X: Any, centers: np.ndarray, labels: np.ndarray) -> float:
    """Sum of squared distances of the rows to their centres, in float64."""
    import scipy.sparse as sp

    centers, total = np.asarray(centers, dtype=np.float64), 0.0
    for start in range(0, X.shape[0], 8_192):
        x, own = X[start : start + 8_192].astype(np.float64), centers[labels[start : start + 8_192]]
        if sp.issparse(x):
            total += float(x.multiply(x).sum() - 2 * x.multiply(own).sum() + np.square(own).sum())
        else:
            total += float(np.square(x - own).sum())
    return total


def _method(name: str, restarts: int) -> Callable[[Any, int, int], Fitted]:
    def estimator(build: Any, **options: Any) -> Callable[[Any, int, int], Fitted]:
        def fit(X: Any, k: int, seed: int) -> Fitted:
            model = build(k, random_state=seed, **options).fit(X)
            return model.cluster_centers_, model.labels_

        return fit

    if name == "deepkmeans":
        from deepkmeans import KMeans as ours

        return estimator(ours)
    if name == "intelex":
        from sklearnex.cluster import KMeans as intelex

        return estimator(intelex, n_init=1)
    if name == "faiss":
        return _faiss
    if name == "fastkmeans":
        return _fastkmeans
    from sklearn.cluster import KMeans as theirs

    return estimator(theirs, n_init=restarts, algorithm="elkan" if name == "elkan" else "lloyd")


def _faiss(X: Any, k: int, seed: int) -> Fitted:
    import faiss

    model = faiss.Kmeans(X.shape[1], k, seed=seed + 1, max_points_per_centroid=len(X), min_points_per_centroid=1)
    model.train(X)
    return model.centroids, model.index.search(X, 1)[1][:, 0]


def _fastkmeans(X: Any, k: int, seed: int) -> Fitted:
    from fastkmeans import FastKMeans

    model = FastKMeans(X.shape[1], k, seed=seed, max_points_per_centroid=None, gpu=False, use_triton=False)
    model.train(X)
    return model.centroids, model.predict(X)


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """Inertia over the best known (mean, worst), median seconds and their range, time over scikit-learn's one fit."""
    lines, ratios, ours, short = [], dict[str, list[float]](), list[float](), list[str]()
    for dataset in options.datasets:
        here = [row for row in rows if row["dataset"] == dataset and "inertia" in row]
        reference = [row["inertia"] for row in here if row["method"] in ("lloyd", "elkan", *RESTARTS)]
        best = min(reference, default=min((row["inertia"] for row in here), default=0.0))
        single = [row["seconds"] for row in here if row["method"] == "lloyd"]
        for method in options.methods:
            own = [row for row in here if row["method"] == method]
            if not own:
                continue
            quality, seconds = [row["inertia"] / best for row in own], [row["seconds"] for row in own]
            ratio = statistics.median(seconds) / statistics.median(single) if single else float("nan")
            if single and method == "deepkmeans" and statistics.median(single) < _BLINK:
                short.append(f"{dataset} {statistics.median(seconds):.2f}")
            elif single and method not in RESTARTS and statistics.median(single) >= _BLINK:
                ratios.setdefault(method, []).append(ratio)
            ours += quality if method == "deepkmeans" else []
            extra = max(row["peak_mib"] - row["peak_before_mib"] for row in own)
            lines.append([
                dataset, f"{own[0]['rows']} x {own[0]['columns']}", str(CASES[dataset].n_clusters), method,
                str(len(own)), f"{statistics.fmean(quality):.4f}", f"{max(quality):.4f}",
                f"{statistics.median(seconds):.3f}", f"{min(seconds):.2f}-{max(seconds):.2f}",
                f"{statistics.median(row['cpu_seconds'] for row in own):.2f}", f"{ratio:.2f}",
                f"{extra:.0f} of {own[0]['data_mib']:.0f}",
            ])  # fmt: skip
    text = render(HEAD, lines)
    places = sorted({f"{row['processor']}, {row['cores']} cores" for row in rows if "processor" in row})
    text += f"\n\nMeasured on: {'; '.join(places) or 'a processor that was not recorded'}."
    if not ours:
        return text
    means = ", ".join(f"{method} {geometric_mean(values):.2f}" for method, values in ratios.items())
    good = sum(value <= 1 + 1e-5 for value in ours)
    return (
        f"{text}\nInertia: over the best of scikit-learn's runs. Extra memory: highest, beside the data's size.\n"
        f"Time, one fit of scikit-learn (lloyd) = 1, geometric mean where that takes {_BLINK} s or more: {means}.\n"
        f"Seconds of deepkmeans where it takes less: {', '.join(short)}.\n"
        f"deepkmeans no worse than the best of scikit-learn in {good} of {len(ours)} fits, "
        f"at most {100 * (max(ours) - 1):.3f} % above."
    )
