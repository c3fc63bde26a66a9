"""Strategies over shards, as threads: what two find together is what one finds."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.fitting import Course, FitContext, run_strategy, start_centers
from deepkmeans.objectives import DCN, SelfLabel
from deepkmeans.runtime import Collective
from tests.threads_collective import run_in_threads


def rings(n: int = 400) -> np.ndarray:
    """Rows (n, 2) of two circles, which K-Means cannot see."""
    random = np.random.RandomState(0)
    angle, radius = 2 * np.pi * random.rand(n), 1.0 + 2 * (np.arange(n) % 2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1) + 0.1 * random.randn(n, 2)


def blobs(n: int = 300) -> np.ndarray:
    random = np.random.RandomState(0)
    return 4.0 * random.randn(3, 4)[random.choice(3, n)] + random.randn(n, 4)


def run(context: FitContext, collective: Collective | None = None) -> Any:
    """Centres, labels and findings of a fit, or of the share of it."""
    context = replace(context, encoder=copy.deepcopy(context.encoder), objective=copy.deepcopy(context.objective))
    context = context if collective is None else context.shard(collective)
    course = Course([], [])
    result = run_strategy(context, course)
    return result.centers, context.labels(result), course.findings


def compare(context: FitContext) -> dict[str, Any]:
    centers, labels, findings = run(context)
    parts = run_in_threads(2, lambda collective: run(context, collective))
    for other, _, others in parts:
        torch.testing.assert_close(other, centers, atol=1e-5, rtol=1e-5)
        assert others == findings
    assert torch.equal(torch.cat([part for _, part, _ in parts]), labels)
    return findings  # type: ignore[no-any-return]


@pytest.mark.parametrize("more", [{}, {"n_landmarks": 1000}, {"n_landmarks": 1000, "n_train": 300}], ids=str)
def test_a_partition_of_landmarks_is_learnt_by_all(more: dict[str, int]) -> None:
    """Also where not all rows are landmarks, and not all are trained on."""
    model = DeepKMeans(2, objective=SelfLabel(**more), max_epochs=3, random_state=0)
    findings = compare(model.prepare(rings()).to(torch.float64))
    assert findings["chosen"] != "k-means" and findings["agreement"] > 0
    assert (findings["n_landmarks"] < 400) == bool(more)


def test_k_means_is_kept_by_all() -> None:
    assert compare(DeepKMeans(3, random_state=0).prepare(blobs()).to(torch.float64))["chosen"] == "k-means"


def test_an_autoencoder_is_pretrained_by_all() -> None:
    model = DeepKMeans(3, objective="dcn", pretrain_epochs=2, max_epochs=2, random_state=0)
    compare(model.prepare(blobs()).to(torch.float64))


def test_centers_start_at_the_means_of_labels_of_all_shards() -> None:
    labels = np.repeat([0, 1, 2], 100)
    context = DeepKMeans(3, objective=DCN(), random_state=0).prepare(blobs()).to(torch.float64)

    def start(collective: Collective) -> torch.Tensor:
        own = replace(context, encoder=copy.deepcopy(context.encoder), objective=DCN()).shard(collective)
        share = labels[: len(own.rows.network)] if collective.rank == 0 else labels[-len(own.rows.network) :]
        start_centers(own, Course([], []), share)  # neither shard has a row of every cluster
        return own.objective.centers

    alone = replace(context, encoder=copy.deepcopy(context.encoder), objective=DCN())
    start_centers(alone, Course([], []), labels)
    for centers in run_in_threads(2, start):
        torch.testing.assert_close(centers, alone.objective.centers)


def test_shards_follow_one_another_and_stay_one_object() -> None:
    context = DeepKMeans(3, objective="dcn", random_state=0).prepare(blobs(101))

    def job(collective: Collective) -> FitContext:
        return context.shard(collective)

    parts = run_in_threads(3, job)
    assert [len(part.rows.network) for part in parts] == [33, 34, 34]
    joined = torch.cat([part.rows.network.take(torch.arange(len(part.rows.network))) for part in parts])
    assert torch.equal(joined, context.rows.network.take(torch.arange(101)))
    for part in parts:
        same = context.rows.network is context.rows.counted
        assert (part.rows.network is part.rows.counted) == same


@pytest.mark.parametrize("objective", ["selflabel", "dcn"])
def test_fewer_rows_than_processes_are_refused_in_all_of_them(objective: str) -> None:
    X = np.repeat([[0.0, 0.0], [5.0, 5.0]], 1 if objective == "dcn" else 50, axis=0)
    context = DeepKMeans(2, objective=objective, random_state=0).prepare(X)

    def refused(collective: Collective) -> bool:
        with pytest.raises(InvalidParameterError, match="2 rows that differ cannot be shared by 3 processes"):
            context.shard(collective)
        return True

    assert run_in_threads(3, refused) == [True] * 3
