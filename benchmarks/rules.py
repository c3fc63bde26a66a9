"""Do a few thresholds say what the clusters are? Beside the trees of ExKMC, of the same labels and as many leaves.

The small tree has one leaf a cluster, the large one at most eight. Fidelity is the share of held-out rows whose leaf
says their label, over the same rows and folds: the gate is 0.70 for small and 0.88 for large trees, and nowhere 0.001
less than ExKMC's. Labels are those of our default ("deepkmeans") and of scikit-learn's K-Means of the standardised
columns ("kmeans").

ExKMC 0.0.3 comes with code in C that today's Pythons do not compile, and with the same in Python: without the first,
the second is used. To install it: download it, take the extension out of its setup.py, and ``pip install
--no-build-isolation`` the folder. Without ExKMC its columns are empty.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np

from .runner import Row, load, timed
from .tables import mean, render
from .trust import standardised

DATASETS = ("iris", "wine", "dry_bean", "pendigits")
KEEPS_NOTHING_WITHOUT_JSON = True
_LABELS = ("deepkmeans", "kmeans")
_SMALL, _LARGE, _TIE = 0.70, 0.88, 0.001


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--labels", nargs="+", choices=_LABELS, default=_LABELS, help="default: both")
    parser.add_argument("--rows", type=int, default=None, help="at most this many rows of each set")


def plan(options: argparse.Namespace) -> list[Row]:
    return [
        {"dataset": dataset, "labels": labels, "seed": seed, "limit": options.rows}
        for dataset in options.datasets for labels in options.labels for seed in options.seeds
    ]  # fmt: skip


def measure(key: Row, data: Path | None) -> Row:
    from deepkmeans.inspection.rules import threshold_trees
    from deepkmeans.runtime import Seeds

    X, y = load(key["dataset"], data)
    X = np.asarray(X, dtype=np.float64)
    if key["limit"] is not None and len(X) > key["limit"]:
        some = np.sort(np.random.RandomState(0).permutation(len(X))[: key["limit"]])
        X, y = X[some], y[some]
    labels = _labels(X, len(np.unique(y)), key["labels"], key["seed"])
    trees, cost = timed(lambda: threshold_trees(_design(X), labels, seeds=Seeds(key["seed"])))
    found: Row = {"rows": len(X), "k": len(np.unique(labels)), "seconds": cost["seconds"]}
    for name, tree in zip(("small", "large"), trees, strict=True):
        found |= {
            f"{name}_leaves": tree.n_leaves, name: tree.fidelity, f"{name}_std": tree.fidelity_std,
            f"{name}_chance": tree.by_chance, f"{name}_confident": tree.is_confident,
            f"{name}_exkmc": _exkmc_fidelity(X, labels, tree.n_leaves, key["seed"]),
        }  # fmt: skip
    shuffled = np.random.RandomState(key["seed"]).permutation(labels)
    found["shuffled_confident"] = any(
        tree.is_confident for tree in threshold_trees(_design(X), shuffled, seeds=Seeds(key["seed"]))
    )
    return found


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """Means over the seeds; what is below the gate has a mark."""
    lines = []
    for dataset in options.datasets:
        for labels in options.labels:
            own = [row for row in rows if (row["dataset"], row["labels"]) == (dataset, labels)]
            if not own:
                continue
            line = [dataset, labels, str(own[0]["rows"]), str(own[0]["k"])]
            for name, least in (("small", _SMALL), ("large", _LARGE)):
                peers = [row[f"{name}_exkmc"] for row in own]
                known = None not in peers
                ours, theirs = np.mean([row[name] for row in own]), np.mean(peers) if known else -np.inf
                mark = " *" if ours < least or ours < theirs - _TIE else ""
                line += [
                    mean(own, f"{name}_leaves", 1), f"{mean(own, name)}{mark}", mean(own, f"{name}_std"),
                    mean(own, f"{name}_chance"), f"{theirs:.3f}" if known else "-",
                ]  # fmt: skip
            shuffled = "yes *" if any(row["shuffled_confident"] for row in own) else "no"
            lines.append([*line, shuffled, mean(own, "seconds", 1)])
    sizes = [f"{part}{name}" for name in ("small", "large") for part in ("leaves, ", "", "sd, ", "chance, ", "ExKMC, ")]
    return render(["data", "labels", "rows", "k", *sizes, "confident if shuffled", "seconds"], lines)


def _labels(X: np.ndarray, k: int, name: str, seed: int) -> np.ndarray:
    if name == "kmeans":
        from sklearn.cluster import KMeans

        return np.asarray(KMeans(k, n_init=10, random_state=seed).fit_predict(standardised(X)))
    from deepkmeans import DeepKMeans

    return np.asarray(DeepKMeans(k, random_state=seed).fit_predict(X))


def _design(X: np.ndarray) -> Any:
    from deepkmeans.inspection.design import Design, DesignFeature
    from deepkmeans.inspection.original import OriginalColumn

    columns = [OriginalColumn(f"x{number}", "number", column) for number, column in enumerate(X.T)]
    return Design(X, tuple(DesignFeature(column) for column in columns))


class _Labelled:
    """What ExKMC asks of a K-Means: here of any labels, with the means of the clusters as centres."""

    def __init__(self, X: np.ndarray, labels: np.ndarray, k: int) -> None:
        self.n_clusters, self._labels = k, labels
        self.cluster_centers_ = np.stack([X[labels == cluster].mean(axis=0) for cluster in range(k)])

    def predict(self, X: np.ndarray) -> np.ndarray:
        return self._labels


def _exkmc_fidelity(X: np.ndarray, labels: np.ndarray, n_leaves: int, seed: int) -> float | None:
    """Of the same rows in the same folds as ours, in standardised columns."""
    from deepkmeans.inspection.rule_fidelity import fold_numbers
    from deepkmeans.inspection.rules import rows_for_rules
    from deepkmeans.runtime import Seeds

    if importlib.util.find_spec("ExKMC") is None:
        return None
    Tree, seeds = _exkmc_tree(), Seeds(seed)
    rows = rows_for_rules(_design(X), labels, np.ones(len(X)), seeds)
    Z, k = standardised(X)[rows.index], len(rows.clusters)
    shares = []
    for number in fold_numbers(rows.labels, seeds):
        for fold in range(number.max() + 1):
            out = number == fold
            tree = Tree(k, max_leaves=max(n_leaves, k))
            tree.fit(Z[~out], _Labelled(Z[~out], rows.labels[~out], k))
            shares.append((tree.predict(Z[out]) == rows.labels[out]).mean())
    return float(np.mean(shares))


def _exkmc_tree() -> Any:
    package = importlib.util.find_spec("ExKMC")
    if importlib.util.find_spec("cut_finder") is None and package is not None and package.origin is not None:
        path = Path(package.origin).parent / "splitters" / "py_cut_finder.py"
        spec = importlib.util.spec_from_file_location("cut_finder", path)
        if spec is None or spec.loader is None:
            raise ValueError(f"ExKMC is installed without {path}, which stands for its code in C")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules["cut_finder"] = module
    from ExKMC.Tree import Tree

    return Tree
