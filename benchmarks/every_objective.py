"""Every objective beside plain K-Means: ACC, NMI, ARI, seconds and peak memory.

The baseline is scikit-learn's KMeans with ten starts on the standardised columns.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from deepkmeans.objectives import OBJECTIVES

from .runner import Row, load, timed
from .tables import mean, render, spread

DATASETS = ("digits", "optdigits", "pendigits")
BASELINE = "kmeans"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--objectives", nargs="+", default=[BASELINE, *OBJECTIVES], help="default: %(default)s")
    parser.add_argument("--options", type=json.loads, default={}, help="arguments of DeepKMeans, as JSON")


def plan(options: argparse.Namespace) -> list[Row]:
    return [
        {
            "dataset": dataset,
            "objective": objective,
            "seed": seed,
            "options": {} if objective == BASELINE else options.options,
        }
        for seed in options.seeds
        for dataset in options.datasets
        for objective in options.objectives
    ]


def measure(key: Row, data: Path | None) -> Row:
    import numpy as np

    from deepkmeans.metrics import evaluate

    X, y = load(key["dataset"], data)
    k = len(np.unique(y))
    model: Any
    if key["objective"] == BASELINE:
        from sklearn.cluster import KMeans
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        model = make_pipeline(StandardScaler(), KMeans(k, n_init=10, random_state=key["seed"]))
    else:
        from deepkmeans import DeepKMeans

        model = DeepKMeans(k, objective=key["objective"], random_state=key["seed"], **key["options"])
    labels, cost = timed(lambda: model.fit_predict(X))
    figures = evaluate(y, labels)
    epochs = len(getattr(model, "history_", []))
    return {
        "rows": len(X),
        **{name: figures[name] for name in ("acc", "nmi", "ari", "macro_recall")},
        "epochs": epochs,
        **cost,
    }


def table(rows: list[Row], options: argparse.Namespace) -> str:
    lines = []
    for dataset in options.datasets:
        for objective in options.objectives:
            of = [row for row in rows if (row["dataset"], row["objective"]) == (dataset, objective)]
            if of:
                lines.append(
                    [
                        dataset,
                        objective,
                        str(len(of)),
                        mean(of, "acc"),
                        mean(of, "nmi"),
                        mean(of, "ari"),
                        spread(of, "ari"),
                        mean(of, "seconds", 1),
                        mean(of, "peak_mib", 0),
                    ]
                )
    return render(["data", "objective", "seeds", "ACC", "NMI", "ARI", "sd ARI", "seconds", "peak MiB"], lines)
