"""Each objective against numbers worked out by hand, or against an independent computation of the paper's formula."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from deepkmeans.encoders import ScaledCodes
from deepkmeans.encoders.reconstruction import reconstruction_error
from deepkmeans.kmeans import lloyd
from deepkmeans.objectives import DCN, DEC, DKM, IDEC, DeepCluster, Reconstruction, SelfLabel, Sequential, VaDE
from deepkmeans.objectives.dec import student_log_assignment, target_distribution
from deepkmeans.objectives.dkm import soft_distance
from deepkmeans.objectives.reconstruction import corrupt
from deepkmeans.objectives.vade import mixture_divergence
from deepkmeans.types import Batch, Epoch, LossOutput


class Half(nn.Module):
    """Codes are the rows; the reconstruction is half of the code."""

    def encode(self, x):
        return x

    def decode(self, z):
        return z / 2

    def distribution(self, x):
        return x, torch.full_like(x, -2.0)


def same(embedding_dim=1):
    return ScaledCodes(Half(), embedding_dim)


def batch(rows, weight=None):
    rows = torch.tensor(rows, dtype=torch.float32)
    weight = None if weight is None else torch.tensor(weight, dtype=torch.float32)
    return Batch(torch.arange(len(rows)), {"x": rows}, weight=weight)


def epoch(z, number=0, weight=None):
    return Epoch(number, 10, z, weight, torch.Generator().manual_seed(0))


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
    masked = corrupt({"x": x}, 0.3)["x"]
    assert set(masked.unique().tolist()) == {0.0, 1.0}
    assert (masked == 0).float().mean().item() == pytest.approx(0.3, abs=0.01)


def test_dcn_by_hand():
    # Centres 0 and 10 on a line (e = 1): rows 1 and 8, distances 1 and 4, errors 0.25 and 16.
    objective = DCN(weight=2.0)
    objective.setup(torch.tensor([[0.0], [10.0]]), 2)
    out = objective(same(), batch([[1.0], [8.0]]))
    assert out.terms["distance"].item() == pytest.approx(2.5)
    assert out.total.item() == pytest.approx((0.25 + 16) / 2 + 0.5 * 2.0 * 2.5)


def test_dcn_running_mean_of_a_batch_equals_the_authors_loop_over_rows():
    generator = torch.Generator().manual_seed(3)
    centers, z = torch.randn(4, 5, generator=generator), torch.randn(64, 5, generator=generator)
    objective = DCN()
    objective.setup(centers, 64)
    objective.counts.copy_(torch.tensor([7.0, 1.0, 30.0, 4.0]))
    expected, counts = centers.double().numpy().copy(), objective.counts.double().numpy().copy()
    labels = ((z[:, None] - centers[None]) ** 2).sum(-1).argmin(1).numpy()
    for row, label in zip(z.double().numpy(), labels, strict=True):  # Yang et al., section 4.2: step 1 / c_k
        counts[label] += 1
        expected[label] += (row - expected[label]) / counts[label]
    objective.end_step(LossOutput(torch.zeros(()), {}, z), Batch(torch.arange(64), {"x": z}))
    np.testing.assert_allclose(objective.centers.numpy(), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(objective.counts.numpy(), counts)


def test_soft_distance_runs_from_the_mean_to_the_minimum():
    distance = torch.tensor([[1.0, 3.0, 8.0]])
    assert soft_distance(distance, 0.0).item() == pytest.approx(4.0)
    assert soft_distance(distance, 1e4).item() == pytest.approx(1.0)
    weights = np.exp([-1.0, -3.0, -8.0])
    assert soft_distance(distance, 1.0).item() == pytest.approx((weights * [1, 3, 8]).sum() / weights.sum(), rel=1e-6)


def test_dkm_hardens_and_then_equals_the_kmeans_loss():
    objective = DKM(weight=1.0, alpha_first=0.1, alpha_last=1e6, annealing_epochs=4)
    objective.setup(torch.tensor([[0.0], [10.0]]), 2)
    seen = []
    for number in range(6):
        objective.begin_epoch(epoch(torch.zeros(2, 1), number))
        seen.append(float(objective.alpha))
        assert objective.annealing == (number < 4)
    np.testing.assert_allclose(np.diff(np.log(seen[:5])), np.log(1e7) / 4, rtol=1e-4)
    assert seen[4] == seen[5]
    assert objective(same(), batch([[1.0], [8.0]])).terms["distance"].item() == pytest.approx(2.5)


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
    objective = DEC()
    objective.setup(torch.randn(4, 3, generator=generator, dtype=torch.float64), 6)
    objective.double()
    objective.begin_epoch(epoch(z.detach()))
    out = objective(same(3).double(), Batch(torch.arange(6), {"x": z}))
    out.total.backward()
    difference = z.detach()[:, None] - objective.centers.detach()[None]
    q = student_log_assignment(z.detach(), objective.centers.detach()).exp()
    pull = (objective.p - q)[..., None] * difference / (1 + difference.square().sum(-1, keepdim=True))
    np.testing.assert_allclose(z.grad.numpy(), 2 * pull.sum(1).detach().numpy() / 6, rtol=1e-6, atol=1e-9)


def test_idec_is_reconstruction_plus_weighted_dec():
    rows = [[0.0, 1.0], [2.0, 0.0], [5.0, 5.0]]
    centers = torch.tensor([[0.0, 0.0], [4.0, 4.0]])
    dec, idec = DEC(), IDEC(weight=0.25)
    for objective in (dec, idec):
        objective.setup(centers, 3)
        objective.begin_epoch(epoch(torch.tensor(rows)))
    expected = Reconstruction().eval()(same(2), batch(rows)).total + 0.25 * dec(same(2), batch(rows)).total
    assert idec(same(2), batch(rows)).total.item() == pytest.approx(expected.item(), rel=1e-6)


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


def test_deepcluster_by_hand():
    # Two rows in cluster 0, one in cluster 1: weights 3/(2*2) and 3/(2*1); logits -d^2 / (T e).
    objective = DeepCluster(noise=0.0, temperature=2.0, reconstruction_weight=0.0)
    objective.setup(torch.tensor([[0.0], [10.0]]), 3)
    rows = [[-1.0], [1.0], [9.0]]
    objective.begin_epoch(epoch(torch.tensor(rows)))
    np.testing.assert_allclose(objective.centers.numpy(), [[0.0], [9.0]])
    np.testing.assert_allclose(objective.row_weight.numpy(), [0.75, 0.75, 1.5])
    logits = -np.array([[1.0, 100.0], [1.0, 64.0], [81.0, 0.0]]) / 2
    entropy = np.log(np.exp(logits).sum(1)) - logits[[0, 1, 2], [0, 0, 1]]
    expected = (entropy * [0.75, 0.75, 1.5]).mean()
    assert objective(same(), batch(rows)).total.item() == pytest.approx(expected, rel=1e-5, abs=1e-12)


def test_sequential_centres_are_those_of_kmeans_on_the_codes():
    z = torch.randn(100, 3, generator=torch.Generator().manual_seed(0))
    start = z[:4]
    objective = Sequential()
    objective.setup(start, 100)
    objective.begin_epoch(epoch(z))
    torch.testing.assert_close(objective.centers, lloyd(z, start).centers)


def test_selflabel_by_hand():
    objective = SelfLabel(compactness=0.5, reconstruction_weight=2.0)
    objective.setup(torch.tensor([[0.0, 0.0], [2.0, 0.0]]), 2)
    objective.teach(torch.tensor([[0.8, 0.2], [0.5, 0.5]]))
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
    objective.teach(torch.tensor([[1.0, 0.0]]))
    out = objective(same(), Batch(torch.tensor([0]), {"x": torch.tensor([[2.0]])}, views={"x": torch.tensor([[1.0]])}))
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
