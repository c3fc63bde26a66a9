"""The same methods here and in ClustPy: mean ARI and time on one machine.

ClustPy runs in an environment of its own; measure it first, on the same machine and with nothing else running:

    clustpy-env/bin/python benchmarks/clustpy_peer.py --data FOLDER --out clustpy-peer.jsonl
    python -m benchmarks clustpy --data FOLDER --json clustpy-ours.jsonl --peer clustpy-peer.jsonl

Both are given the true number of clusters and their own defaults for everything else.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import every_objective
from .runner import Row, read_rows
from .tables import geometric_mean, render

DATASETS = ("optdigits", "pendigits")
METHODS = ("DCN", "DEC", "IDEC", "DKM", "VaDE")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--peer", type=Path, required=True, help="rows written by benchmarks/clustpy_peer.py")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS), help="default: all")


def plan(options: argparse.Namespace) -> list[Row]:
    return [
        {"dataset": dataset, "objective": method.lower(), "seed": seed, "options": {}}
        for seed in options.seeds
        for dataset in options.datasets
        for method in options.methods
    ]


def measure(key: Row, data: Path | None) -> Row:
    return every_objective.measure(key, data)


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """Means over the seeds that both have; a pair with no common seed has no line."""
    theirs = {(row["dataset"], row["method"].lower(), row["seed"]): row for row in read_rows(options.peer)}
    lines, ratios = [], []
    for dataset in options.datasets:
        for method in options.methods:
            pairs = [
                (row, theirs[dataset, method.lower(), row["seed"]])
                for row in rows
                if (row["dataset"], row["objective"]) == (dataset, method.lower())
                and (dataset, method.lower(), row["seed"]) in theirs
            ]
            if not pairs:
                continue
            ours, peer = (sum(pair[side]["ari"] for pair in pairs) / len(pairs) for side in (0, 1))
            time, peer_time = (sum(pair[side]["seconds"] for pair in pairs) / len(pairs) for side in (0, 1))
            ratios.append(time / peer_time)
            lines.append(
                [
                    dataset,
                    method,
                    str(len(pairs)),
                    f"{ours:.3f}",
                    f"{peer:.3f}",
                    f"{ours - peer:+.3f}",
                    f"{time:.1f}",
                    f"{peer_time:.1f}",
                    f"{time / peer_time:.3f}",
                ]
            )
    head = ["data", "method", "seeds", "ARI", "ARI ClustPy", "gain", "seconds", "seconds ClustPy", "time ratio"]
    text = render(head, lines)
    return f"{text}\n\nGeometric mean of the time ratios: {geometric_mean(ratios):.3f}" if ratios else text
