"""How right are probabilities, confidence and outlier scores, which are found without labels?

One row a set: expected calibration error (ten bins) of the largest ``predict_proba`` against matched classes, beside
that of the posterior of equal Gaussians around the centres, which no one has calibrated; how much more accurate the
surer half of the rows is; rows at ten times the radius of the data; and the average precision of the outlier score for
2% injected outliers (``--outliers``), beside isolation forest and HDBSCAN's GLOSH (where ``hdbscan`` is installed).

What agreement of candidates is worth is learnt from the open sets: in the column "left out" from all others.
``--write FILE`` writes what all of them teach, as the package ships it.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np

from .calibration_tasks import MIXTURES, OPEN, PREFIX, TABLES, load_task, with_outliers
from .runner import Row, timed
from .tables import mean, render

DATASETS = ("mixtures", "open", "tables")
ROWS_PER_PROCESS = 4
_BINS, _ROWS_LEARNT, _MOST_COLUMNS = 10, 200, 100
_LEARNT = ("votes", "agreed", "alike")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=4000, help="at most this many rows; default: %(default)s")
    parser.add_argument("--outliers", action="store_true", help="inject outliers, too: two more fits a set")
    parser.add_argument("--write", type=Path, default=None, help="file for what is learnt from the open sets")


def plan(options: argparse.Namespace) -> list[Row]:
    groups = {"mixtures": [f"{PREFIX}{number:03d}" for number in range(MIXTURES)], "open": OPEN, "tables": TABLES}
    if options.data is not None:
        groups["all"] = sorted(path.stem for path in (options.data / "clubench").glob("*.npz"))
    names = [name for asked in options.datasets for name in groups.get(asked, [asked])]
    return [
        {"dataset": name, "seed": seed, "limit": options.rows, "outliers": options.outliers}
        for seed in options.seeds for name in names
    ]  # fmt: skip


def measure(key: Row, data: Path | None) -> Row:
    from deepkmeans import DeepKMeans

    X, y = load_task(key["dataset"], data, key["limit"])
    k = int(y.max()) + 1
    model, cost = timed(lambda: DeepKMeans(k, random_state=key["seed"]).fit(X))
    right = _matched(y, model.labels_, k) == y
    proba = model.predict_proba(X)
    sure, order = proba.max(axis=1), np.argsort(-proba.max(axis=1), kind="stable")
    half = len(order) // 2
    row: Row = {
        "rows": len(y), "k": k, "accuracy": float(right.mean()), "ece": _error(sure, right),
        "before": _error(_uncalibrated(model, X), right), "expected": float(sure.mean()),
        "surer": float(right[order[:half]].mean() - right[order[half:]].mean()), **model.report_["doubt"],
        "seconds": cost["seconds"], **_votes(model, X, right), **_far(model, X),
    }  # fmt: skip
    return row | _outliers(X, k, key["seed"]) if key["outliers"] else row


def _matched(y: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    from scipy.optimize import linear_sum_assignment

    together = np.zeros((k, k))
    np.add.at(together, (labels, y), 1)
    return np.asarray(linear_sum_assignment(together, maximize=True)[1])[labels]


def _error(sure: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal width."""
    place = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [(right[place == b].mean() - sure[place == b].mean()) * (place == b).mean() for b in np.unique(place)]
    return float(np.abs(gaps).sum())


def _uncalibrated(model: Any, X: np.ndarray) -> np.ndarray:
    """What probabilities were before they were calibrated, and are still where a model knows nothing of its doubt."""
    known, model._doubt = model._doubt, None
    try:
        return np.asarray(model.predict_proba(X).max(axis=1))
    finally:
        model._doubt = known


def _votes(model: Any, X: np.ndarray, right: np.ndarray) -> Row:
    """Of some rows the share of the candidates that agree with their label, and whether it is right: to learn from."""
    import torch

    index = np.random.RandomState(0).permutation(len(right))[:_ROWS_LEARNT]
    inputs = model._inputs(X[index])
    cell = model._doubt.distance(next(inputs.chunks(len(index))))[1]
    votes = model._doubt.votes[cell, torch.from_numpy(model.labels_[index]).long()]
    return {"votes": votes.tolist(), "right": right[index].tolist()}


def _far(model: Any, X: np.ndarray) -> Row:
    """Twenty rows at ten times the radius of the data, in directions drawn at random."""
    flat = X.reshape(len(X), -1).astype(np.float64)
    middle = flat.mean(0)
    radius = np.linalg.norm(flat - middle, axis=1).max()
    away = np.random.RandomState(0).standard_normal((20, flat.shape[1])) * flat.std(0)
    far = (middle + 10 * radius * away / np.linalg.norm(away, axis=1)[:, None]).reshape(20, *X.shape[1:])
    scores = model.outlier_score(X)
    shares = model.predict_proba(far)
    return {
        "far_confidence": float(model.confidence(far).max()),
        "far_shares": float(np.abs(shares - 1 / shares.shape[1]).max()),
        "far_beyond": float((model.outlier_score(far) > np.quantile(scores, 0.99)).mean()),
    }  # fmt: skip


