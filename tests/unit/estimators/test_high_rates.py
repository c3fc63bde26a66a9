"""A learning rate that no training survives ends in TrainingDivergedError, whatever the objective."""

import numpy as np
import pytest
import torch

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import TrainingDivergedError
from deepkmeans.kmeans import assign
from deepkmeans.objectives import OBJECTIVES

X = np.random.RandomState(0).randn(80, 3)
X[:40] += 5
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.mark.parametrize("rate", [1e8, 1e12, 1e20, 1e30, 1e37])
@pytest.mark.parametrize("name", sorted(OBJECTIVES))
def test_rates_too_high(name, rate):
    model = DeepKMeans(
        3, objective=name, learning_rate=rate, pretrain_epochs=0, max_epochs=3, batch_size=20, random_state=0,
        partition="auto",
    )  # fmt: skip
    try:
        model.fit(X)
    except TrainingDivergedError as error:
        assert np.isfinite(error.model.cluster_centers_).all()
    assert set(model.labels_) <= {0, 1, 2}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("k", [1, 3, 200])
def test_rows_without_a_nearest_centre_have_label_0(dtype, k):
    rows = torch.randn(5, 2, dtype=dtype)
    rows[1], rows[3, 0] = float("nan"), float("inf")
    labels, squared = assign(rows, torch.randn(k, 2, dtype=dtype))
    assert 0 <= int(labels.min()) and int(labels.max()) < k
    assert not torch.isfinite(squared[[1, 3]]).any()
