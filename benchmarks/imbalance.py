"""Classes of very different size: does the smallest one survive? The default beside K-Means, UMAP + K-Means and others.

Class sizes fall geometrically from 1 to the last number of a case's name; which class gets which size is drawn by the
seed. "mnist" with ``--rows 8000`` has at most so many rows. A class is found when its matched cluster holds at least
half of it and is at least half made of it. Methods are "deepkmeans", "deepkmeans balance=B", the name of an objective,
or a peer; peers see the rows scaled, and are told k as the default is.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import Any

import numpy as np

from . import suite
from .peers import PEERS, prepare
from .runner import Row, timed
from .tables import render

DATASETS = ("mnist", "pendigits", "optdigits", "fashion_mnist")
_LAST = (0.05, 0.01)
_OURS = "deepkmeans"
_DEFAULT = (_OURS, "kmeans", "umap+kmeans", "umap+gmm", "umap+hdbscan")
_FIGURES = ("macro_recall", "macro_f1", "ari", "acc")
#: Of a class and of its cluster, from which on it counts as found.
_FOUND = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--methods", nargs="+", default=list(_DEFAULT), help="default: %(default)s")
    parser.add_argument("--last", nargs="+", type=float, default=list(_LAST), help="share of the smallest class")
    parser.add_argument("--rows", type=int, default=None, help="at most this many rows of each case")


def plan(options: argparse.Namespace) -> list[Row]:
    return [
        {"dataset": dataset, "last": last, "method": method, "seed": seed, "limit": options.rows}
        for seed in options.seeds
        for dataset in options.datasets
        for last in options.last
        for method in options.methods
    ]


def subsample(y: np.ndarray, last: float, rows: int | None, seed: int) -> np.ndarray:
    """Row numbers of classes (n,) whose sizes fall geometrically to ``last``; the seed draws rows and the order."""
    random = np.random.RandomState(seed)
    classes, sizes = np.unique(y, return_counts=True)
    falling = last ** (np.arange(len(classes)) / max(1, len(classes) - 1))
    most = sizes.min() if rows is None else min(sizes.min(), rows / falling.sum())
    taken = [
        random.permutation(np.flatnonzero(y == name))[: max(1, int(most * share))]
        for name, share in zip(random.permutation(classes), falling, strict=True)
    ]
    return random.permutation(np.concatenate(taken))


def measure(key: Row, data: Path | None) -> Row:
    from deepkmeans.metrics import evaluate

    X, y = suite.load(key["dataset"], data)
    index = subsample(y, key["last"], key["limit"], key["seed"])
    X, y = X[index], y[index]
    k, seed, name = len(np.unique(y)), key["seed"], key["method"]
    extra: Row = {}
    if name in PEERS:
        labels, cost = timed(lambda: PEERS[name](prepare(X), k, seed))
    else:
        from deepkmeans import DeepKMeans

        model = DeepKMeans(k, random_state=seed, **_options(name))
        labels, cost = timed(lambda: model.fit_predict(X))
        extra = {each: model.report_.get(each) for each in ("chosen", "reason", "agreement")}
    figures = evaluate(y, labels)
    smallest = min(figures["per_class"], key=lambda entry: entry["size"])
    found = min(smallest["recall"], smallest["precision"]) >= _FOUND
    sizes = {"rows": len(y), "smallest": smallest["size"], "smallest_found": found}
    return {
        **sizes, "smallest_recall": smallest["recall"], "smallest_precision": smallest["precision"],
        **{name: figures[name] for name in _FIGURES}, **extra, **cost,
    }  # fmt: skip


def _options(method: str) -> dict[str, Any]:
    """Parameters of DeepKMeans that "deepkmeans", "deepkmeans balance=0.5" or the name of an objective stand for."""
    first, *others = method.split()
    given = {name: float(value) for name, _, value in (each.partition("=") for each in others)}
    return given if first == _OURS else {"objective": first, **given}


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """Medians over the seeds, and in how many seeds the smallest class is found."""
    lines = []
    for dataset in options.datasets:
        for last in options.last:
            for method in options.methods:
                own = [row for row in rows if (row["dataset"], row["last"], row["method"]) == (dataset, last, method)]
                if own:
                    figures = [f"{statistics.median(row[name] for row in own):.3f}" for name in _FIGURES]
                    found = f"{sum(row['smallest_found'] for row in own)} of {len(own)}"
                    size = [f"{own[0]['rows']:,}", f"{own[0]['smallest']:,}"]
                    seconds = f"{statistics.median(row['seconds'] for row in own):.0f}"
                    lines.append([dataset, f"{last:g}", *size, method, *figures, found, seconds])
    head = [
        "data", "last", "rows", "smallest", "method", "macro recall", "macro F1", "ARI", "ACC", "smallest found",
        "seconds",
    ]  # fmt: skip
    return render(head, lines)
