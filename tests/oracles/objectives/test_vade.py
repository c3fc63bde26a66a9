"""VaDE's divergence beside the closed form, samples and the evidence of a mixture."""

import math

import numpy as np
import pytest
import torch

from deepkmeans.objectives import VaDE
from deepkmeans.objectives.vade import mixture_divergence
from deepkmeans.testing import OracleCase
from tests.oracles.objectives.small import batch, epoch, same

#: Own squared distances are 1 and 1, so the shared variance is 1. With components weighed by their posterior, the
#: divergence of q from the mixture is -H(q) - log p(z) for a q as narrow as e^-10; p(z) is the same for both rows.
EVIDENCE = math.log(0.5 * (math.exp(-0.5) + math.exp(-4.5)) / math.sqrt(2 * math.pi))
KL = -0.5 * (1 + math.log(2 * math.pi) - 20.0) - EVIDENCE
ORACLE = OracleCase(
    VaDE(weight=0.5), rows=[[1.0], [3.0]], centers=[[0.0], [4.0]],
    expected={"kl": KL, "reconstruction": (0.25 + 2.25) / 2, "total": 1.25 + 0.5 * KL},
)  # fmt: skip


def test_vade_divergence_of_one_component_is_the_closed_form():
    generator = torch.Generator().manual_seed(1)
    mean, log_variance = torch.randn(5, 3, generator=generator), torch.randn(5, 3, generator=generator)
    center, log_sigma2 = torch.randn(1, 3, generator=generator), torch.tensor(0.7)
    q = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    p = torch.distributions.Normal(center, (0.5 * log_sigma2).exp())
    expected = torch.distributions.kl_divergence(q, p).sum(1)
    got = mixture_divergence(mean, log_variance, center, log_sigma2, mean)
    np.testing.assert_allclose(got.numpy(), expected.numpy(), rtol=1e-5)


def test_vade_divergence_of_a_mixture_is_the_sampled_one():
    """KL(q(z, c) || p(z, c)) with q(c | x) held at its value, estimated from 400,000 samples of q(z | x)."""
    torch.manual_seed(0)
    mean, log_variance = torch.tensor([[0.3, -0.2]]), torch.tensor([[-1.0, -0.5]])
    centers, log_sigma2 = torch.tensor([[0.0, 0.0], [1.0, -1.0], [-2.0, 0.5]]), torch.tensor(-0.3)
    q = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    p = torch.distributions.Normal(centers, (0.5 * log_sigma2).exp())
    gamma = torch.softmax(p.log_prob(mean).sum(1), 0)  # the sample z is the mean here
    z = q.sample((400_000,)).squeeze(1)
    log_p = p.log_prob(z[:, None]).sum(2) + math.log(1 / 3)
    sampled = (q.log_prob(z).sum(1) + (gamma * (gamma.log() - log_p)).sum(1)).mean()
    got = mixture_divergence(mean, log_variance, centers, log_sigma2, mean)
    assert got.item() == pytest.approx(sampled.item(), abs=0.01)


def test_vade_prediction_is_the_nearest_centre_because_components_share_their_variance():
    objective = VaDE()
    objective.setup(torch.tensor([[0.0], [4.0]]), 2)
    objective.begin_epoch(epoch(torch.tensor([[1.0], [3.0]])))
    assert objective.log_sigma2.item() == pytest.approx(0.0, abs=1e-6)  # own squared distances 1 and 1
    assert math.isfinite(objective(same(), batch([[1.0], [3.0]])).total.item())
