"""The network for series: shapes, where times go, and what augmented views keep."""

import pytest
import torch

from deepkmeans.encoders import SeriesAutoencoder


@pytest.mark.parametrize(("times", "channels"), [(1, 1), (2, 3), (24, 1), (100, 6), (1000, 2)])
def test_there_and_back_have_the_shapes_of_the_rows(times: int, channels: int) -> None:
    network = SeriesAutoencoder(times * channels + 2, 5, (1, times, channels))
    x = torch.randn(4, times * channels + 2)
    z = network.encode(x)
    assert z.shape == (4, 5) and network.decode(z).shape == x.shape
    assert (network.decode(z)[:, times * channels :] == 0).all()
    assert network.augment(x).shape == x.shape


def test_multiplications_by_hand() -> None:
    network = SeriesAutoencoder(16, 2, (1, 16, 1), channels=(3,), hidden_size=7)
    # 8 times of 7 x 2 x 3 weights; (8 means and a maximum) x 3 x 7; 7 x 2; 2 x 7; 7 x 16
    assert network.multiplications == 8 * 42 + 27 * 7 + 14 + 14 + 7 * 16


def test_series_are_read_time_by_time() -> None:
    x = torch.arange(2 * 5 * 3, dtype=torch.float32).view(2, -1)
    assert SeriesAutoencoder(15, 2, (1, 5, 3)).series(x)[1, 2, 4] == x[1, 4 * 3 + 2]


def test_a_shape_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="needs 64 inputs, got 60"):
        SeriesAutoencoder(60, 2, (1, 64, 1))


def test_augmented_views_are_near_and_flags_stay() -> None:
    network = SeriesAutoencoder(202, 2, (1, 200, 1))
    times = torch.arange(200.0)
    x = torch.rand(32, 202)
    x[:, :200] = torch.exp(-(((times - 100) / 8) ** 2))
    views = network.augment(x, torch.Generator().manual_seed(0))
    assert torch.equal(views[:, 200:], x[:, 200:])
    assert not torch.equal(views[0], views[1])
    smooth = torch.nn.functional.avg_pool1d(views[:, None, :200], 9, 1, 4)[:, 0]
    peak = smooth.argmax(1)
    assert (peak - 100).abs().max() <= 35 and (peak - 100).abs().max() > 5  # a tenth, and a warp of a twentieth
    assert torch.equal(views, network.augment(x, torch.Generator().manual_seed(0)))
