"""DKM by hand, from soft to hard."""

import math

import numpy as np
import pytest
import torch

from deepkmeans.objectives import DKM
from deepkmeans.objectives.dkm import soft_distance
from deepkmeans.testing import OracleCase
from tests.oracles.objectives.small import batch, epoch, same

#: Squared distances 0 and 4 of row 1: at alpha = ln(3) / 4 the softmax is 3/4 and 1/4, the soft distance 1. Row 2 is in
#: the middle: 1 and 1. Errors of the halves: 0 and 1/4.
ORACLE = OracleCase(
    DKM(weight=0.5, alpha_first=math.log(3) / 4), rows=[[0.0], [1.0]], centers=[[0.0], [2.0]],
    expected={"distance": 1.0, "reconstruction": 0.125, "total": 0.125 + 0.5 * 1.0},
)  # fmt: skip


def test_soft_distance_runs_from_the_mean_to_the_minimum():
    distance = torch.tensor([[1.0, 3.0, 8.0]])
    assert soft_distance(distance, 0.0).item() == pytest.approx(4.0)
    assert soft_distance(distance, 1e4).item() == pytest.approx(1.0)
    weights = np.exp([-1.0, -3.0, -8.0])
    assert soft_distance(distance, 1.0).item() == pytest.approx((weights * [1, 3, 8]).sum() / weights.sum(), rel=1e-6)


def test_dkm_hardens_and_then_equals_the_kmeans_loss():
    objective = DKM(weight=1.0, alpha_first=0.1, alpha_last=1e6, annealing_epochs=4)
    objective.setup(torch.tensor([[0.0], [10.0]]), 2)
    seen = []
    for number in range(6):
        objective.begin_epoch(epoch(torch.zeros(2, 1), number))
        seen.append(float(objective.alpha))
        assert objective.annealing == (number < 4)
    np.testing.assert_allclose(np.diff(np.log(seen[:5])), np.log(1e7) / 4, rtol=1e-4)
    assert seen[4] == seen[5]
    assert objective(same(), batch([[1.0], [8.0]])).terms["distance"].item() == pytest.approx(2.5)
