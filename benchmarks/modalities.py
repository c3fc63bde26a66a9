"""Inputs as they are found in the world, one default each: beside what a user would pick instead, in one table.

A module with ``MODALITIES``, data sets by name, adds its rows by one line in ``SETS``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import encoded_texts, frozen_media
from .modality import OURS, Modality
from .runner import Row, timed
from .tables import mean, render, spread

SETS: dict[str, Modality] = {
    **encoded_texts.MODALITIES,
    **frozen_media.MODALITIES,
}
DATASETS = tuple(SETS)
_FIGURES = ("acc", "nmi", "ari")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--methods", nargs="+", default=None, help=f"default: all; ours is {OURS!r}")
    parser.add_argument("--rows", type=int, default=None, help="at most this many rows of each set")


def plan(options: argparse.Namespace) -> list[Row]:
    return [
        {"dataset": dataset, "method": method, "seed": seed, "limit": options.rows}
        for dataset in options.datasets
        for method in SETS[dataset].methods
        for seed in options.seeds
        if options.methods is None or method in options.methods
    ]


def measure(key: Row, data: Path | None) -> Row:
    import numpy as np

    from deepkmeans.metrics import evaluate

    modality = SETS[key["dataset"]]
    X, y = modality.load(data, key["limit"])
    classes = np.unique(y, return_inverse=True)[1]
    labels, cost = timed(lambda: modality.methods[key["method"]](X, int(classes.max()) + 1, key["seed"]))
    figures = evaluate(classes, labels)
    return {"rows": len(y), **{name: figures[name] for name in _FIGURES}, **cost}


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """Means over the seeds, the least NMI, and the cost; the first fit with an encoder fills its cache."""
    lines = []
    for dataset in options.datasets:
        for method in SETS[dataset].methods:
            own = [row for row in rows if (row["dataset"], row["method"]) == (dataset, method)]
            if own:
                figures = [mean(own, name) for name in _FIGURES]
                least = f"{min(row['nmi'] for row in own):.3f}"
                cost = [mean(own, "seconds", 1), mean(own, "peak_mib", 0)]
                lines.append(
                    [dataset, method, str(own[0]["rows"]), str(len(own)), *figures, spread(own, "ari"), least, *cost]
                )
    head = ["data", "method", "rows", "seeds", "ACC", "NMI", "ARI", "sd ARI", "least NMI", "seconds", "peak MiB"]
    return render(head, lines)
