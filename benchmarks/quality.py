"""The default beside everything users reach for, on the whole suite: ACC, NMI, ARI, seconds, peak memory.

Methods are "deepkmeans" (the default), "images" (the default given pictures in their shape), the name of an objective,
or a peer. The sets marked * are kept aside: nothing was chosen on them. With ``--rows N`` at most N rows of each set.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import Any

from . import suite
from .peers import PEERS, prepare
from .runner import Row, timed
from .tables import render

DATASETS = tuple(suite.SETS)
_OURS = ("deepkmeans", "images")
_DEFAULT = ("deepkmeans", "kmeans", "pca+kmeans", "umap+kmeans", "umap+gmm", "umap+hdbscan", "spectral", "leiden")
#: Fits whose time is out of proportion: an n x n or slow method on many rows.
_MOST_ROWS = {"spectral": 20_000}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--methods", nargs="+", default=list(_DEFAULT), help="default: %(default)s")
    parser.add_argument("--rows", type=int, default=None, help="at most this many rows of each set")


def plan(options: argparse.Namespace) -> list[Row]:
    return [
        {"dataset": dataset, "method": method, "seed": seed, "limit": options.rows}
        for seed in options.seeds
        for dataset in options.datasets
        for method in options.methods
        if method != "images" or dataset in suite.IMAGES
    ]


def measure(key: Row, data: Path | None) -> Row:
    from deepkmeans.metrics import evaluate

    name = key["method"]
    limit = min((n for n in (key["limit"], _MOST_ROWS.get(name)) if n is not None), default=None)
    X, y = suite.load(key["dataset"], data, rows=limit, flat=name != "images")
    k, seed = int(y.max()) + 1, key["seed"]
    extra: Row = {}
    if name in PEERS:
        labels, cost = timed(lambda: PEERS[name](prepare(X), k, seed))
    else:
        from deepkmeans import DeepKMeans

        model = DeepKMeans(k, random_state=seed, **({} if name in _OURS else {"objective": name}))
        labels, cost = timed(lambda: model.fit_predict(X))
        report: dict[str, Any] = model.report_
        extra = {key: report.get(key) for key in ("chosen", "agreement", "image_shape", "scaling", "converged")}
    figures = evaluate(y, labels)
    return {"rows": len(y), **{n: figures[n] for n in ("acc", "nmi", "ari", "macro_recall")}, **extra, **cost}


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """ARI of each method on each set, means, mean ranks; then ACC."""
    return "\n\n".join(f"{name.upper()}\n\n{_table(rows, options, name)}" for name in ("ari", "acc"))


def _table(rows: list[Row], options: argparse.Namespace, figure: str) -> str:
    methods = [method for method in options.methods if any(row["method"] == method for row in rows)]
    values: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        values.setdefault(row["dataset"], {}).setdefault(row["method"], []).append(row[figure])
    lines: list[list[str]] = []
    means: dict[str, list[float]] = {m: [] for m in methods}
    aside: dict[str, list[float]] = {m: [] for m in methods}
    ranks: dict[str, list[float]] = {m: [] for m in methods}
    for dataset in (name for name in options.datasets if name in values):
        own = values[dataset]
        cells = [dataset + ("*" if dataset in suite.ASIDE else "")]
        complete = all(m in own for m in methods)
        for m in methods:
            cells.append(_cell(own.get(m)))
            if complete:
                mean = statistics.fmean(own[m])
                means[m].append(mean)
                if dataset in suite.ASIDE:
                    aside[m].append(mean)
                ranks[m].append(1 + sum(statistics.fmean(own[other]) > mean + 1e-9 for other in methods))
        lines.append(cells)
    if means[methods[0]]:
        n = len(means[methods[0]])
        lines.append([f"mean of {n} sets", *(f"{statistics.fmean(means[m]):.3f}" for m in methods)])
        if aside[methods[0]]:
            kept = f"mean of the {len(aside[methods[0]])} marked *"
            lines.append([kept, *(f"{statistics.fmean(aside[m]):.3f}" for m in methods)])
        lines.append(["mean rank", *(f"{statistics.fmean(ranks[m]):.2f}" for m in methods)])
    return render(["data", *methods], lines)


def _cell(values: list[float] | None) -> str:
    if not values:
        return ""
    spread = f" ±{statistics.stdev(values):.3f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.3f}{spread}"
