"""The checks for other people's networks pass what is sound and name what is broken."""

import pytest
import torch
from torch import nn

from deepkmeans.encoders import DenseAutoencoder
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.testing import check_encoder


def test_networks():
    check_encoder(DenseAutoencoder(5, 2, (4,)), 5)

    class Mixes(nn.Module):
        def encode(self, x):
            return x - x.mean(0)

    with pytest.raises(AssertionError, match="must not depend on other rows"):
        check_encoder(Mixes(), 5)
    with pytest.raises(AssertionError, match="inputs' shape"):
        bad = DenseAutoencoder(5, 2)
        bad.decode = lambda z: torch.zeros(len(z), 3)
        check_encoder(bad, 5)


class Net(nn.Module):
    """Embeds rows as ``encode`` says, and has other methods as given."""

    def __init__(self, encode=lambda x: x[:, :2], **methods):
        super().__init__()
        self.encode = encode
        for name, method in methods.items():
            setattr(self, name, method)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (nn.Module(), "encode: encode takes rows .* raised NotImplementedError"),
        (nn.Linear(4, 2), "encode: encode takes rows of shape .rows, 5.; trying it raised RuntimeError"),
        (Net(lambda x: (x,)), "encode: encode must return an embedding of shape .*, not a tuple"),
        (Net(lambda x: x.sum()), r"encode: encode must return an embedding of shape .*, not of shape \(\)"),
        (Net(lambda x: x * float("nan")), "encode: encode must return finite numbers"),
        (Net(decode=lambda z: None), "decode: decode must return rows of the inputs' shape, not a NoneType"),
        (Net(decode=lambda z: 1 / 0), "decode: .* raised ZeroDivisionError"),
        (Net(distribution=lambda x: x), "distribution: .* raised ValueError"),
        (Net(distribution=lambda x: (x, x)), r"distribution: .* of the embedding's shape, not of shape \(8, 5\)"),
        (Net(distribution=lambda x: (x[:, 1:3], x[:, :2])), "distribution: the mean .* must be what encode returns"),
    ],
)
def test_a_broken_network_is_told_its_rule(network, words):
    with pytest.raises(AssertionError, match=f"^{words}"):
        check_encoder(network, 5)


def test_a_checked_network_stays_as_it_was():
    network = DenseAutoencoder(5, 2, (4,)).double()  # an estimator converts it, too
    check_encoder(network, 5)
    assert network.training and next(network.parameters()).dtype == torch.float64


def test_what_is_no_network_is_refused():
    tries = ((DenseAutoencoder, 5, "'encoder'"), (None, 5, "'encoder'"), (Net(), 0, "'n_inputs'"))
    for wrong, n_inputs, words in tries:
        with pytest.raises(InvalidParameterError, match=f"The {words} parameter of check_encoder"):
            check_encoder(wrong, n_inputs)
