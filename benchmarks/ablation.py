"""What each stage of the default is worth: one stage off at a time, and the labels that each stage of the whole had.

``full`` rows also hold the ARI of the first choice (of the table's candidates, or of the graph of pictures), of each
later cut of pictures, of K-Means of the rows and the best candidate of the last pool, which no judge can beat. Where
there are landmarks these are of the landmarks.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from . import suite
from .runner import Row, timed
from .tables import mean, render, spread

DATASETS = tuple(name for name in suite.SETS if name not in suite.ASIDE)
#: What leaves one thing out: names within ``deepkmeans`` and what stands there instead, and parameters of DeepKMeans.
VARIANTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "full": ({}, {}),
    "K-Means always": ({}, {"partition": "k-means"}),
    "no judge": ({"graph.judge.leaves_kmeans": lambda found: True}, {}),
    "no mixtures": ({"graph.pool.COVARIANCES": ()}, {}),
    "one space": ({"fitting.table_partition.column_spaces": lambda X, weight: {"standard": X}}, {}),
    "one round of over-clusters": ({"fitting.sizing._OVER_ROUNDS": 1}, {}),
    "no over-clusters": ({"fitting.sizing._OVER_ROUNDS": 0}, {}),
    "no pictures": ({}, {"scaling": "shared"}),
    "no steps to neighbours": ({"fitting.self_labelling._MIX": 0.0}, {}),
    "no noise": ({"fitting.self_labelling._NOISE": 0.0}, {}),
    "no compactness": ({}, {"objective": "compactness"}),
    "no reconstruction": ({}, {"objective": "reconstruction_weight"}),
    "no vote": ({"fitting.self_labelling.vote": lambda choice, partitions: choice.labels}, {}),
}
_OF_PICTURES = ("one round of over-clusters", "no over-clusters", "no pictures", "no vote")
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
    from deepkmeans.metrics import evaluate
    from deepkmeans.objectives import SelfLabel

    X, y = suite.load(key["dataset"], data, rows=key["limit"])
    replaced, parameters = VARIANTS[key["variant"]]
    if "objective" in parameters:
        parameters = {"objective": SelfLabel(**{parameters["objective"]: 0.0})}
    model = DeepKMeans(int(y.max()) + 1, random_state=key["seed"], **parameters)
    with _recorded() as seen, contextlib.ExitStack() as stack:
        for name, value in replaced.items():
            room, _, attribute = name.rpartition(".")
            module = importlib.import_module(f"deepkmeans.{room}")
            stack.enter_context(mock.patch.object(module, attribute, value))
        labels, cost = timed(lambda: model.fit_predict(X))
    figures = evaluate(y, labels)
    stages = _stages(seen, y, key["seed"]) if key["variant"] == "full" else {}
    return {**{name: figures[name] for name in ("acc", "nmi", "ari")}, **stages, **cost}


class _Seen:
    """Which row each distinct row is, which landmarks a table had, and all candidates and the outcome of each cut."""

    def __init__(self) -> None:
        self.rows: Any = None
        self.landmarks: Any = None
        self.cuts: list[tuple[dict[str, Any], Any]] = []


@contextlib.contextmanager
def _recorded() -> Iterator[_Seen]:
    from deepkmeans.data import distinct_rows
    from deepkmeans.estimators import deep_kmeans
    from deepkmeans.fitting import labelling, self_labelling, table_partition

    seen = _Seen()
    collapse, find = deep_kmeans.collapse_copies, labelling.find_partition
    judge, choose, vote = table_partition.judge, self_labelling.choose, self_labelling.vote

    def collapsed(X: Any, weight: Any) -> Any:
        seen.rows = distinct_rows(X)[0]
        return collapse(X, weight)

    def found(*args: Any) -> Any:
        partition = find(*args)
        seen.landmarks = None if partition is None else partition.index.numpy()
        return partition

    def judged(partitions: dict[str, Any], *args: Any, **options: Any) -> Any:
        verdict = judge(partitions, *args, **options)
        seen.cuts.append((partitions, partitions[verdict.name]))
        return verdict

    def chosen(partitions: dict[str, Any], *args: Any) -> Any:
        choice = choose(partitions, *args)
        seen.cuts.append((partitions, choice.labels))
        return choice

    def voted(choice: Any, partitions: dict[str, Any]) -> Any:
        labels = vote(choice, partitions)
        seen.cuts[-1] = (partitions, labels)
        return labels

    with (
        mock.patch.object(deep_kmeans, "collapse_copies", collapsed),
        mock.patch.object(labelling, "find_partition", found),
        mock.patch.object(table_partition, "judge", judged), mock.patch.object(self_labelling, "choose", chosen),
        mock.patch.object(self_labelling, "vote", voted),
    ):  # fmt: skip
        yield seen


def _stages(seen: _Seen, y: Any, seed: int) -> Row:
    from sklearn.metrics import adjusted_rand_score

    from deepkmeans.fitting import landmarks
    from deepkmeans.runtime import Seeds

    if not seen.cuts:
        return {}
    own = y[seen.rows]
    own = own[landmarks(len(own), Seeds(seed)).numpy() if seen.landmarks is None else seen.landmarks]
    row = {f"cut_{i}": float(adjusted_rand_score(own, labels)) for i, (_, labels) in enumerate(seen.cuts)}
    every = {name: float(adjusted_rand_score(own, labels)) for name, labels in seen.cuts[-1][0].items()}
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
    return render(["data", "K-Means", "first choice", "cut 1", "cut 2", "oracle", *options.variants], lines)
