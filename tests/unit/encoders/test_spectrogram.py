"""The network for recordings: how views differ from their row."""

from __future__ import annotations

import pytest
import torch

from deepkmeans.encoders import SpectrogramAutoencoder
from deepkmeans.encoders.networks import make_network


def rows(n: int, height: int = 40, width: int = 48) -> torch.Tensor:
    """Pictures of one square each, beside two other inputs."""
    x = torch.zeros(n, height * width + 2)
    x[:, : height * width].view(n, height, width)[:, 16:24, 18:30] = 4
    x[:, -2:] = torch.arange(2 * n, dtype=torch.float32).view(n, 2)
    return x


def test_it_is_made_by_its_name() -> None:
    architecture = {"network": "spectrogram", "n_inputs": 1922, "embedding_dim": 3, "image_shape": [40, 48, 1]}
    network = make_network(architecture)
    assert type(network) is SpectrogramAutoencoder
    z = network.encode(rows(4))
    assert z.shape == (4, 3) and network.decode(z).shape == (4, 1922)


def test_views_are_near_and_other_inputs_stay() -> None:
    network, x = SpectrogramAutoencoder(1922, 2, (40, 48, 1)), rows(256)
    views = network.augment(x, torch.Generator().manual_seed(0))
    assert torch.equal(views[:, -2:], x[:, -2:])
    pictures = views[:, :-2].view(256, 40, 48)
    bright = pictures > 2
    seen = bright.flatten(1).any(1)
    assert seen.float().mean() > 0.95  # a mask hides no square of a quarter of the side
    for axis, start, size, most in ((1, 16, 40, 3), (2, 18, 48, 13)):
        first = bright[seen].any(3 - axis).float().argmax(1)
        assert (first - start).abs().max() <= most + 0.15 * size and len(first.unique()) > 3
    hidden = (pictures == 0).flatten(1).float().mean(1)
    assert 0 < hidden.mean() < 0.15


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_generator_draws_everything(dtype: torch.dtype) -> None:
    network, x = SpectrogramAutoencoder(1922, 2, (40, 48, 1)), rows(8).to(dtype)
    before = torch.random.get_rng_state()
    first, again, other = (network.augment(x, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other) and first.dtype == dtype
    assert torch.equal(before, torch.random.get_rng_state())
