"""Blocks whose random numbers are their own: torch's global generator is neither read nor changed."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from deepkmeans.runtime import seeded_torch

X = torch.linspace(-2, 2, 24).reshape(2, 3, 4)

DRAWS = {
    "rand": lambda: torch.rand(3),
    "randn": lambda: torch.randn(2, 3, dtype=torch.float64),
    "rand of no generator": lambda: torch.rand(3, generator=None),
    "rand_like": lambda: torch.rand_like(X),
    "randn_like": lambda: torch.randn_like(X),
    "randint": lambda: torch.randint(5, (4,)),
    "randint from low": lambda: torch.randint(2, 9, (4,)),
    "randint_like": lambda: torch.randint_like(X, 7),
    "randperm": lambda: torch.randperm(9),
    "normal": lambda: torch.normal(X, 0.5),
    "bernoulli": lambda: torch.bernoulli(torch.full((8,), 0.5)),
    "multinomial": lambda: torch.multinomial(torch.ones(6), 3),
    "dropout": lambda: F.dropout(X, 0.4),
    "alpha dropout": lambda: F.alpha_dropout(X, 0.4, training=True),
    "rrelu": lambda: F.rrelu(X, training=True),
    "gumbel softmax": lambda: F.gumbel_softmax(X),
    "layer": lambda: nn.Linear(3, 2).weight.detach(),
    "orthogonal": lambda: nn.init.orthogonal_(torch.empty(3, 3)),
    "recurrent": lambda: nn.GRU(4, 3, 2, dropout=0.5)(X)[0].detach(),
    "attention": lambda: F.scaled_dot_product_attention(X, X, X, dropout_p=0.5),
    "transformer": lambda: nn.TransformerEncoderLayer(4, 2)(X).detach(),
    "gamma": lambda: torch.distributions.Gamma(torch.tensor(2.0), torch.tensor(1.0)).sample((3,)),
    "pooling": lambda: F.fractional_max_pool2d(torch.ones(1, 1, 8, 8).cumsum(3), 2, output_size=3),
}


@pytest.mark.parametrize("name", DRAWS)
def test_numbers_are_those_after_manual_seed_and_the_global_generator_stays(name):
    before = torch.get_rng_state()
    with seeded_torch(5):
        own = [DRAWS[name](), DRAWS[name]()]
    assert torch.equal(before, torch.get_rng_state())
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        expected = [DRAWS[name](), DRAWS[name]()]
    torch.testing.assert_close(own, expected)
    if name not in ("alpha dropout", "pooling"):  # these may well draw the same twice
        assert not torch.equal(own[0], own[1])


def test_a_generator_that_is_given_is_the_one_that_draws():
    expected = torch.rand(3, generator=torch.Generator().manual_seed(1))
    with seeded_torch(5):
        first = torch.rand(2)
        assert torch.equal(torch.rand(3, generator=torch.Generator().manual_seed(1)), expected)
        second = torch.rand(2)
    with seeded_torch(5):
        assert torch.equal(torch.cat([first, second]), torch.cat([torch.rand(2), torch.rand(2)]))


def test_layers_without_memory_can_be_made():
    with seeded_torch(0), torch.device("meta"):
        assert nn.Linear(10**6, 10**6).weight.is_meta


def test_dropout_is_differentiated_through():
    x = torch.ones(50, requires_grad=True)
    with seeded_torch(0):
        y = F.dropout(x, 0.5)
        y.sum().backward()
    assert torch.equal(x.grad, y.detach()) and 0 < float(y.detach().count_nonzero()) < 50


def test_an_interrupt_leaves_the_global_generator_as_it_was():
    before = torch.get_rng_state()
    with pytest.raises(KeyboardInterrupt), seeded_torch(3):
        torch.rand(4)
        raise KeyboardInterrupt
    assert torch.equal(before, torch.get_rng_state())


def draws(seed):
    """Numbers drawn with pauses, in which other threads would draw from the same generator."""
    with seeded_torch(seed):
        drawn = []
        for _ in range(5):
            drawn.append(float(torch.rand(1)))
            time.sleep(0.001)
        with seeded_torch(seed + 1):  # blocks may be nested
            torch.rand(3)
        return [*drawn, float(torch.rand(1))]


def test_blocks_in_threads_draw_what_they_draw_alone():
    before = torch.get_rng_state()
    alone = [draws(seed) for seed in range(8)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(draws, range(8))) == alone
    assert torch.equal(before, torch.get_rng_state())
