"""Whether a layout before the network helps: ``reduce="tsne"`` and ``"umap"`` beside the default, and beside K-Means.

Rows are measured 20 to a process: there is no peak memory here, and the first UMAP of a process is compiled first.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from . import suite
from .runner import Row, timed
from .tables import mean, render, spread

DATASETS = (
    "iris", "wine", "breast_cancer", "digits", "pendigits", "dry_bean", "reuters21578_top10", "moons", "circles",
)  # fmt: skip
ROWS_PER_PROCESS = 20
METHODS = ("K-Means", "auto", "tsne", "umap")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS), help="default: all")
    parser.add_argument("--rows", type=int, default=3000, help="at most this many rows of each set")


def plan(options: argparse.Namespace) -> list[Row]:
    return [
        {"dataset": dataset, "method": method, "seed": seed, "limit": options.rows}
        for seed in options.seeds
        for dataset in options.datasets
        for method in options.methods
    ]


def measure(key: Row, data: Path | None) -> Row:
    from deepkmeans.metrics import evaluate

    X, y = suite.load(key["dataset"], data, rows=key["limit"])
    labels, cost = timed(lambda: _labels(X, int(y.max()) + 1, key["method"], key["seed"]))
    figures = evaluate(y, labels)
    return {**{name: figures[name] for name in ("acc", "nmi", "ari")}, **cost}


def _labels(X: Any, n_clusters: int, method: str, seed: int) -> Any:
    from deepkmeans import DeepKMeans
    from deepkmeans.data.array_inputs import float_dtype

    if method == "K-Means":
        from sklearn.cluster import KMeans

        from .peers import prepare

        return KMeans(n_clusters, n_init=10, random_state=seed).fit_predict(prepare(X))
    X = X.astype(float_dtype(X.dtype), copy=False)
    return DeepKMeans(n_clusters, reduce=method, random_state=seed).fit_predict(X)


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """One line a set: mean ARI, its deviation over the seeds, and seconds of the layouts."""
    lines = []
    for dataset in options.datasets:
        cells = [dataset]
        for method in options.methods:
            own = [row for row in rows if row["dataset"] == dataset and row["method"] == method]
            seconds = f", {mean(own, 'seconds', 0)} s" if own and method != "K-Means" else ""
            cells.append(f"{mean(own, 'ari')} ±{spread(own, 'ari')}{seconds}" if own else "")
        lines.append(cells)
    return render(["data", *options.methods], lines)
