"""How many clusters: what each method proposes beside the number of classes, and whether its confidence means anything.

"deepkmeans" is ``DeepKMeans(n_clusters="auto")``, "select" is ``select_n_clusters(KMeans(), X)``; the rest are peers.
A proposal is a hit within 1 of the number of classes, and "no structure" is a proposal of 1; where there is none
("blob", "noise") only that is right. ClustPy's methods need ``CLUSTPY_PYTHON``, an interpreter that has it.
A method that takes more processor seconds than ``--time-limit`` has proposed nothing, which is a miss.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import select_sets
from .peers import prepare
from .runner import Row, timed
from .select_peers import CLUSTPY, PEERS, TimeIsUp, deadline, propose
from .tables import render

DATASETS = select_sets.DATASETS
_OURS = ("deepkmeans", "select")
#: DipDECK trains up to 50 epochs after every merge, and begins with 35 clusters.
_MOST_ROWS = {"dipdeck": 1500}
_FIGURES = [
    "rows",
    "exact",
    "within 1",
    "either",
    "confident",
    "right if confident",
    "over time",
    "seconds",
    "cpu seconds",
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    methods = [*_OURS, *CLUSTPY, *PEERS]
    parser.add_argument("--methods", nargs="+", choices=methods, default=methods, help="default: all")
    parser.add_argument("--rows", type=int, default=None, help="at most this many rows of each set")
    parser.add_argument(
        "--time-limit", type=float, default=300.0, help="processor seconds of one fit; default: %(default)s"
    )


def plan(options: argparse.Namespace) -> list[Row]:
    if not options.table_only and set(CLUSTPY) & set(options.methods) and not os.environ.get("CLUSTPY_PYTHON"):
        raise ValueError(
            "CLUSTPY_PYTHON is not set; ClustPy's methods need the path of an interpreter that has it "
            "(see benchmarks/clustpy_peer.py), or name others with --methods"
        )
    return [
        {"dataset": dataset, "method": method, "seed": seed, "limit": options.rows, "time_limit": options.time_limit}
        for seed in options.seeds
        for dataset in options.datasets
        for method in options.methods
    ]


def measure(key: Row, data: Path | None) -> Row:
    name, seed = key["method"], key["seed"]
    limit = min((n for n in (key["limit"], _MOST_ROWS.get(name)) if n is not None), default=None)
    X, y = select_sets.load(key["dataset"], data, rows=limit, seed=seed)
    row: Row = {"rows": len(y), "true": len(set(y.tolist())), "second": None, "confidence": None, "confident": None}
    started = time.perf_counter()
    try:
        with deadline(key["time_limit"]):
            return {**row, "over_time": False, **_proposal(name, X, seed, key["time_limit"])}
    except TimeIsUp:
        cost = {"seconds": time.perf_counter() - started, "cpu_seconds": key["time_limit"]}
        return {**row, "over_time": True, "k": None, **cost}


def _proposal(name: str, X: Any, seed: int, time_limit: float) -> Row:
    if name not in _OURS:
        return propose(name, prepare(X), seed, time_limit)
    if name == "deepkmeans":
        from deepkmeans import DeepKMeans

        model, cost = timed(lambda: DeepKMeans(n_clusters="auto", random_state=seed).fit(X))
        found: dict[str, Any] = model.report_["n_clusters_selection"]
    else:  # it scales the rows itself
        from deepkmeans import KMeans, model_selection

        result, cost = timed(lambda: model_selection.select_n_clusters(KMeans(), X, random_state=seed))
        found = result.to_dict()
    return {"k": found["n_clusters"], **{name: found[name] for name in ("second", "confidence", "confident")}, **cost}


def is_hit(dataset: str, true: int, k: int | None) -> bool:
    """Within 1 of the number of classes; None is no proposal, 0 ("none") is 1. Without structure: 1, and no other."""
    if k is None:
        return False
    return max(k, 1) == 1 if dataset in select_sets.STRUCTURELESS else abs(max(k, 1) - true) <= 1


def totals(rows: Sequence[Row]) -> dict[str, float | None]:
    """Shares of rows with k exact, within 1, either proposal within 1, and confident; how often confident ones hit."""
    hits = [is_hit(row["dataset"], row["true"], row["k"]) for row in rows]
    seconds = [is_hit(row["dataset"], row["true"], row["second"]) for row in rows]
    sure = [hit for row, hit in zip(rows, hits, strict=True) if row["confident"]]
    says = any(row["confident"] is not None for row in rows)  # a peer without confidence has no share of it
    return {
        "rows": len(rows),
        "exact": statistics.fmean(row["k"] is not None and max(row["k"], 1) == row["true"] for row in rows),
        "within 1": statistics.fmean(hits),
        "either": statistics.fmean(a or b for a, b in zip(hits, seconds, strict=True)),
        "confident": len(sure) / len(rows) if says else None,
        "right if confident": statistics.fmean(sure) if sure else None,
        "over time": sum(row["over_time"] for row in rows),
        "seconds": statistics.fmean(row["seconds"] for row in rows),
        "cpu seconds": statistics.fmean(row["cpu_seconds"] for row in rows),
    }


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """What was proposed, set by set, and the totals of each method."""
    methods = [method for method in options.methods if any(row["method"] == method for row in rows)]
    lines = []
    for dataset in options.datasets:
        own = sorted((row for row in rows if row["dataset"] == dataset), key=lambda row: row["seed"])
        if own:
            cells = [" / ".join(_cell(row) for row in own if row["method"] == method) for method in methods]
            lines.append([dataset, str(max(row["true"] for row in own)), *cells])
    sums = []
    for method in methods:
        figures = totals([row for row in rows if row["method"] == method])
        sums.append([method, *(_figure(name, figures[name]) for name in _FIGURES)])
    legend = "`*` within 1; `(second proposal)`; `c` its confidence, `!` where it says it is sure; `-` over time"
    return f"{render(['data', 'true', *methods], lines)}\n\n{legend}\n\n{render(['method', *_FIGURES], sums)}"


def _cell(row: Row) -> str:
    def number(k: int | None) -> str:
        return "-" if k is None else f"{max(k, 1)}{'*' if is_hit(row['dataset'], row['true'], k) else ''}"

    second = "" if row["second"] is None else f" ({number(row['second'])})"
    sure = "" if row["confidence"] is None else f" c{row['confidence']:.2f}{'!' if row['confident'] else ''}"
    return number(row["k"]) + second + sure


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    if name in ("rows", "over time"):
        return f"{value:.0f}"
    return f"{value:.1f}" if name.endswith("seconds") else f"{value:.0%}"
