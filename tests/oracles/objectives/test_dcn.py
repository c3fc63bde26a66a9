"""DCN by hand, and its running means beside the authors' loop over rows."""

import numpy as np
import pytest
import torch

from deepkmeans.objectives import DCN
from deepkmeans.testing import OracleCase
from deepkmeans.types import LossOutput
from tests.oracles.objectives.small import batch, same

#: On a line (e = 1), each centre the mean of its rows: distances 1, 1, 4, 4; errors of the halves 1/4, 1/4, 16, 36.
ORACLE = OracleCase(
    DCN(weight=2.0), rows=[[-1.0], [1.0], [8.0], [12.0]], centers=[[0.0], [10.0]],
    expected={"distance": 2.5, "reconstruction": 52.5 / 4, "total": 52.5 / 4 + 0.5 * 2.0 * 2.5},
)  # fmt: skip


def test_dcn_by_hand():
    # Centres 0 and 10 on a line (e = 1): rows 1 and 8, distances 1 and 4, errors 0.25 and 16.
    objective = DCN(weight=2.0)
    objective.setup(torch.tensor([[0.0], [10.0]]), 2)
    out = objective(same(), batch([[1.0], [8.0]]))
    assert out.terms["distance"].item() == pytest.approx(2.5)
    assert out.total.item() == pytest.approx((0.25 + 16) / 2 + 0.5 * 2.0 * 2.5)


def test_dcn_running_mean_of_a_batch_equals_the_authors_loop_over_rows():
    generator = torch.Generator().manual_seed(3)
    centers, z = torch.randn(4, 5, generator=generator), torch.randn(64, 5, generator=generator)
    objective = DCN()
    objective.setup(centers, 64)
    objective.counts.copy_(torch.tensor([7.0, 1.0, 30.0, 4.0]))
    expected, counts = centers.double().numpy().copy(), objective.counts.double().numpy().copy()
    labels = ((z[:, None] - centers[None]) ** 2).sum(-1).argmin(1).numpy()
    for row, label in zip(z.double().numpy(), labels, strict=True):  # Yang et al., section 4.2: step 1 / c_k
        counts[label] += 1
        expected[label] += (row - expected[label]) / counts[label]
    objective.end_step(LossOutput(torch.zeros(()), {}, z), batch(z))
    np.testing.assert_allclose(objective.centers.numpy(), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(objective.counts.numpy(), counts)
