"""Self-labelling by hand."""

import math

import pytest
import torch

from deepkmeans.objectives import SelfLabel
from deepkmeans.testing import OracleCase
from tests.oracles.objectives.small import batch, epoch, same

#: Without labels from elsewhere the codes give them: row 1 stands in the middle (1/2, 1/2), row 2 on a centre, half
#: squared distances 0 and 2: p = 1/(1 + e^-2), and sharpened t = p^2 / (p^2 + (1 - p)^2). Confidence 1/2 and p.
P = 1 / (1 + math.exp(-2))
T = P**2 / (P**2 + (1 - P) ** 2)
ENTROPY = (0.5 * math.log(2) + P * -(T * math.log(P) + (1 - T) * math.log(1 - P))) / 2
DISTANCE = (0.5 * 0.5 + P * (1 - T) * 2.0) / 2
ORACLE = OracleCase(
    SelfLabel(compactness=0.5, reconstruction_weight=2.0),
    rows=[[1.0, 0.0], [0.0, 0.0]], centers=[[0.0, 0.0], [2.0, 0.0]],
    expected={
        "cross_entropy": ENTROPY, "distance": DISTANCE, "reconstruction": 1 / 16,
        "total": ENTROPY + 0.5 * DISTANCE + 2 * 1 / 16,
    },
)  # fmt: skip


def test_selflabel_by_hand():
    objective = SelfLabel(compactness=0.5, reconstruction_weight=2.0)
    objective.setup(torch.tensor([[0.0, 0.0], [2.0, 0.0]]), 2)
    objective.fit_pseudo_labels(torch.tensor([[0.8, 0.2], [0.5, 0.5]]))
    # Sharpened: 0.64 and 0.04 of 0.68; confidence 0.8 and 0.5.
    assert objective.targets[0].tolist() == pytest.approx([16 / 17, 1 / 17])
    assert objective.confidence.tolist() == pytest.approx([0.8, 0.5])
    out = objective(same(2), batch([[1.0, 0.0], [0.0, 0.0]]))
    # Row 1: half squared distances 0.5 and 0.5, so p = 1/2 each and the entropy is ln 2; row 2: 0 and 2.
    second = -(0.5 * math.log(1 / (1 + math.exp(-2))) + 0.5 * math.log(math.exp(-2) / (1 + math.exp(-2))))
    entropy = (0.8 * math.log(2) + 0.5 * second) / 2
    distance = (0.8 * 0.5 + 0.5 * 1.0) / 2
    reconstruction = (0.125 + 0.0) / 2
    assert out.terms["cross_entropy"].item() == pytest.approx(entropy, rel=1e-6)
    assert out.terms["distance"].item() == pytest.approx(distance)
    assert out.terms["reconstruction"].item() == pytest.approx(reconstruction)
    assert out.total.item() == pytest.approx(entropy + 0.5 * distance + 2 * reconstruction, rel=1e-6)


def test_selflabel_learns_from_the_view_and_restores_the_row():
    objective = SelfLabel(reconstruction_weight=1.0)
    objective.setup(torch.tensor([[0.0], [4.0]]), 1)
    objective.fit_pseudo_labels(torch.tensor([[1.0, 0.0]]))
    out = objective(same(), batch([[2.0]], view=torch.tensor([[1.0]])))
    assert out.terms["distance"].item() == pytest.approx(0.5)  # of the view at 1, not of the row at 2
    assert out.terms["reconstruction"].item() == pytest.approx((0.5 - 2.0) ** 2)


def test_selflabel_ends_in_k_means_and_untaught_it_teaches_itself():
    z = torch.tensor([[0.0], [1.0], [10.0], [12.0]])
    objective = SelfLabel()
    objective.setup(torch.tensor([[2.0], [9.0]]), 4)
    objective.begin_epoch(epoch(z, 0))
    assert objective.annealing and objective.targets.argmax(1).tolist() == [0, 0, 1, 1]
    assert objective.centers.flatten().tolist() == [2.0, 9.0]
    objective.begin_epoch(epoch(z, 10))
    assert not objective.annealing and objective.centers.flatten().tolist() == [0.5, 11.0]
