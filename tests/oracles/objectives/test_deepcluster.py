"""DeepCluster by hand: weights of clusters and cross-entropy."""

import math

import numpy as np
import pytest
import torch

from deepkmeans.objectives import DeepCluster
from deepkmeans.testing import OracleCase
from tests.oracles.objectives.small import batch, epoch, same

#: Two rows in cluster 0, one in cluster 1: weights 3/(2*2) and 3/(2*1). Logits -d^2 / (T e): the cross-entropy of each
#: row is ln(1 + e^-(difference / 2)), of squared distances 1 and 16, 1 and 4, 0 and 9. Errors of halves 1/4, 1/4, 9/4.
ENTROPY = (0.75 * math.log1p(math.exp(-7.5)) + 0.75 * math.log1p(math.exp(-1.5)) + 1.5 * math.log1p(math.exp(-4.5))) / 3
ORACLE = OracleCase(
    DeepCluster(noise=0.0, temperature=2.0, reconstruction_weight=2.0),
    rows=[[-1.0], [1.0], [3.0]], centers=[[0.0], [3.0]],
    expected={"cross_entropy": ENTROPY, "reconstruction": 2.75 / 3, "total": ENTROPY + 2 * 2.75 / 3},
)  # fmt: skip


def test_deepcluster_by_hand():
    # Two rows in cluster 0, one in cluster 1: weights 3/(2*2) and 3/(2*1); logits -d^2 / (T e).
    objective = DeepCluster(noise=0.0, temperature=2.0, reconstruction_weight=0.0)
    objective.setup(torch.tensor([[0.0], [10.0]]), 3)
    rows = [[-1.0], [1.0], [9.0]]
    objective.begin_epoch(epoch(torch.tensor(rows)))
    np.testing.assert_allclose(objective.centers.numpy(), [[0.0], [9.0]])
    np.testing.assert_allclose(objective.row_weight.numpy(), [0.75, 0.75, 1.5])
    logits = -np.array([[1.0, 100.0], [1.0, 64.0], [81.0, 0.0]]) / 2
    entropy = np.log(np.exp(logits).sum(1)) - logits[[0, 1, 2], [0, 0, 1]]
    expected = (entropy * [0.75, 0.75, 1.5]).mean()
    assert objective(same(), batch(rows)).total.item() == pytest.approx(expected, rel=1e-5, abs=1e-12)
