"""A hundred rows for every one: no objective takes halves of the large cluster instead of both."""

from __future__ import annotations

import numpy as np
import pytest

from deepkmeans import DeepKMeans, KMeans
from deepkmeans.metrics import evaluate
from deepkmeans.objectives import OBJECTIVES


def two_clusters(n: int, m: int, distance: float = 10.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.RandomState(0)
    X = random.randn(n + m, 8).astype(np.float32)
    X[n:] += distance / np.sqrt(8)
    order = random.permutation(n + m)
    return X[order], (np.arange(n + m) >= n)[order]


def test_k_means() -> None:
    X, y = two_clusters(10_000, 100)
    assert evaluate(y, KMeans(2, random_state=0).fit(X).labels_)["macro_recall"] > 0.97


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:DeepKMeans reached max_epochs")
@pytest.mark.parametrize("objective", [*OBJECTIVES])
def test_every_objective(objective: str) -> None:
    X, y = two_clusters(3_000, 30)
    epochs = {} if objective == "selflabel" else {"pretrain_epochs": 10, "max_epochs": 10}
    model = DeepKMeans(2, objective=objective, random_state=0, **epochs).fit(X)
    assert evaluate(y, model.labels_)["macro_recall"] > 0.95
    assert sorted(model.report_["cluster_sizes"])[0] < 60
