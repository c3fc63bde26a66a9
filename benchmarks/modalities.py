"""Inputs as they are found in the world, one default each: beside what a user would pick instead, in one table.

A module with ``MODALITIES``, data sets by name, adds its rows by one line in ``SETS``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import encoded_texts, frozen_media, joined, picture_files, recordings, series_sets
from .modality import OURS, Modality
from .runner import Row, timed
from .tables import mean, render, spread

SETS: dict[str, Modality] = {
    **encoded_texts.MODALITIES,
    **picture_files.MODALITIES,
    **recordings.MODALITIES,
    **series_sets.MODALITIES,
    **joined.MODALITIES,
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
    row = {"rows": len(y), **{name: figures[name] for name in _FIGURES}, **cost}
    if modality.others is not None:
        others = modality.others(data, key["limit"])
        row["others"] = {
            name: evaluate(np.unique(each, return_inverse=True)[1], labels)["nmi"] for name, each in others.items()
        }
    return row


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """Means over the seeds, the least NMI, that with other classes, and the cost.

    The first fit with an encoder fills its cache.
    """
    lines = []
    for dataset in options.datasets:
        for method in SETS[dataset].methods:
            own = [row for row in rows if (row["dataset"], row["method"]) == (dataset, method)]
            if own:
                figures = [mean(own, name) for name in _FIGURES]
                least = f"{min(row['nmi'] for row in own):.3f}"
                cost = [mean(own, "seconds", 1), mean(own, "peak_mib", 0)]
                lines.append(
                    [dataset, method, str(own[0]["rows"]), str(len(own)), *figures, spread(own, "ari"), least,
                     _others(own), *cost]
                )  # fmt: skip
    names = [*(name.upper() for name in _FIGURES), "sd ARI", "least NMI", "other NMI"]
    head = ["data", "method", "rows", "seeds", *names, "seconds", "peak MiB"]
    return render(head, lines)


def _others(own: list[Row]) -> str:
    """The mean NMI with other classes of the rows, by name."""
    return ", ".join(f"{name} {mean([row['others'] for row in own], name)}" for name in own[0].get("others", {}))
