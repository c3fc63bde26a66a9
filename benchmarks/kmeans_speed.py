"""K-Means alone, beside scikit-learn's: inertia and time of one start.

Both get the same float32 rows, k-means++ and ``n_init=1``; a first small fit, not counted, loads what either
loads late. The inertia is computed again from the centres, in float64, by the same lines for both.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .runner import Row, load, timed
from .tables import geometric_mean, mean, render

DATASETS = ("digits", "optdigits", "pendigits")
METHODS = ("deepkmeans", "scikit-learn")
HEAD = ["data", "shape", "seeds", "s", "s sklearn", "time ratio", "inertia ratio", "iterations", "it. sklearn"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clusters", type=int, help="default: the number of classes")


def plan(options: argparse.Namespace) -> list[Row]:
    return [
        {"dataset": dataset, "method": method, "seed": seed, "clusters": options.clusters}
        for seed in options.seeds
        for dataset in options.datasets
        for method in METHODS  # side by side in time: what else the machine does hits both
    ]


def measure(key: Row, data: Path | None) -> Row:
    import numpy as np

    X, y = load(key["dataset"], data)
    k = key["clusters"] or len(np.unique(y))
    build: Any
    if key["method"] == "deepkmeans":
        from deepkmeans import KMeans as build
    else:
        from sklearn.cluster import KMeans as build
    build(2, n_init=1, random_state=0).fit(X[:64])
    model, cost = timed(lambda: build(k, n_init=1, random_state=key["seed"]).fit(X))
    centers = np.asarray(model.cluster_centers_, dtype=np.float64)
    inertia = float(sum(np.square(X[model.labels_ == j] - centers[j]).sum() for j in range(k)))
    return {"rows": len(X), "columns": X.shape[1], "inertia": inertia, "iterations": int(model.n_iter_), **cost}


def table(rows: list[Row], options: argparse.Namespace) -> str:
    lines, times, inertias = [], [], []
    for dataset in options.datasets:
        ours, theirs = ([row for row in rows if (row["dataset"], row["method"]) == (dataset, name)] for name in METHODS)
        if not ours or not theirs:
            continue
        time, inertia = (
            geometric_mean([row[name] for row in ours]) / geometric_mean([row[name] for row in theirs])
            for name in ("seconds", "inertia")
        )
        times.append(time)
        inertias.append(inertia)
        lines.append(
            [
                dataset,
                f"{ours[0]['rows']} x {ours[0]['columns']}",
                str(len(ours)),
                mean(ours, "seconds", 3),
                mean(theirs, "seconds", 3),
                f"{time:.2f}",
                f"{inertia:.4f}",
                mean(ours, "iterations", 0),
                mean(theirs, "iterations", 0),
            ]
        )
    text = render(HEAD, lines)
    if not times:
        return text
    figures = f"time {geometric_mean(times):.2f}, inertia {geometric_mean(inertias):.4f}"
    return f"{text}\n\nGeometric means, scikit-learn = 1: {figures}"