def _outliers(X: np.ndarray, k: int, seed: int) -> Row:
    """Average precision for injected outliers, of ours and of two others, on standardised columns."""
    from sklearn.ensemble import IsolationForest
    from sklearn.metrics import average_precision_score

    from deepkmeans import DeepKMeans

    if X.ndim > 2 or X.shape[1] > _MOST_COLUMNS:
        return {}
    row: Row = {}
    for name in ("box", "wide"):
        rows, outlier = with_outliers(X.astype(np.float64), name == "wide")
        Z = (rows - rows.mean(0)) / np.where(rows.std(0) > 0, rows.std(0), 1)
        scores = {
            "ours": DeepKMeans(k, random_state=seed).fit(rows).outlier_score(rows),
            "forest": -IsolationForest(random_state=seed).fit(Z).score_samples(Z),
        }  # fmt: skip
        if importlib.util.find_spec("hdbscan") is not None:
            import hdbscan

            fitted = hdbscan.HDBSCAN(min_cluster_size=max(5, len(Z) // 100)).fit(Z)
            scores["glosh"] = np.nan_to_num(fitted.outlier_scores_)
        row |= {f"{name}_{who}": float(average_precision_score(outlier, each)) for who, each in scores.items()}
    return row


def table(rows: list[Row], options: argparse.Namespace) -> str:
    if not rows:
        return "no set has been measured"
    real = [row for row in rows if not row["dataset"].startswith(PREFIX)]
    for row in rows:
        others = [other for other in real if other["dataset"] != row["dataset"]]
        row["left_out"] = _left_out(row, others) if row in real and others else row["ece"]
    groups = {"mixtures": [row for row in rows if row not in real], "open sets": real}
    head = [
        "sets", "count", "accuracy", "uncalibrated", "calibrated", "left out", "surer half", "far: confidence",
        "far: off equal shares", "far: top 1%",
    ]  # fmt: skip
    names = ("accuracy", "before", "ece", "left_out", "surer", "far_confidence", "far_shares", "far_beyond")
    lines = [[g, str(len(own)), *(mean(own, name) for name in names)] for g, own in groups.items() if own]
    lines += [[row["dataset"], "", *(f"{row[name]:.3f}" for name in names)] for row in rows]
    text = render(head, lines)
    for group, own in groups.items():
        found = [row for row in own if "box_ours" in row]
        if found:
            who = [name for name in ("ours", "forest", "glosh") if all(f"box_{name}" in row for row in found)]
            cells = [[kind, *(mean(found, f"{kind}_{name}") for name in who)] for kind in ("box", "wide")]
            text += f"\n\n{group}, average precision for outliers, {len(found)} sets\n\n"
            text += render(["outliers", *who], cells)
    if options.write is not None:
        options.write.write_text(json.dumps(_document(real), indent=1) + "\n", encoding="utf-8")
    return text


def _odds(share: Any) -> np.ndarray:
    share = np.clip(np.asarray(share, dtype=float), 0.02, 0.98)
    return np.log(share / (1 - share))


def _design(row: Row) -> np.ndarray:
    votes = _odds(row["votes"])
    return np.column_stack([votes, *(np.full(len(votes), _odds(row[name])) for name in _LEARNT[1:])])


def _learn(rows: list[Row]) -> Any:
    from sklearn.linear_model import LogisticRegression

    weight = np.concatenate([np.full(len(row["right"]), 1 / len(row["right"])) for row in rows])
    right = np.concatenate([row["right"] for row in rows])
    return LogisticRegression().fit(np.vstack([_design(row) for row in rows]), right, sample_weight=weight)


def _left_out(row: Row, others: list[Row]) -> float:
    """Error of the word of the candidates on the rows kept of this set, by what the other sets teach."""
    sure = _learn(others).predict_proba(_design(row))[:, 1]
    return _error(np.maximum(sure, 1 / row["k"]), np.array(row["right"]))


def _document(rows: list[Row]) -> dict[str, Any]:
    model = _learn(rows)
    weights = {"constant": float(model.intercept_[0]), **dict(zip(_LEARNT, map(float, model.coef_[0]), strict=True))}
    return {
        "made_by": "python -m benchmarks calibration --data FOLDER --datasets open all --json FILE "
        "--write src/deepkmeans/fitting/doubt.json",
        "sets": len(rows), "weights": {name: round(value, 4) for name, value in weights.items()},
    }  # fmt: skip
