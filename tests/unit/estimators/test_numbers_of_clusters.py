"""Clusters are numbered by size, in the model and its objective alike."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from deepkmeans import DeepKMeans
from deepkmeans.fitting import Course, run_strategy
from deepkmeans.metrics.label_numbers import by_size, numbered_by_size
from deepkmeans.objectives import DCN, DEC, OBJECTIVES, DeepCluster, SelfLabel
from tests.threads_collective import ThreadCollective, run_in_threads

QUICK = {"random_state": 0, "device": "cpu", "pretrain_epochs": 1, "max_epochs": 2}
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def blobs(*sizes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Groups of these sizes along a line, in a mixed order."""
    rng = np.random.RandomState(seed)
    group = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    return (10 * group[:, None] + rng.randn(len(group), 3)).astype(np.float32), group


def test_by_hand() -> None:
    labels = np.array([2, 0, 0, 3, 2, -1])
    assert by_size(labels, np.array([2, 0, 2, 1])).tolist() == [2, 0, 3, 1]  # 2 begins before 0; 1 has no row
    assert by_size(labels, np.array([2.0, 0.0, 2.0, 2.5])).tolist() == [3, 2, 0, 1]
    assert numbered_by_size(np.array([1, 1, 5, 1, 0, 5])).tolist() == [0, 0, 1, 0, 2, 1]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_largest_cluster_is_number_0(objective: str) -> None:
    X, _ = blobs(20, 60, 40)
    model = DeepKMeans(3, objective=objective, **QUICK).fit(X)
    sizes = model.report_["cluster_sizes"]
    assert sizes == sorted(sizes, reverse=True) == np.bincount(model.labels_, minlength=3).tolist()
    np.testing.assert_array_equal(model.labels_, model.predict(X))
    for entry in model.alternatives_:
        counts = np.bincount(entry["labels"])
        assert (np.diff(counts) <= 0).all()
    centers = getattr(model.objective_, "centers", None)
    if centers is not None:
        np.testing.assert_allclose(centers.detach().numpy(), model.cluster_centers_, rtol=1e-6)


def test_weights_decide_and_ties_go_to_the_first_row() -> None:
    X, group = blobs(30, 60)
    heavy = DeepKMeans(2, partition="k-means", **QUICK).fit(X, sample_weight=np.where(group == 0, 5.0, 1.0))
    assert (heavy.labels_ == group).all() and heavy.report_["cluster_sizes"] == [150.0, 60.0]
    X, group = blobs(40, 40)
    even = DeepKMeans(2, partition="k-means", **QUICK).fit(X)
    assert even.labels_[0] == 0 and ((even.labels_ == even.labels_[0]) == (group == group[0])).all()


@pytest.mark.parametrize("objective", [DCN(), DEC(), SelfLabel(), DeepCluster()])
def test_all_that_an_objective_keeps_of_a_cluster_moves_with_it(objective: torch.nn.Module) -> None:
    centers, order = torch.arange(6, dtype=torch.float32).reshape(3, 2), torch.tensor([2, 0, 1])
    objective.setup(centers, 4)
    by_cluster = torch.arange(12, dtype=torch.float32).reshape(4, 3)
    labels = torch.tensor([0, 1, 2, 2])
    for name, value in {"p": by_cluster, "targets": by_cluster, "counts": centers[:, 0], "given": labels,
                        "pseudo_labels": labels}.items():  # fmt: skip
        if isinstance(getattr(objective, name, None), torch.Tensor):
            getattr(objective, name).copy_(value)
    objective.renumber(order)
    assert objective.centers.tolist() == [[4, 5], [0, 1], [2, 3]]
    for name in ("p", "targets"):
        if hasattr(objective, name):
            assert getattr(objective, name)[0].tolist() == [2, 0, 1]
    for name in ("given", "pseudo_labels"):
        if hasattr(objective, name):
            assert getattr(objective, name).tolist() == [1, 2, 0, 0]
    if hasattr(objective, "counts"):
        assert objective.counts.tolist() == [4, 0, 2]


def test_processes_that_share_the_rows_agree() -> None:
    X, _ = blobs(20, 60, 40)

    def fit(collective: ThreadCollective) -> tuple[np.ndarray, list[int]]:
        context = DeepKMeans(3, objective="sequential", **QUICK).prepare(X).shard(collective)
        result = context.numbered(run_strategy(context, Course([], [])))
        return result.centers.numpy(), collective.gather(context.labels(result)).tolist()

    (one, labels), (other, same) = run_in_threads(2, fit)
    np.testing.assert_array_equal(one, other)
    assert labels == same and np.bincount(labels).tolist() == [60, 40, 20]
