"""DEC by hand, and the gradient of the paper."""

import math

import numpy as np
import torch

from deepkmeans.objectives import DEC
from deepkmeans.objectives.dec import student_log_assignment, target_distribution
from deepkmeans.testing import OracleCase
from tests.oracles.objectives.small import batch, epoch, same

#: Squared distances 0, 4 and 1, 1: q is (5/6, 1/6) and (1/2, 1/2); of masses 4/3, 2/3: p is (25/27, 2/27), (1/3, 2/3).
KL = (25 / 27 * math.log(10 / 9) + 2 / 27 * math.log(4 / 9) + 1 / 3 * math.log(2 / 3) + 2 / 3 * math.log(4 / 3)) / 2
ORACLE = OracleCase(
    DEC(mass_power=1.0), rows=[[0.0, 0.0], [1.0, 0.0]], centers=[[0.0, 0.0], [2.0, 0.0]],
    expected={"total": KL, "kl": KL},
)  # fmt: skip


def test_student_kernel_and_target_by_hand():
    # Distances squared to the centres: row 1: 0 and 4; row 2: 1 and 1. q with alpha = 1: 1/(1 + d^2) normalised.
    z, centers = torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.tensor([[0.0, 0.0], [2.0, 0.0]])
    q = student_log_assignment(z, centers).exp()
    np.testing.assert_allclose(q.numpy(), [[5 / 6, 1 / 6], [0.5, 0.5]], rtol=1e-6)
    mass = np.array([5 / 6 + 0.5, 1 / 6 + 0.5])
    raw = np.array([[25 / 36, 1 / 36], [0.25, 0.25]]) / mass
    np.testing.assert_allclose(target_distribution(q).numpy(), raw / raw.sum(1, keepdims=True), rtol=1e-6)


def test_dec_gradient_is_that_of_the_paper():
    """Xie et al. eq. 4, alpha = 1, P held: dL/dz_i = 2 sum_j (p_ij - q_ij)(z_i - mu_j) / (1 + |z_i - mu_j|^2)."""
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(6, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    objective = DEC(mass_power=1.0)
    objective.setup(torch.randn(4, 3, generator=generator, dtype=torch.float64), 6)
    objective.double()
    objective.begin_epoch(epoch(z.detach()))
    out = objective(same(3).double(), batch(z))
    out.total.backward()
    difference = z.detach()[:, None] - objective.centers.detach()[None]
    q = student_log_assignment(z.detach(), objective.centers.detach()).exp()
    pull = (objective.p - q)[..., None] * difference / (1 + difference.square().sum(-1, keepdim=True))
    np.testing.assert_allclose(z.grad.numpy(), 2 * pull.sum(1).detach().numpy() / 6, rtol=1e-6, atol=1e-9)


def test_targets_without_masses_do_not_draw_rows_to_the_small_cluster():
    """Row 3 is hardly nearer to the large cluster: of equal masses it stays there; the papers' masses move it over."""
    q = torch.tensor([[0.9, 0.1], [0.9, 0.1], [0.55, 0.45], [0.1, 0.9]])
    mass = np.array([2.45, 1.55])
    free, papers = target_distribution(q, mass_power=0.0), target_distribution(q)
    np.testing.assert_allclose(free[2].numpy(), np.array([0.55**2, 0.45**2]) / (0.55**2 + 0.45**2), rtol=1e-6)
    raw = np.array([0.55**2, 0.45**2]) / mass
    np.testing.assert_allclose(papers[2].numpy(), raw / raw.sum(), rtol=1e-6)
    assert free[2, 0] > 0.5 > papers[2, 0]
