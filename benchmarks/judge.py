"""The rule that leaves K-Means for another partition, or does not: measured on tables with known classes.

One row a task and seed (:mod:`.judge_tasks`): the pool of candidates as the default makes it, what speaks for the
candidate with the highest consensus (:mod:`deepkmeans.graph.partition_statistics`), and its adjusted Rand index beside
that of plain K-Means (scikit-learn, standardised, ten starts, median of five seeds). The table compares rules; learnt
ones leave out whole families of sets. ``--write FILE`` writes the probability of being right, learnt from all tasks, as
the package ships it.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from . import judge_tasks
from .runner import Row, timed
from .tables import render

DATASETS = ("all",)
ROWS_PER_PROCESS = 20
_RIDGE, _FOLDS, _MOST_GAIN = 30.0, 10, 0.3
_CONFIDENCE_C, _RIGHT = 0.1, 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--generated", type=int, default=260, help="how many generated tables; default: %(default)s")
    parser.add_argument("--write", type=Path, default=None, help="file for what is learnt from all tasks")


def plan(options: argparse.Namespace) -> list[Row]:
    tasks = judge_tasks.names(options.data, options.generated) if "all" in options.datasets else options.datasets
    return [{"dataset": task, "seed": seed} for seed in options.seeds for task in tasks]


def measure(key: Row, data: Path | None) -> Row:
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    loaded = judge_tasks.load(key["dataset"], data)
    if loaded is None:
        return {"skipped": True}
    X, y = loaded
    k = int(y.max()) + 1
    Z = (X - X.mean(0)) / X.std(0)
    plain = [adjusted_rand_score(y, KMeans(k, n_init=10, random_state=s).fit_predict(Z)) for s in range(5)]
    (found, place), cost = timed(lambda: _candidates(X, k, key["seed"]))
    if found is None:
        return {"skipped": True}
    row, best = _evidence(found)
    scores = {name: float(adjusted_rand_score(y, labels[place])) for name, labels in found.partitions.items()}
    return {
        "skipped": False, "reference": float(np.median(plain)), "range": float(np.ptp(plain)), "best": best,
        "ari": scores[best], "k-means": scores["k-means"], "oracle": max(scores.values()),
        "mean": float(np.mean(list(scores.values()))), "evidence": row, "cpu_seconds": cost["cpu_seconds"],
    }  # fmt: skip


def _candidates(X: np.ndarray, k: int, seed: int) -> tuple[Any, np.ndarray]:
    """The default's candidates, and which landmark each row is a copy of."""
    import torch

    from deepkmeans.data import Rows, distinct_rows, fit_scaling
    from deepkmeans.fitting.table_partition import table_candidates
    from deepkmeans.runtime import Seeds

    index, place = distinct_rows(X)
    weight = np.bincount(place).astype(np.float64)
    rows = Rows(
        X[index], fit_scaling(X[index], "standard", weight=weight), weight=weight, device=torch.device("cpu")
    )  # fmt: skip
    return table_candidates(rows, k, Seeds(seed)), place


def _evidence(found: Any) -> tuple[dict[str, float], str]:
    from deepkmeans.graph import judge

    verdict = judge(
        found.partitions, found.graphs, weight=found.weight, few_values=found.few_values, coded=found.coded
    )  # fmt: skip
    best = max(verdict.table, key=lambda name: verdict.table[name]["consensus"])
    return verdict.statistics, best


def table(rows: list[Row], options: argparse.Namespace) -> str:
    rows = [row for row in rows if not row["skipped"]]
    if not rows:
        return "no task has been measured"
    gain = np.array([row["ari"] - row["reference"] for row in rows])
    plain = np.array([row["k-means"] - row["reference"] for row in rows])
    groups = {
        "open tables": np.array([row["dataset"].endswith("~0") for row in rows]),
        "cuts of them": np.array([row["dataset"][-2:-1] == "~" and row["dataset"][-1] != "0" for row in rows]),
        "generated": np.array([row["dataset"].startswith("generated") for row in rows]),
    }  # fmt: skip
    expected = _left_out(rows, lambda train: _ridge(rows, train, gain))
    number = {name: np.array([row["evidence"][name] for row in rows]) for name in rows[0]["evidence"]}
    consensus, modularity, mixtures = (
        number[name] for name in ("consensus_gain", "modularity_gain", "gain_by_mixture")
    )
    left = _left(rows)
    rules: dict[str, np.ndarray] = {
        "K-Means, always": np.zeros(len(rows), dtype=bool),
        "highest consensus, always": np.ones(len(rows), dtype=bool),
        "consensus +.04": consensus >= 0.04,
        "consensus +.04, modularity -.05": (consensus >= 0.04) & (modularity >= -0.05),
        "the same, mixtures": (consensus >= 0.04) & (modularity >= -0.05) & (mixtures >= 0),
        "the same, mixtures, graphs, robust units": _left(rows, few_values=0.0, column_gain=0.0),
        "the same, K-Means where values are few": _left(rows, column_gain=0.0),
        "the same, no column repeated: the rule": left,
        "learnt: expected gain .02": expected >= 0.02,
        "learnt: expected gain .05": expected >= 0.05,
        "whichever is better": gain > plain,
    }
    lines = []
    for group, members in groups.items():
        if not members.any():
            continue
        for rule, leave in rules.items():
            lines.append([group, rule, *_figures(np.where(leave, gain, plain)[members], rows, members)])
        oracle = np.array([row["oracle"] - row["reference"] for row in rows])
        lines.append([group, "best of the pool", *_figures(oracle[members], rows, members)])
    text = render(["tasks", "rule", "ARI", "reference", "below .01", "below .05", "better by .1"], lines)
    right, sure = _right(gain, left), _confidences(rows, gain, left)
    text += "\n\n" + render(
        ["tasks", "confidence from", "share", "right"],
        [
            [group, f"{level}", f"{(sure[m] >= level).mean():.0%}", f"{right[m & (sure >= level)].mean():.1%}"]
            for group, m in groups.items() for level in (0.0, 0.8, 0.85, 0.9) if (m & (sure >= level)).any()
        ],
    )  # fmt: skip
    if options.write is not None:
        options.write.write_text(json.dumps(_document(rows, gain, left), indent=1) + "\n", encoding="utf-8")
    return text


