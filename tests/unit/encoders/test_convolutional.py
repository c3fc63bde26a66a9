"""The network for pictures: shapes, where pixels go, and what altering leaves alone."""

import pytest
import torch
from torch.nn import functional as F

from deepkmeans.encoders import ConvAutoencoder
from deepkmeans.encoders.convolutional import _affine_grid


@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (17, 13, 3), (80, 60, 3)])
def test_there_and_back_have_the_shapes_of_the_rows(shape):
    height, width, depth = shape
    d = height * width * depth
    network = ConvAutoencoder(d + 2, 5, shape)
    x = torch.randn(4, d + 2)
    z = network.encode(x)
    assert z.shape == (4, 5) and network.decode(z).shape == x.shape
    assert (network.decode(z)[:, d:] == 0).all()
    assert network.multiplications > sum(p.numel() for p in network.hidden.parameters()) // 2


def test_multiplications_by_hand():
    network = ConvAutoencoder(64, 2, (8, 8, 1), channels=(3,), hidden_size=7)
    # 4 x 4 places of 3 x 3 x 1 x 3 weights; 48 x 7; 7 x 2; 2 x 7; 7 x 64
    assert network.multiplications == 16 * 27 + 48 * 7 + 14 + 14 + 7 * 64


def test_pictures_are_read_line_by_line_channels_last():
    x = torch.arange(2 * 6 * 7 * 3, dtype=torch.float32).view(2, -1)
    picture = ConvAutoencoder(126, 2, (6, 7, 3)).picture(x)
    assert picture[1, 2, 4, 5] == x[1, (4 * 7 + 5) * 3 + 2]


def test_a_shape_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="needs 64 inputs, got 60"):
        ConvAutoencoder(60, 2, (8, 8, 1))


def test_altered_pictures_are_near_and_flags_stay():
    torch.manual_seed(0)
    network = ConvAutoencoder(402, 2, (20, 20, 1))
    x = torch.zeros(32, 402)
    x[:, :400].view(32, 20, 20)[:, 8:12, 8:12] = 1
    x[:, 400:] = torch.rand(32, 2)
    moved = network.augment(x)
    assert torch.equal(moved[:, 400:], x[:, 400:])
    assert not torch.equal(moved[0], moved[1])  # each row is moved its own way
    mass = moved[:, :400].sum(1)
    assert ((mass > 10) & (mass < 23)).all()  # 16, a tenth larger or smaller each way
    grid = torch.arange(20.0)
    middle = (moved[:, :400].view(32, 20, 20).sum(1) @ grid) / mass
    assert (middle - 9.5).abs().max() < 2.1 and (middle - 9.5).abs().max() > 0.5
    torch.manual_seed(3)
    first = network.augment(x)
    torch.manual_seed(3)
    assert torch.equal(first, network.augment(x))


def test_the_grid_of_an_affine_map_is_torchs():
    theta = torch.randn(3, 2, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(_affine_grid(theta, 5, 8), F.affine_grid(theta, [3, 1, 5, 8], align_corners=False))
