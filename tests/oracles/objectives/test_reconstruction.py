"""The reconstruction error and its corruption, by hand."""

import math

import pytest
import torch

from deepkmeans.encoders.reconstruction import reconstruction_error
from deepkmeans.objectives import Reconstruction
from deepkmeans.objectives.reconstruction import corrupt
from tests.oracles.objectives.small import batch, same


def test_reconstruction_by_hand():
    # Errors (x - x/2)^2: row 1: (1, 0) -> mean 0.5; row 2: (0, 4) -> mean 2.
    out = Reconstruction().eval()(same(2), batch([[2.0, 0.0], [0.0, 4.0]]))
    assert out.total.item() == pytest.approx((0.5 + 2.0) / 2)
    weighted = Reconstruction().eval()(same(2), batch([[2.0, 0.0], [0.0, 4.0]], [3.0, 1.0]))
    assert weighted.total.item() == pytest.approx((3 * 0.5 + 2.0) / 4)


def test_binary_cross_entropy_by_hand():
    error = reconstruction_error(torch.tensor([[0.5, 0.25]]), torch.tensor([[1.0, 0.0]]), "bce")
    assert error.item() == pytest.approx((math.log(2) - math.log(0.75)) / 2)


def test_corruption_masks_the_named_share_and_keeps_the_rest():
    torch.manual_seed(0)
    x = torch.ones(200, 500)
    masked = corrupt(batch(x), 0.3)["x"]
    assert set(masked.unique().tolist()) == {0.0, 1.0}
    assert (masked == 0).float().mean().item() == pytest.approx(0.3, abs=0.01)
