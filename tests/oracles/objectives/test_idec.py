"""IDEC: reconstruction and DEC, weighted."""

import pytest
import torch

from deepkmeans.objectives import DEC, IDEC, Reconstruction
from deepkmeans.testing import OracleCase
from tests.oracles.objectives.small import batch, epoch, same
from tests.oracles.objectives.test_dec import KL

#: The divergence of DEC's case, and errors of the halves 0 and (1/4 + 0) / 2.
ORACLE = OracleCase(
    IDEC(weight=0.25, mass_power=1.0), rows=[[0.0, 0.0], [1.0, 0.0]], centers=[[0.0, 0.0], [2.0, 0.0]],
    expected={"kl": KL, "reconstruction": 1 / 16, "total": 1 / 16 + 0.25 * KL},
)  # fmt: skip


def test_idec_is_reconstruction_plus_weighted_dec():
    rows = [[0.0, 1.0], [2.0, 0.0], [5.0, 5.0]]
    centers = torch.tensor([[0.0, 0.0], [4.0, 4.0]])
    dec, idec = DEC(mass_power=1.0), IDEC(weight=0.25, mass_power=1.0)
    for objective in (dec, idec):
        objective.setup(centers, 3)
        objective.begin_epoch(epoch(torch.tensor(rows)))
    expected = Reconstruction().eval()(same(2), batch(rows)).total + 0.25 * dec(same(2), batch(rows)).total
    assert idec(same(2), batch(rows)).total.item() == pytest.approx(expected.item(), rel=1e-6)
