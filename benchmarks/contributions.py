"""Whether contributions to a row's cluster are right: planted columns come first, shares add up, shap agrees.

``planted-NN``: a table of :mod:`benchmarks.planted`, in which three of 40 columns define the clusters. ``top_three`` is
the share of rows whose three largest contributions are these columns. Only rows in the cluster of their group count,
and tables whose groups the model has found (ARI of at least 0.9): one that has not has nothing to explain by. Others:
``complete`` is the share of rows whose contributions miss the margin by less than 1 %, ``worst`` the largest miss;
``shap`` is the mean rank correlation with shap's PermutationExplainer of the same margin against the same row (``pip
install shap``; left out without), over ``--rows`` rows.

``--models``: "default", or the default bound to learn a network ("network"), or an objective ("dcn", "idec").
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from .planted import COUNT, planted_table
from .runner import Row, load, timed
from .tables import mean, render

_PREFIX = "planted-"
DATASETS = ("planted", "wine", "iris", "breast_cancer")
ROWS_PER_PROCESS = 20
MODELS = ("default", "network", "dcn", "idec")
_GRAPH, _FOUND = "standard/15/spectral-diag", 0.9
_EVALUATIONS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models", nargs="+", choices=MODELS, default=["default", "network"])
    parser.add_argument("--tables", type=int, default=COUNT, help="planted tables; default: %(default)s")
    parser.add_argument("--rows", type=int, default=40, help="rows that shap looks at; default: %(default)s")


def plan(options: argparse.Namespace) -> list[Row]:
    names = [f"{_PREFIX}{number:02d}" for number in range(options.tables)]
    datasets = [each for name in options.datasets for each in (names if name == "planted" else [name])]
    return [
        {"dataset": dataset, "model": model, "seed": seed, "limit": options.rows}
        for seed in options.seeds for dataset in datasets for model in options.models
    ]  # fmt: skip


def measure(key: Row, data: Path | None) -> Row:
    from sklearn.metrics import adjusted_rand_score

    from deepkmeans.inspection import explain_rows

    planted = None
    if key["dataset"].startswith(_PREFIX):
        X, y, planted = planted_table(int(key["dataset"].removeprefix(_PREFIX)), key["seed"])
    else:
        X, y = load(key["dataset"], data)
        y = np.unique(y, return_inverse=True)[1]
    model = _model(key["model"], int(y.max()) + 1, key["seed"]).fit(X)
    found, cost = timed(lambda: explain_rows(model, X))
    row: Row = {
        "rows": len(found), "ari": float(adjusted_rand_score(y, model.labels_)), "method": found.method,
        "complete": float((found.completeness < 0.01).mean()), "worst": float(found.completeness.max()),
        "hidden": str(model._architecture.get("hidden_sizes")), "seconds": cost["seconds"],
    }  # fmt: skip
    if planted is not None:
        return {**row, "top_three": _top_three(found, y, model.labels_, planted)}
    return {**row, "shap": _like_shap(model, X, found, key["limit"])}


def _model(name: str, k: int, seed: int) -> Any:
    from deepkmeans import DeepKMeans

    settings = {"default": {}, "network": {"partition": _GRAPH}}.get(name, {"objective": name})
    return DeepKMeans(k, random_state=seed, **settings)


def _top_three(found: Any, y: np.ndarray, labels: np.ndarray, planted: frozenset[str]) -> float:
    """Share of rows, in the cluster of most of their group, whose three largest contributions are the planted ones."""
    most = np.array([np.bincount(labels[y == group]).argmax() for group in range(int(y.max()) + 1)])
    right = (labels == most[y])[found.index]
    first = np.argsort(-found.values, axis=1)[:, :3]
    hits = np.array([{found.columns[at] for at in row} == planted for row in first.tolist()])
    return float(hits[right].mean())


def _like_shap(model: Any, X: np.ndarray, found: Any, most: int) -> float | None:
    """Mean rank correlation with Shapley values of the same margin, against the mean row of the runner-up."""
    try:
        import shap
    except ImportError:
        return None
    from scipy.stats import spearmanr

    X = np.asarray(X, dtype=np.float64)
    centers = model.cluster_centers_.astype(np.float64)
    correlations = []
    for at in np.linspace(0, len(found) - 1, min(most, len(found))).astype(int).tolist():
        first, second = int(found.first[at]), int(found.second[at])

        def margin(rows: np.ndarray, first: int = first, second: int = second) -> np.ndarray:
            away = np.square(model.embed(rows)[:, None] - centers[[second, first]]).sum(axis=2)
            return np.asarray(away[:, 0] - away[:, 1])

        typical = X[model.labels_ == second].mean(axis=0, keepdims=True)
        explainer = shap.explainers.Permutation(margin, typical, seed=0)
        values = explainer(X[[found.index[at]]], max_evals=_EVALUATIONS * (2 * X.shape[1] + 1), silent=True).values[0]
        correlations.append(float(spearmanr(values, found.values[at])[0]))
    return float(np.mean(correlations))


def table(rows: list[Row], options: argparse.Namespace) -> str:
    lines = []
    for model in options.models:
        of_model = [row for row in rows if row["model"] == model]
        generated = [row for row in of_model if "top_three" in row]
        right = [row for row in generated if row["ari"] >= _FOUND]
        if right:
            least = min(row["top_three"] for row in right)
            lines.append([
                f"planted ({len(right)} of {len(generated)} found)", model, mean(right, "top_three"), f"{least:.3f}",
                "-", mean(right, "complete"), f"{max(row['worst'] for row in right):.4f}", mean(right, "seconds", 2),
            ])  # fmt: skip
        for dataset in dict.fromkeys(row["dataset"] for row in of_model if "shap" in row):
            own = [row for row in of_model if row["dataset"] == dataset]
            agrees = "-" if any(row["shap"] is None for row in own) else mean(own, "shap")
            lines.append([
                dataset, model, "-", "-", agrees, mean(own, "complete"), f"{max(row['worst'] for row in own):.4f}",
                mean(own, "seconds", 2),
            ])  # fmt: skip
    head = ["data", "model", "top three", "least", "like shap", "complete", "worst", "seconds"]
    return render(head, lines)
