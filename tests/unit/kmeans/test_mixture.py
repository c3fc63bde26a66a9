"""Gaussian mixtures from given labels: by hand, with weights, and beside scikit-learn's from the same start."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from deepkmeans.kmeans import COVARIANCES, fit_kmeans, mixture_labels

FOREVER = -1.0  # no rise of the likelihood is too small: all rounds are made


def overlapping(n=150, seed=0):
    """Three groups (n each) of unlike shapes that overlap, and labels of K-Means."""
    random = np.random.RandomState(seed)
    X = np.r_[random.randn(n, 2) * [3, 0.5], random.randn(n, 2) * [0.5, 2] + [2, 3], random.randn(n, 2) + [-3, 3]]
    start = fit_kmeans(torch.from_numpy(X), 3, n_init=3, generator=torch.Generator().manual_seed(seed)).labels
    return torch.from_numpy(X), start


def peer(X, start, covariance, rounds):
    """scikit-learn's mixture after as many maximisations, from the moments of the same labels."""
    X, start = X.numpy(), start.numpy()
    ridge = 1e-3 * X.var(0).mean()
    groups = [X[start == j] for j in range(3)]
    size = np.array([len(g) for g in groups])
    own = np.stack([np.cov(g.T, bias=True) for g in groups])
    if covariance == "full":
        precisions = np.linalg.inv(own + ridge * np.eye(2))
    elif covariance == "tied":
        precisions = np.linalg.inv((own * size[:, None, None]).sum(0) / size.sum() + ridge * np.eye(2))
    else:
        precisions = 1 / (np.stack([g.var(0) for g in groups]) + ridge)
    model = GaussianMixture(
        3, covariance_type=covariance, reg_covar=ridge, tol=0, max_iter=rounds - 1, weights_init=size / size.sum(),
        means_init=np.stack([g.mean(0) for g in groups]), precisions_init=precisions,
    )  # fmt: skip
    return model.fit_predict(X)


@pytest.mark.parametrize("covariance", ["full", "diag"])
def test_one_round_by_hand(covariance):
    # Groups {-1, 1} of variance 1 and {2, 14} of variance 36, half of the rows each: at 2 the first has the density
    # exp(-2) = 0.135, the second exp(-1/2) / 6 = 0.101, so that 2 changes sides.
    X = torch.tensor([[-1.0], [1.0], [2.0], [14.0]], dtype=torch.float64)
    assert mixture_labels(X, torch.tensor([0, 0, 1, 1]), 2, covariance, max_iter=1).tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(("weight", "expected"), [([1, 1, 1, 1.5, 1.5], 1), ([3, 3, 1, 1.5, 1.5], 0)])
def test_one_variance_for_all_cuts_between_the_means_nearer_to_the_lighter(weight, expected):
    # Means 1 and 7. Light left: shares 1/3 and 2/3, variance (2 + 24) / 6: the cut is 4 - 26/6 log(2) / 6 = 3.5.
    # Heavy left: shares 3/5 and 2/5, variance (6 + 24) / 10: the cut is 4 + 3 log(3/2) / 6 = 4.2, and 4 changes sides.
    X = torch.tensor([[0.0], [2.0], [4.0], [6.0], [10.0]], dtype=torch.float64)
    labels = torch.tensor([0, 0, 1, 1, 1])
    found = mixture_labels(X, labels, 2, "tied", weight=torch.tensor(weight), max_iter=1)
    assert found.tolist() == [0, 0, expected, 1, 1]


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("rounds", [2, 15])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_from_the_same_start_it_is_the_mixture_of_scikit_learn(covariance, rounds):
    X, start = overlapping()
    found = mixture_labels(X, start, 3, covariance, max_iter=rounds, tol=FOREVER).numpy()
    assert (found == peer(X, start, covariance, rounds)).mean() > 0.995
    assert (found != start.numpy()).any()


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_weights_are_repetition(covariance):
    X, start = overlapping(60)
    times = torch.from_numpy(np.random.RandomState(1).randint(1, 5, len(X)))
    weighted = mixture_labels(X, start, 3, covariance, weight=times, max_iter=10, tol=FOREVER)
    repeated = mixture_labels(
        X.repeat_interleave(times, 0), start.repeat_interleave(times), 3, covariance, max_iter=10, tol=FOREVER
    )  # fmt: skip
    assert float((weighted.repeat_interleave(times) == repeated).double().mean()) > 0.99


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_place_unit_and_order_do_not_matter(covariance):
    X, start = overlapping(60)
    found = mixture_labels(X, start, 3, covariance)
    moved = mixture_labels(1e-3 * X + 7, start, 3, covariance)
    assert float((found == moved).double().mean()) > 0.99
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(0))
    assert float((found[order] == mixture_labels(X[order], start[order], 3, covariance)).double().mean()) > 0.99


def test_clusters_that_k_means_cuts_across_are_found():
    random = np.random.RandomState(0)
    X = np.r_[random.randn(300, 2) * [6, 0.4], random.randn(300, 2) * [6, 0.4] + [0, 3]]
    truth = np.repeat([0, 1], 300)
    start = torch.from_numpy(np.where(random.rand(600) < 0.7, truth, 1 - truth))
    labels = mixture_labels(torch.from_numpy(X), start, 2, "tied", max_iter=200, tol=1e-9)
    assert adjusted_rand_score(truth, labels) > 0.95


@given(st.integers(0, 10_000), st.sampled_from(COVARIANCES), st.integers(1, 4))
@settings(max_examples=25)
def test_any_table_has_labels(seed, covariance, k):
    """Copies, constant columns and clusters without a row included."""
    random = np.random.RandomState(seed)
    X = torch.from_numpy(random.randint(0, 2, (random.randint(1, 9), 3)) * [1.0, 1e-6, 0.0])
    labels = torch.from_numpy(random.randint(0, k, len(X)))
    found = mixture_labels(X, labels, k, covariance)
    assert found.dtype == torch.int64 and found.shape == (len(X),) and 0 <= found.min() <= found.max() < k
