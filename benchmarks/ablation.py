"""What each stage of the default is worth: one stage off at a time, and the labels that each stage of the whole had.

``full`` rows also hold the ARI of the graph's choice ("graph only"), of each later cut, of K-Means of the rows and the
best candidate of the last cut, which no judge can beat. Where there are landmarks these are of the landmarks.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from . import suite
from .runner import Row, timed
from .tables import mean, render, spread

DATASETS = tuple(name for name in suite.SETS if name not in suite.ASIDE)
#: Constants of ``estimators.self_labelling`` and parameters of DeepKMeans that leave one thing out.
VARIANTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "full": ({}, {}),
    "one round of over-clusters": ({"_OVER_ROUNDS": 1}, {}),
    "no over-clusters": ({"_OVER_ROUNDS": 0}, {}),
    "no pictures": ({}, {"scaling": "shared"}),
    "no steps to neighbours": ({"_MIX": 0.0}, {}),
    "no noise": ({"_NOISE": 0.0}, {}),
    "no compactness": ({}, {"objective": "compactness"}),
    "no reconstruction": ({}, {"objective": "reconstruction_weight"}),
    "no vote": ({"vote": lambda choice, partitions: choice.labels}, {}),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), default=list(VARIANTS), help="default: all")
    parser.add_argument("--rows", type=int, default=8000, help="at most this many rows of each set")


def plan(options: argparse.Namespace) -> list[Row]:
    return [
        {"dataset": dataset, "variant": variant, "seed": seed, "limit": options.rows}
        for seed in options.seeds
        for dataset in options.datasets
        for variant in options.variants
        if dataset in suite.IMAGES or variant not in ("one round of over-clusters", "no over-clusters", "no pictures")
    ]


def measure(key: Row, data: Path | None) -> Row:
    from deepkmeans import DeepKMeans
    from deepkmeans.estimators import self_labelling
    from deepkmeans.metrics import evaluate
    from deepkmeans.objectives import SelfLabel

    X, y = suite.load(key["dataset"], data, rows=key["limit"])
    constants, parameters = VARIANTS[key["variant"]]
    if "objective" in parameters:
        parameters = {"objective": SelfLabel(**{parameters["objective"]: 0.0})}
    model = DeepKMeans(int(y.max()) + 1, random_state=key["seed"], **parameters)
    with _recorded(self_labelling) as cuts, contextlib.ExitStack() as stack:
        for name, value in constants.items():
            stack.enter_context(mock.patch.object(self_labelling, name, value))
        labels, cost = timed(lambda: model.fit_predict(X))
    figures = evaluate(y, labels)
    stages = _stages(cuts, y, key["seed"]) if key["variant"] == "full" else {}
    return {**{name: figures[name] for name in ("acc", "nmi", "ari")}, **stages, **cost}


@contextlib.contextmanager
def _recorded(module: Any) -> Iterator[list[tuple[dict[str, Any], Any]]]:
    """All candidates and the outcome of every cut of one fit."""
    cuts: list[tuple[dict[str, Any], Any]] = []
    choose, vote = module.choose, module.vote

    def chosen(partitions: dict[str, Any], *args: Any) -> Any:
        choice = choose(partitions, *args)
        cuts.append((partitions, choice.labels))
        return choice

    def voted(choice: Any, partitions: dict[str, Any]) -> Any:
        labels = vote(choice, partitions)
        cuts[-1] = (partitions, labels)
        return labels

    with mock.patch.object(module, "choose", chosen), mock.patch.object(module, "vote", voted):
        yield cuts


def _stages(cuts: list[tuple[dict[str, Any], Any]], y: Any, seed: int) -> Row:
    from sklearn.metrics import adjusted_rand_score

    from deepkmeans.estimators.self_labelling import landmarks
    from deepkmeans.runtime import Seeds

    if not cuts:
        return {}
    own = y[landmarks(len(y), Seeds(seed)).numpy()]
    row = {f"cut_{i}": float(adjusted_rand_score(own, labels)) for i, (_, labels) in enumerate(cuts)}
    every = {name: float(adjusted_rand_score(own, labels)) for name, labels in cuts[-1][0].items()}
    return {**row, "kmeans": every["k-means"], "oracle": max(every.values())}


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """One line a set: ARI of the stages and of each variant."""
    columns = ["kmeans", "cut_0", "cut_1", "cut_2", "oracle"]
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
    return render(["data", "K-Means", "graph only", "cut 1", "cut 2", "oracle", *options.variants], lines)