def _figures(gain: np.ndarray, rows: list[Row], members: np.ndarray) -> list[str]:
    own = [row for row, member in zip(rows, members, strict=True) if member]
    reference = np.array([row["reference"] for row in own])
    margin = np.array([0.05 if row["range"] > 0.01 else 0.01 for row in own])
    return [
        f"{(reference + gain).mean():.3f}", f"{reference.mean():.3f}", f"{(gain < -margin).mean():.1%}",
        f"{(gain < -0.05).mean():.1%}", f"{(gain >= 0.1).mean():.0%}",
    ]  # fmt: skip


def _numbers(rows: list[Row]) -> np.ndarray:
    return np.array([list(row["evidence"].values()) for row in rows])


def _ridge(rows: list[Row], train: np.ndarray, gain: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    weights, intercept = _fitted(_numbers(rows)[train], gain[train])
    return lambda test: _numbers(rows)[test] @ weights + intercept


def _fitted(X: np.ndarray, gain: np.ndarray) -> tuple[np.ndarray, float]:
    """Ridge regression of the gain, cut off at 0.3 either way, on standardised numbers; weights for the raw ones."""
    mean, spread = X.mean(0), np.where(X.std(0) > 1e-9, X.std(0), 1.0)
    Z, target = (X - mean) / spread, np.clip(gain, -_MOST_GAIN, _MOST_GAIN)
    own = np.linalg.solve(Z.T @ Z + _RIDGE * np.eye(Z.shape[1]), Z.T @ (target - target.mean())) / spread
    return own, float(target.mean() - mean @ own)


def _left_out(rows: list[Row], fit: Callable[[np.ndarray], Callable[[np.ndarray], np.ndarray]]) -> np.ndarray:
    """Predictions (n,), each by what was learnt from other families."""
    names = [judge_tasks.family(row["dataset"]) for row in rows]
    order = {name: i for i, name in enumerate(np.random.RandomState(0).permutation(sorted(set(names))))}
    fold = np.array([order[name] % _FOLDS for name in names])
    found = np.zeros(len(rows))
    for f in range(_FOLDS):
        test = fold == f
        if test.any():
            found[test] = fit(~test)(test)
    return found


def _left(rows: list[Row], **instead: float) -> np.ndarray:
    """Whether the rule leaves K-Means, with some of the evidence replaced."""
    from deepkmeans.graph.judge import leaves_kmeans

    return np.array([row["best"] != "k-means" and leaves_kmeans(row["evidence"] | instead) for row in rows])


def _right(gain: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Whether the partition taken is within 0.05 of the better of the two."""
    return np.asarray(np.where(left, gain, 0.0) >= np.maximum(gain, 0.0) - _RIGHT)


def _confidences(rows: list[Row], gain: np.ndarray, left: np.ndarray) -> np.ndarray:
    X, right = _asked(rows), _right(gain, left)

    def fit(train: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        models = {side: _logistic(X[train & (left == side)], right[train & (left == side)]) for side in (False, True)}

        def told(test: np.ndarray) -> np.ndarray:
            logits = {side: X[test] @ weights + intercept for side, (weights, intercept) in models.items()}
            return 1 / (1 + np.exp(-np.where(left[test], logits[True], logits[False])))

        return told

    return _left_out(rows, fit)


def _asked(rows: list[Row]) -> np.ndarray:
    from deepkmeans.graph.judge import CONFIDENCE

    return np.array([[row["evidence"][name] for name in CONFIDENCE] for row in rows])


def _logistic(X: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, float]:
    from sklearn.linear_model import LogisticRegression

    if right.all() or not right.any():
        share = (right.sum() + 1) / (len(right) + 2)
        return np.zeros(X.shape[1]), math.log(share / (1 - share))
    mean, spread = X.mean(0), np.where(X.std(0) > 1e-9, X.std(0), 1.0)
    model = LogisticRegression(C=_CONFIDENCE_C).fit((X - mean) / spread, right)
    own = model.coef_[0] / spread
    return own, float(model.intercept_[0] - mean @ own)


def _document(rows: list[Row], gain: np.ndarray, left: np.ndarray) -> dict[str, Any]:
    from deepkmeans.graph.judge import CONFIDENCE

    X, right = _asked(rows), _right(gain, left)
    document: dict[str, Any] = {
        "made_by": "python -m benchmarks judge --data FOLDER --json FILE --write src/deepkmeans/graph/judge.json",
        "tasks": len(rows), "families": len({judge_tasks.family(row["dataset"]) for row in rows}),
    }  # fmt: skip
    for name, side in (("kept", False), ("left", True)):
        weights, intercept = _logistic(X[left == side], right[left == side])
        document[name] = {
            "tasks": int((left == side).sum()), "right": float(f"{right[left == side].mean():.3f}"),
            "intercept": float(f"{intercept:.6g}"),
            "weights": {n: float(f"{w:.6g}") for n, w in zip(CONFIDENCE, weights, strict=True)},
        }  # fmt: skip
    return document
