"""What each stage of the default is worth: one stage off at a time, and the labels that each stage of the whole had.

``full`` rows also hold the ARI of the first choice (of the table's candidates, or of the graph of pictures), of each
later cut of pictures, of the last one before its candidates vote, of K-Means of the rows and of the best candidate of
the last pool, which no judge can beat. Where there are landmarks these are of the landmarks.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import suite
from .runner import Row, timed
from .tables import mean, render, spread

DATASETS = tuple(name for name in suite.SETS if name not in suite.ASIDE)


@dataclass(frozen=True)
class Variant:
    """What leaves one thing out: parameters of the objective and of DeepKMeans, and who names a table's partition."""

    objective: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    choose: Callable[[Any], str] | None = None


def most_agreed(found: Any) -> str:
    """The candidate of the highest consensus, whatever speaks for K-Means."""
    table = _verdict(found, found.partitions, found.graphs).table
    return max(table, key=lambda name: table[name]["consensus"])


def without_mixtures(found: Any) -> str:
    """The judge's choice among the candidates that are no Gaussian mixtures."""
    from deepkmeans.kmeans import COVARIANCES

    kinds = tuple(f"-{covariance}" for covariance in COVARIANCES)
    left = {name: labels for name, labels in found.partitions.items() if not name.endswith(kinds)}
    return str(_verdict(found, left, found.graphs).name)


def in_one_space(found: Any) -> str:
    """The judge's choice among the candidates of standardised columns."""
    from deepkmeans.graph import KMEANS

    left = {name: labels for name, labels in found.partitions.items() if name == KMEANS or name.startswith("standard/")}
    graphs = {name: graph for name, graph in found.graphs.items() if name.startswith("standard/")}
    return str(_verdict(found, left, graphs).name)


def _verdict(found: Any, partitions: dict[str, Any], graphs: dict[str, Any]) -> Any:
    from deepkmeans.graph import judge

    return judge(partitions, graphs, weight=found.weight, few_values=found.few_values, coded=found.coded)


VARIANTS: dict[str, Variant] = {
    "full": Variant(),
    "K-Means always": Variant(parameters={"partition": "k-means"}),
    "no judge": Variant(choose=most_agreed),
    "no mixtures": Variant(choose=without_mixtures),
    "one space": Variant(choose=in_one_space),
    "one round of over-clusters": Variant({"n_rounds": 1}),
    "no over-clusters": Variant({"n_rounds": 0}),
    "no pictures": Variant(parameters={"scaling": "shared"}),
    "no steps to neighbours": Variant({"mixup": 0.0}),
    "no noise": Variant({"noise": 0.0}),
    "no compactness": Variant({"compactness": 0.0}),
    "no reconstruction": Variant({"reconstruction_weight": 0.0}),
}
_OF_PICTURES = ("one round of over-clusters", "no over-clusters", "no pictures")
_OF_TABLES = ("no judge", "no mixtures", "one space")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), default=list(VARIANTS), help="default: all")
    parser.add_argument("--rows", type=int, default=8000, help="at most this many rows of each set")


def plan(options: argparse.Namespace) -> list[Row]:
    return [
        {"dataset": dataset, "variant": variant, "seed": seed, "limit": options.rows}
        for seed in options.seeds
        for dataset in options.datasets
        for variant in options.variants
        if variant not in (_OF_TABLES if dataset in suite.IMAGES else _OF_PICTURES)
    ]


def measure(key: Row, data: Path | None) -> Row:
    from deepkmeans import DeepKMeans
    from deepkmeans.data.array_inputs import float_dtype
    from deepkmeans.metrics import evaluate
    from deepkmeans.objectives import SelfLabel

    X, y = suite.load(key["dataset"], data, rows=key["limit"])
    X = X.astype(float_dtype(X.dtype), copy=False)
    variant = VARIANTS[key["variant"]]
    given = {"objective": SelfLabel(**variant.objective), "random_state": key["seed"], **variant.parameters}
    model = DeepKMeans(int(y.max()) + 1, **given)
    if variant.choose is not None:
        found = _candidates(model.prepare(X))
        model.set_params(partition="auto" if found is None else variant.choose(found))
    labels, cost = timed(lambda: model.fit_predict(X))
    figures = evaluate(y, labels)
    stages = _stages(model.prepare(X), X, y) if key["variant"] == "full" else {}
    return {**{name: figures[name] for name in ("acc", "nmi", "ari")}, **stages, **cost}


def _candidates(context: Any) -> Any:
    """The candidates of a table among which the fit of ``context`` chooses; None of pictures, and of very few rows."""
    from deepkmeans.fitting.table_partition import table_candidates

    if context.plan.finds_pictures:
        return None
    return table_candidates(context.rows.plain, context.n_clusters, context.seeds, context.plan.strategy)


def _stages(context: Any, X: Any, y: Any) -> Row:
    """ARI of what the fit of ``context`` has found by and by, made once more."""
    from sklearn.metrics import adjusted_rand_score

    from deepkmeans.data import distinct_rows

    classes = y[distinct_rows(X)[0]]

    def score(labels: Any) -> float:
        return float(adjusted_rand_score(classes[index], labels))

    if context.plan.finds_pictures:
        index, cuts = _cuts(context)
        partitions = cuts[-1].partitions
        row = {f"cut_{i}": score(cut.labels) for i, cut in enumerate(cuts)}
        row["before_vote"] = score(cuts[-1].choice.labels)
    else:
        found = _candidates(context)
        if found is None:
            return {}
        index, partitions = found.index.numpy(), found.partitions
        row = {"cut_0": score(partitions[_verdict(found, partitions, found.graphs).name])}
    every = {name: score(labels) for name, labels in partitions.items()}
    return {**row, "kmeans": every["k-means"], "oracle": max(every.values())}


def _cuts(context: Any) -> tuple[Any, Any]:
    """Landmarks of pictures, and every cut of their graph."""
    from deepkmeans.fitting import Course, landmarks
    from deepkmeans.fitting.neighbor_graph import build_graph
    from deepkmeans.fitting.picture_partition import find_picture_partition

    rows, strategy = context.rows.network, context.plan.strategy
    index = landmarks(len(rows), context.seeds, strategy.n_landmarks)
    graph = build_graph(rows, index.to(rows.device), context.n_clusters, strategy.n_neighbors)
    return index.numpy(), find_picture_partition(context, Course([], []), strategy, graph).cuts


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """One line a set: ARI of the stages and of each variant."""
    columns = ["kmeans", "cut_0", "cut_1", "cut_2", "before_vote", "oracle"]
    lines = []
    for dataset in options.datasets:
        of = [row for row in rows if row["dataset"] == dataset]
        full = [row for row in of if row["variant"] == "full" and "cut_0" in row]
        if not full:
            continue
        cells = [dataset + ("*" if dataset in suite.ASIDE else "")]
        cells += [mean(full, name) if all(name in row for row in full) else "" for name in columns]
        for variant in options.variants:
            own = [row for row in of if row["variant"] == variant]
            cells.append(f"{mean(own, 'ari')} ±{spread(own, 'ari')}" if own else "")
        lines.append(cells)
    return render(
        ["data", "K-Means", "first choice", "cut 1", "cut 2", "before vote", "oracle", *options.variants], lines
    )
